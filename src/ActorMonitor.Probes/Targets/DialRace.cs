using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace ActorMonitor.Probes.Targets;

/// <summary>Connections to several addresses of one host, started one after the other; the first to open wins (RFC 8305).</summary>
internal sealed class DialRace
{
    private readonly ProbeRun _run;
    private readonly List<Lane> _lanes = [];

    private DialRace(ProbeRun run) => _run = run;

    public static async Task<Socket> RunAsync(
        ProbeRun run, SocketSettings settings, ImmutableArray<IPAddress> addresses, int port, int ordinal, CancellationToken cancellationToken)
    {
        var race = new DialRace(run);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Lane? winner = null;
        try
        {
            winner = await race.WinnerAsync(settings, addresses, port, stop.Token);
        }
        finally
        {
            await stop.CancelAsync();
            await race.EndAsync(winner);
        }

        if (winner is not null)
        {
            TargetDialler.Show(run, winner.Endpoint);
            run.Measure("connect", winner.Took, ordinal);
            return await winner.Connected!;
        }

        cancellationToken.ThrowIfCancellationRequested();
        throw race.Told();
    }

    /// <summary>The first lane to connect; null when all have failed.</summary>
    private async Task<Lane?> WinnerAsync(SocketSettings settings, ImmutableArray<IPAddress> addresses, int port, CancellationToken cancellationToken)
    {
        // With little time left, every address still gets its turn.
        var share = _run.Remaining / addresses.Length;
        var headStart = share < TargetDialler.HeadStart ? share : TargetDialler.HeadStart;
        foreach (var address in addresses)
        {
            Start(settings, new IPEndPoint(address, port), cancellationToken);
            if (await FirstAsync(headStart, isLast: _lanes.Count == addresses.Length, cancellationToken) is { } winner)
                return winner;
        }

        return null;
    }

    private void Start(SocketSettings settings, IPEndPoint endpoint, CancellationToken cancellationToken)
    {
        _run.Address ??= endpoint.Address;
        var lane = new Lane(endpoint, _run.Elapsed);
        _lanes.Add(lane);
        _run.Waiting = $"connecting to {string.Join(" and ", _lanes.Where(each => !each.IsOver).Select(each => each.Endpoint))}";
        lane.Connected = ConnectAsync();

        async Task<Socket> ConnectAsync()
        {
            try
            {
                return await TargetDialler.ConnectAsync(settings, endpoint, cancellationToken);
            }
            finally
            {
                lane.Took = _run.Elapsed - lane.Started;
            }
        }
    }

    /// <summary>Waits for a connection; null when the newest lane has failed or has had its head start (the last one: when all have failed).</summary>
    private async Task<Lane?> FirstAsync(TimeSpan headStart, bool isLast, CancellationToken cancellationToken)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var wait = isLast ? Task.Delay(Timeout.InfiniteTimeSpan, _run.Environment.Time, over.Token) : Task.Delay(headStart, _run.Environment.Time, over.Token);
        try
        {
            while (true)
            {
                var running = _lanes.Where(lane => !lane.IsOver).ToArray();
                if (running.Length == 0 || (!isLast && !running.Contains(_lanes[^1])))
                    return null;
                var first = await Task.WhenAny(running.Select(lane => (Task)lane.Connected!).Append(wait));
                if (first == wait)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    return null;
                }

                var lane = running.First(each => each.Connected == first);
                if (await SettleAsync(lane))
                    return lane;
            }
        }
        finally
        {
            await over.CancelAsync();
        }
    }

    /// <summary>Whether a lane that has ended is connected; else its failure is kept.</summary>
    private async Task<bool> SettleAsync(Lane lane)
    {
        lane.IsOver = true;
        try
        {
            _ = await lane.Connected!;
            return true;
        }
        catch (SocketException e)
        {
            lane.Failure = e;
            TargetDialler.NoteFailure(_run, lane.Endpoint, e);
            return false;
        }
    }

    /// <summary>Waits for what has not ended, and closes what was connected too late.</summary>
    private async Task EndAsync(Lane? winner)
    {
        foreach (var lane in _lanes.Where(lane => lane != winner && lane.Failure is null))
        {
            try
            {
                (await lane.Connected!).Dispose();
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or TargetException)
            {
                // It was stopped, and what it met on its way out is no news.
            }

            if (winner is not null)
                _run.Note("connect.overtaken", FormattableString.Invariant($"{lane.Endpoint}: no answer within {lane.Took.TotalMilliseconds:F0} ms"));
        }
    }

    // A host without IPv6 fails every IPv6 address by itself: that says nothing of the target.
    private SocketException Told()
    {
        var told = _lanes.FirstOrDefault(lane => !IsLocal(lane.Failure!)) ?? _lanes[0];
        TargetDialler.Show(_run, told.Endpoint);
        return told.Failure!;
    }

    private static bool IsLocal(SocketException error)
        => error.SocketErrorCode is SocketError.NetworkUnreachable or SocketError.AddressFamilyNotSupported or SocketError.AddressNotAvailable;

    private sealed class Lane(IPEndPoint endpoint, TimeSpan started)
    {
        public IPEndPoint Endpoint { get; } = endpoint;

        public TimeSpan Started { get; } = started;

        public TimeSpan Took { get; set; }

        public Task<Socket>? Connected { get; set; }

        public bool IsOver { get; set; }

        public SocketException? Failure { get; set; }
    }
}
