using ActorMonitor.Messages;

namespace ActorMonitor.MonitorNode.Sessions;

/// <summary>A check that waits for the gate.</summary>
/// <param name="Execute">The command.</param>
/// <param name="ArrivedMicroseconds">When it came, on the monitor's clock.</param>
internal sealed record WaitingCheck(Execute Execute, long ArrivedMicroseconds);

/// <summary>The bounded queue of one client's checks. The newest slot is taken first: under overload stale ones expire, and fresh ones still run.</summary>
internal sealed class CheckQueue
{
    private readonly PriorityQueue<WaitingCheck, (long NewestSlotFirst, long Order)> _queue = new();
    private readonly HashSet<JobId> _jobs = [];
    private long _order;

    public CheckQueue(int bound) => Bound = bound;

    public int Bound { get; }

    public int Count => _queue.Count;

    public bool Holds(JobId job) => _jobs.Contains(job);

    /// <summary>Adds a check, unless the queue is full.</summary>
    public bool TryAdd(WaitingCheck check)
    {
        if (_queue.Count >= Bound)
            return false;
        _ = _jobs.Add(check.Execute.Check.Job);
        _queue.Enqueue(check, (-check.Execute.Slot.DueUnixMilliseconds, _order++));
        return true;
    }

    public bool TryTake(out WaitingCheck check)
    {
        if (!_queue.TryDequeue(out check!, out _))
            return false;
        _ = _jobs.Remove(check.Execute.Check.Job);
        return true;
    }

    /// <summary>Takes out all checks that have expired.</summary>
    public IReadOnlyList<WaitingCheck> TakeExpired(Func<WaitingCheck, bool> isExpired)
    {
        var expired = _queue.UnorderedItems.Where(item => isExpired(item.Element)).Select(item => item.Element).ToList();
        if (expired.Count == 0)
            return expired;
        var kept = _queue.UnorderedItems.Where(item => !isExpired(item.Element)).ToList();
        _queue.Clear();
        _queue.EnqueueRange(kept);
        foreach (var check in expired)
            _ = _jobs.Remove(check.Execute.Check.Job);
        return expired;
    }
}
