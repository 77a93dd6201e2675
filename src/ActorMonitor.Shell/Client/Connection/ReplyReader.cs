using System.Collections.Immutable;

namespace ActorMonitor.Shell;

/// <summary>Takes a reply line by line: outputs go to the sink as they come, the rest is kept.</summary>
internal sealed class ReplyReader(IShellSink sink)
{
    private ImmutableArray<ShellColumn> _columns = [];
    private long? _unshownSince;

    /// <summary>The exit code; null while the reply is not complete.</summary>
    public int? Exit { get; private set; }

    public WireLine? Hello { get; private set; }

    public WireLine? Challenge { get; private set; }

    public IReadOnlyList<string>? Candidates { get; private set; }

    /// <summary>Reads until the reply ends. What the sink keeps for more to come it is told to show when its patience is over.</summary>
    /// <exception cref="InvalidDataException">This is no reply of a node, or it fell silent.</exception>
    /// <exception cref="IOException">The connection broke.</exception>
    public async Task ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        var lines = WireReader.ReadAsync(stream, cancellationToken).GetAsyncEnumerator(cancellationToken);
        var next = Task.FromResult(true);
        try
        {
            while (true)
            {
                next = lines.MoveNextAsync().AsTask();
                if (!next.IsCompleted)
                    await WaitAsync(next);
                if (!await next)
                    return;
                await TakeAsync(lines.Current);
            }
        }
        finally
        {
            // An enumerator may not be disposed while it is being moved; that happens when the output broke meanwhile, and then all ends.
            if (next.IsCompleted)
                await lines.DisposeAsync();
        }
    }

    // Counted from the first output that may wait: lines that trickle must not put it off for ever.
    private async Task WaitAsync(Task next)
    {
        await sink.FlushAsync();
        if (_unshownSince is not { } since)
            return;
        var left = sink.Patience - TimeProvider.System.GetElapsedTime(since);
        try
        {
            if (left > TimeSpan.Zero)
            {
                await next.WaitAsync(left, TimeProvider.System);
                return;
            }
        }
        catch (TimeoutException) when (!next.IsCompleted)
        {
            // It is over.
        }

        _unshownSince = null;
        await sink.AliveAsync();
    }

    private async Task TakeAsync(WireLine line)
    {
        switch (line.Kind)
        {
            case WireLine.EndKind:
                // Shells keep eight bits: anything else must not look like success.
                Exit = line.Exit is >= 0 and <= 255 ? line.Exit : ShellExit.Failed;
                break;
            case WireLine.HelloKind:
                Hello = line;
                break;
            case WireLine.ChallengeKind:
                Challenge = line;
                break;
            case WireLine.CandidatesKind:
                Candidates = line.Candidates ?? [];
                break;
            case WireLine.AliveKind:
                await sink.AliveAsync();
                break;
            default:
                var output = line.ToOutput(_columns);
                if (output is TableHeader header)
                    _columns = header.Columns;
                if (output is null)
                    break;
                _unshownSince ??= TimeProvider.System.GetTimestamp();
                await sink.WriteAsync(output);
                break;
        }
    }
}
