using ActorMonitor.Messages;

namespace ActorMonitor.MonitorNode.Sessions;

/// <summary>A check that waits for the gate.</summary>
/// <param name="Check">What to check.</param>
/// <param name="Slot">The slot that it is for.</param>
/// <param name="Epoch">The epoch of the manager that had it run.</param>
/// <param name="Revision">The revision of the job's definition.</param>
/// <param name="Trigger">What had it run.</param>
/// <param name="ArrivedMicroseconds">When it came, on the monitor's clock.</param>
internal sealed record WaitingCheck(CheckDefinition Check, Slot Slot, Epoch Epoch, long Revision, Trigger Trigger, long ArrivedMicroseconds);

/// <summary>The bounded queue of one client's checks. The newest slot is taken first: under overload stale ones expire, and fresh ones still run.</summary>
internal sealed class CheckQueue
{
    private readonly PriorityQueue<WaitingCheck, (long NewestSlotFirst, long Order)> _queue = new();
    private readonly HashSet<JobId> _jobs = [];
    private long _order;

    public CheckQueue(int bound) => Bound = bound;

    public int Bound { get; }

    public int Count => _queue.Count;

    /// <summary>When the check came that has waited longest; null when none waits. It looks at all of them.</summary>
    public long? OldestMicroseconds => _queue.Count == 0 ? null : _queue.UnorderedItems.Min(item => item.Element.ArrivedMicroseconds);

    public bool Holds(JobId job) => _jobs.Contains(job);

    /// <summary>Adds a check, unless the queue is full.</summary>
    public bool TryAdd(WaitingCheck check)
    {
        if (_queue.Count >= Bound)
            return false;
        _ = _jobs.Add(check.Check.Job);
        _queue.Enqueue(check, (-check.Slot.DueUnixMilliseconds, _order++));
        return true;
    }

    public bool TryTake(out WaitingCheck check)
    {
        if (!_queue.TryDequeue(out check!, out _))
            return false;
        _ = _jobs.Remove(check.Check.Job);
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
            _ = _jobs.Remove(check.Check.Job);
        return expired;
    }
}
