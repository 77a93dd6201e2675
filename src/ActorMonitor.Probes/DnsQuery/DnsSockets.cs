using System.Collections.Concurrent;
using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.DnsQuery;

/// <summary>
/// Asks DNS servers over UDP, for everything on a monitor that does. Whoever wants to forge an answer has to guess the id,
/// which is random, and the port (RFC 5452 section 9.2): each question leaves from one of several sockets a family, drawn at
/// random, each at a random port and renewed after some time or number of questions. Where the system has no queue of ICMP
/// errors (all but Linux), and for a question that wants it, each has a socket of its own.
/// </summary>
internal sealed class DnsSockets : IDisposable
{
    /// <summary>How many sockets a family has; a power of two.</summary>
    internal const int PerFamily = 16;

    /// <summary>How many questions may be under way.</summary>
    internal const int MaxInFlight = 32_768;

    /// <summary>After how many questions a socket is renewed.</summary>
    internal const int MaxUses = 8192;

    /// <summary>The longest answer that a shared socket takes, in bytes.</summary>
    internal const int MaxSharedAnswer = DnsNative.Batch.DataLength - 1;

    /// <summary>After how long a socket is renewed, when it is used again.</summary>
    internal static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private readonly TimeProvider _time;
    private readonly bool _isShared;
    private readonly RandomBits _random = new();
    private readonly ConcurrentBag<DnsNative.Batch> _batches = [];
    private readonly HashSet<DnsSocket> _retired = [];
    private DnsSocket[]? _v4;
    private DnsSocket[]? _v6;
    private int _inFlight;
    private bool _isDisposed;

    /// <summary>Sockets are opened when they are first used.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="shared">Whether questions share sockets where the system can; else each has its own.</param>
    internal DnsSockets(TimeProvider time, bool shared = true) => (_time, _isShared) = (time, shared && OperatingSystem.IsLinux());

    /// <summary>How many questions are under way.</summary>
    internal int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>The ports of the shared sockets of a family; empty before its first question.</summary>
    internal int[] Ports(AddressFamily family)
    {
        lock (_gate)
            return [.. (family == AddressFamily.InterNetwork ? _v4 : _v6)?.Select(socket => socket.Port) ?? []];
    }

    /// <summary>An id for a query that has a connection of its own.</summary>
    internal ushort NewId() => _random.Next16();

    /// <summary>Sends a question and waits for its answer; the ask tells what else came.</summary>
    /// <exception cref="TargetException">An ICMP error answered, or too many questions are under way.</exception>
    /// <exception cref="SocketException">The server's port is closed, or this host cannot send.</exception>
    internal async ValueTask<DnsDatagram> AskAsync(DnsAsk ask, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Interlocked.Increment(ref _inFlight) > MaxInFlight)
        {
            Interlocked.Decrement(ref _inFlight);
            throw new TargetException(Outcome.Unknown, Cause.LocalResource, $"{MaxInFlight} DNS questions of this monitor are under way already");
        }

        try
        {
            if (ask.ExactCase)
                ask.MixCase(_random);
            if (!_isShared || ask.OwnSocket || ask.Prepare is not null || ask.Largest > MaxSharedAnswer)
            {
                ask.Id = _random.Next16();
                return await DnsOwnSocket.AskAsync(ask, _time, cancellationToken);
            }

            var wait = new Wait(ask, Take(ask));
            using var cancelled = cancellationToken.UnsafeRegister(static (state, token) => ((Wait)state!).Cancel(token), wait);
            using var again = ask.SendAgainAfter is { } after ? _time.CreateTimer(static state => ((Wait)state!).SendAgain(), wait, after, Timeout.InfiniteTimeSpan) : null;
            try
            {
                if (!wait.Socket.TrySend(ask))
                    await wait.Socket.SendAsync(ask, cancellationToken);
                return await ask.Answer;
            }
            finally
            {
                wait.Socket.Remove(ask);
            }
        }
        finally
        {
            Interlocked.Decrement(ref _inFlight);
        }
    }

    public void Dispose()
    {
        DnsSocket[] all;
        lock (_gate)
        {
            _isDisposed = true;
            all = [.. _v4 ?? [], .. _v6 ?? [], .. _retired];
            (_v4, _v6) = (null, null);
            _retired.Clear();
        }

        foreach (var socket in all)
            socket.Dispose();
    }

    private DnsSocket Take(DnsAsk ask)
    {
        while (true)
        {
            var at = _random.Next16() % PerFamily;
            DnsSocket socket;
            DnsSocket? old = null;
            lock (_gate)
            {
                ObjectDisposedException.ThrowIf(_isDisposed, this);
                ref var sockets = ref ask.Server.AddressFamily == AddressFamily.InterNetwork ? ref _v4 : ref _v6;
                sockets ??= OpenAll(ask.Server.AddressFamily);
                socket = sockets[at];
                if (socket.Uses >= MaxUses || _time.GetElapsedTime(socket.OpenedAt) >= MaxAge)
                {
                    (old, socket) = (socket, Open(ask.Server.AddressFamily));
                    sockets[at] = socket;
                    _retired.Add(old);
                }
            }

            old?.Retire();
            if (socket.TryAdd(ask, _random))
                return socket;
        }
    }

    private DnsSocket[] OpenAll(AddressFamily family)
    {
        var opened = new List<DnsSocket>(PerFamily);
        try
        {
            while (opened.Count < PerFamily)
                opened.Add(Open(family));
            return [.. opened];
        }
        catch
        {
            foreach (var socket in opened)
                socket.Dispose();
            throw;
        }
    }

    private DnsSocket Open(AddressFamily family) => DnsSocket.Open(family, _time, _batches, OnEnded);

    private void OnEnded(DnsSocket socket)
    {
        lock (_gate)
            _retired.Remove(socket);
        socket.Dispose();
    }

    private sealed record Wait(DnsAsk Ask, DnsSocket Socket)
    {
        // The id and the place are free at once, whenever the asker comes to run.
        internal void Cancel(CancellationToken cancellationToken)
        {
            Socket.Remove(Ask);
            Ask.Fail(new OperationCanceledException(cancellationToken));
        }

        internal void SendAgain()
        {
            if (Ask.IsFinished)
                return;
            try
            {
                _ = Socket.TrySend(Ask);
            }
            catch (SocketException e)
            {
                Ask.Fail(e);
            }
            catch (ObjectDisposedException)
            {
                // The wait has ended.
            }
        }
    }
}
