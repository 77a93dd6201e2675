using System.Diagnostics.CodeAnalysis;
using ActorMonitor.Messages;

namespace ActorMonitor.MonitorNode.Sessions;

/// <summary>A check that somebody wants to know the result of at once; it belongs to no job's schedule.</summary>
/// <param name="Id">Its number within the connection.</param>
/// <param name="Check">What to check.</param>
/// <param name="ArrivedMicroseconds">When it came, on the monitor's clock.</param>
internal sealed record OneShot(long Id, CheckDefinition Check, long ArrivedMicroseconds);

/// <summary>One that runs.</summary>
internal sealed record RunningOneShot(OneShot Of, long StartedMicroseconds, DateTimeOffset Started, CancellationTokenSource Unwanted);

/// <summary>One client's one-shot checks, those that wait for the gate in their order and those that run. Not thread-safe: the session owns it.</summary>
internal sealed class OneShots
{
    /// <summary>The most of one client that wait or run.</summary>
    public const int MostAtOnce = 16;

    private readonly List<OneShot> _waiting = [];
    private readonly Dictionary<long, RunningOneShot> _running = [];

    /// <summary>How many wait or run.</summary>
    public int Count => _waiting.Count + _running.Count;

    public bool Knows(long id) => _waiting.Exists(each => each.Id == id) || FindRunning(id) is not null;

    /// <summary>Takes one; false when there are as many as there may be.</summary>
    public bool TryAdd(OneShot check)
    {
        if (Count >= MostAtOnce)
            return false;
        _waiting.Add(check);
        return true;
    }

    public bool TryTake([NotNullWhen(true)] out OneShot? check)
    {
        check = _waiting.Count > 0 ? _waiting[0] : null;
        if (check is null)
            return false;
        _waiting.RemoveAt(0);
        return true;
    }

    /// <summary>One runs now, as this attempt.</summary>
    public void Started(long attempt, RunningOneShot running) => _running.Add(attempt, running);

    /// <summary>An attempt has ended; false when it is none of these.</summary>
    public bool TryEnd(long attempt, [NotNullWhen(true)] out RunningOneShot? running) => _running.Remove(attempt, out running);

    public bool TryRemoveWaiting(long id) => _waiting.RemoveAll(each => each.Id == id) > 0;

    /// <summary>One that runs and is wanted: numbers begin again with each manager's start.</summary>
    public RunningOneShot? FindRunning(long id) => _running.Values.FirstOrDefault(each => each.Of.Id == id && !each.Unwanted.IsCancellationRequested);

    /// <summary>Takes out those that have waited since before an instant of the monitor's clock.</summary>
    public IReadOnlyList<OneShot> TakeArrivedBefore(long microseconds)
    {
        var taken = _waiting.Where(each => each.ArrivedMicroseconds < microseconds).ToList();
        _waiting.RemoveRange(0, taken.Count);
        return taken;
    }

    /// <summary>The attempts that should have ended.</summary>
    public IReadOnlyList<long> Overdue(Func<RunningOneShot, bool> isOverdue) => [.. _running.Where(pair => isOverdue(pair.Value)).Select(pair => pair.Key)];

    /// <summary>Empties what waits; returns how many those were. What runs is told that nobody wants it.</summary>
    public int CancelAll()
    {
        var waiting = _waiting.Count;
        _waiting.Clear();
        foreach (var running in _running.Values)
            _ = running.Unwanted.CancelAsync();
        return waiting;
    }
}
