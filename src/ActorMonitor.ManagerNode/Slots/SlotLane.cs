using ActorMonitor.Messages;

namespace ActorMonitor.ManagerNode.Slots;

/// <summary>
/// The slots of one job on one monitor: which are due, which are open, and the one record of each. A decision depends on
/// the slot, what is known of it and the time that is passed in. Not thread-safe: the job's actor owns it.
/// </summary>
internal sealed class SlotLane
{
    /// <summary>How long after its timeout a slot stays open before it counts as lost.</summary>
    public static readonly TimeSpan ResultGrace = TimeSpan.FromSeconds(5);

    // A lane in good order remembers nothing: there may be ten thousand of them.
    private const int RememberedSlots = 4096;

    private readonly JobId _job;
    private readonly string _monitor;
    private readonly TimeSpan _timeout;
    private readonly SlotSchedule _schedule;
    private readonly Slot _first;
    private readonly SortedSet<Slot> _open = [];
    private readonly RecentSlots _lost = new(RememberedSlots);
    private readonly RecentSlots _earlier = new(RememberedSlots);
    private readonly long[] _counts = new long[Enum.GetValues<Outcome>().Length + 1];
    private long _due;

    public SlotLane(JobId job, string monitor, TimeSpan interval, TimeSpan timeout, DateTimeOffset begin)
    {
        (_job, _monitor, _timeout) = (job, monitor, timeout);
        _schedule = SlotSchedule.Of(job, monitor, interval);
        Next = _first = _schedule.After(begin);
    }

    public string Monitor => _monitor;

    /// <summary>The next slot to come due.</summary>
    public Slot Next { get; private set; }

    /// <summary>The newest record of a slot of this run.</summary>
    public SlotRecord? Last { get; private set; }

    /// <summary>How many slots are remembered that are not open.</summary>
    internal int Remembered => _lost.Count + _earlier.Count;

    /// <summary>When this lane wants to be looked at again.</summary>
    public DateTimeOffset NextInstant => _open.Count > 0 && Deadline(_open.Min) < Next.Due ? Deadline(_open.Min) : Next.Due;

    public SlotCounts Counts => new(
        _due, _open.Count, Count(Outcome.Up), Count(Outcome.Degraded), Count(Outcome.Down), Count(Outcome.Unknown), Count(Outcome.Skipped), Count(Outcome.Lost));

    /// <summary>Takes the next slot, if it has come due; it is open then.</summary>
    public bool TryOpen(DateTimeOffset now, out Slot slot)
    {
        slot = Next;
        if (slot.Due > now)
            return false;
        Next = _schedule.Next(slot);
        _due++;
        _ = _open.Add(slot);
        return true;
    }

    /// <summary>Records that an open slot is not run.</summary>
    public SlotRecord Skip(Slot slot, Cause cause, string message)
        => Decide(new SlotRecord(_job, _monitor, slot, Outcome.Skipped, cause, message, Result: null, IsLate: false));

    /// <summary>Records a result; null when the slot already has its final record.</summary>
    public SlotRecord? Settle(CheckResult result)
    {
        var record = new SlotRecord(_job, _monitor, result.Slot, result.Outcome, result.Cause, result.Message, result, IsLate: false);
        if (_open.Contains(result.Slot))
            return Decide(record);
        if (_lost.Remove(result.Slot))
            return Correct(record with { IsLate = true });

        // Of this run, all but the lost have a final record, or are not due yet.
        if (result.Slot >= _first)
            return null;

        // A slot of an earlier run of this manager: shown, remembered, and not among the slots of this run.
        return _earlier.Add(result.Slot) ? record with { IsLate = true } : null;
    }

    /// <summary>Records the open slots whose result is overdue as lost, until the result comes after all.</summary>
    public IReadOnlyList<SlotRecord> Expire(DateTimeOffset now)
    {
        if (_open.Count == 0 || Deadline(_open.Min) > now)
            return [];
        return [.. _open.TakeWhile(slot => Deadline(slot) <= now).ToList().Select(slot => Decide(
            new SlotRecord(_job, _monitor, slot, Outcome.Lost, Cause.NoResult, "the monitor did not answer", Result: null, IsLate: false)))];
    }

    private SlotRecord Decide(SlotRecord record)
    {
        _ = _open.Remove(record.Slot);
        _counts[(int)record.Outcome]++;
        if (record.Outcome == Outcome.Lost)
            _ = _lost.Add(record.Slot);
        Last = record;
        return record;
    }

    private SlotRecord Correct(SlotRecord record)
    {
        _counts[(int)Outcome.Lost]--;
        _counts[(int)record.Outcome]++;
        if (Last?.Slot == record.Slot)
            Last = record;
        return record;
    }

    private DateTimeOffset Deadline(Slot slot) => slot.Due + _timeout + ResultGrace;

    private long Count(Outcome outcome) => _counts[(int)outcome];
}
