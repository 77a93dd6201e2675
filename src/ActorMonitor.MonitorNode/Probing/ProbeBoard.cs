using System.Collections.Concurrent;
using System.Collections.Immutable;

namespace ActorMonitor.MonitorNode.Probing;

/// <summary>
/// What the probe actors are at, by name. Thread-safe: the actors and the checks that they have started write, operators read.
/// An actor that was taken away is shown until its last check has ended.
/// </summary>
public sealed class ProbeBoard
{
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, ProbeWork> _actors = new(StringComparer.Ordinal);

    internal ProbeBoard(TimeProvider time) => _time = time;

    /// <summary>An actor begins, or goes on after a restart: its account is the same.</summary>
    internal ProbeWork Join(string name) => _actors.GetOrAdd(name, _ => new ProbeWork(name, _time));

    /// <summary>An actor ends; the checks that it has started go on.</summary>
    internal void Leave(string name)
    {
        if (_actors.TryGetValue(name, out var work))
            work.Leave();
    }

    /// <summary>All actors in the order in which the router named them.</summary>
    internal ImmutableArray<ProbeStatus> Read()
    {
        foreach (var (name, work) in _actors)
        {
            if (work.IsGone)
                _ = _actors.TryRemove(name, out _);
        }

        return [.. _actors.Values.Select(work => work.Read()).OrderBy(status => status.Name.Length).ThenBy(status => status.Name, StringComparer.Ordinal)];
    }
}

/// <summary>One probe actor's account.</summary>
internal sealed class ProbeWork(string name, TimeProvider time)
{
    private readonly DateTimeOffset _joined = time.GetUtcNow();
    private readonly long _origin = time.GetTimestamp();
    private long _idleSince = time.GetTimestamp();
    private long _done;
    private int _inFlight;
    private int _restarts;
    private int _isLeaving;

    public bool IsGone => Volatile.Read(ref _isLeaving) == 1 && Volatile.Read(ref _inFlight) == 0;

    public void Began() => Interlocked.Increment(ref _inFlight);

    public void Ended()
    {
        _ = Interlocked.Increment(ref _done);
        if (Interlocked.Decrement(ref _inFlight) == 0)
            Volatile.Write(ref _idleSince, time.GetTimestamp());
    }

    public void Restarted() => Interlocked.Increment(ref _restarts);

    public void Leave() => Volatile.Write(ref _isLeaving, 1);

    public ProbeStatus Read()
    {
        var inFlight = Volatile.Read(ref _inFlight);
        DateTimeOffset? idleSince = inFlight > 0 ? null : _joined + time.GetElapsedTime(_origin, Volatile.Read(ref _idleSince));
        return new ProbeStatus(name, inFlight, Interlocked.Read(ref _done), Volatile.Read(ref _restarts), idleSince, Volatile.Read(ref _isLeaving) == 1);
    }
}

/// <summary>A probe actor as the shell shows it.</summary>
internal sealed record ProbeStatus(string Name, int InFlight, long Done, int Restarts, DateTimeOffset? IdleSince, bool IsLeaving);
