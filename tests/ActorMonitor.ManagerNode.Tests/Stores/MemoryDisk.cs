using ActorMonitor.Messages;
using ActorMonitor.Storage;

namespace ActorMonitor.ManagerNode.Tests.Stores;

/// <summary>What outlives a manager: the records of a <see cref="MemoryStore"/>, and what is wrong with the disk under them.</summary>
internal sealed class MemoryDisk
{
    private readonly Lock _lock = new();

    public Dictionary<LaneKey, MemoryLane> Lanes { get; private set; } = [];

    public DateTimeOffset? LastBeat { get; set; }

    public bool IsNew { get; set; } = true;

    /// <summary>What every write fails with; null when they do not.</summary>
    public StoreFault? Fault { get; set; }

    /// <summary>What opening fails with; null when it does not.</summary>
    public StoreFault? OpenFault { get; set; }

    /// <summary>What every write waits for.</summary>
    public TaskCompletionSource? Held { get; set; }

    public int Openings { get; private set; }

    public int Batches { get; set; }

    public int Upkeeps { get; set; }

    public int LargestBatch { get; set; }

    /// <summary>How many pieces of upkeep there are left to do.</summary>
    public int UpkeepLeft { get; set; }

    public bool IsOpen { get; set; }

    /// <summary>What is in the file can no longer be read.</summary>
    public void Damage()
    {
        lock (_lock)
            Fault = StoreFault.Damaged;
    }

    public void Lock(Action action)
    {
        lock (_lock)
            action();
    }

    public T Lock<T>(Func<T> function)
    {
        lock (_lock)
            return function();
    }

    public Task<IStore> OpenAsync(CancellationToken cancellationToken) => Task.FromResult(Lock<IStore>(() =>
    {
        Openings++;
        if (OpenFault is { } fault)
            throw new StoreException(fault, $"cannot open: {fault}");
        if (IsOpen)
            throw new StoreException(StoreFault.Other, "it is open already");
        IsOpen = true;
        Slot? newest = Lanes.Values.SelectMany(lane => lane.Records.Keys).Order().Cast<Slot?>().LastOrDefault();
        var opening = new StoreOpening(IsNew, null, null, null, LastBeat, newest);
        if (Fault == StoreFault.Damaged)
        {
            var lostFrom = Lanes.Values.Select(lane => (DateTimeOffset?)lane.Pieces[0].From).Min();
            opening = new StoreOpening(IsNew: true, "/data/store.damaged", "a page that cannot be", lostFrom, LastBeat, newest);
            (Lanes, Fault) = ([], null);
        }

        IsNew = false;
        return new MemoryStore(this, opening);
    }));
}

/// <summary>A lane's schedules and records.</summary>
internal sealed class MemoryLane
{
    private readonly HashSet<Slot> _kept = [];

    public List<(DateTimeOffset From, LaneSchedule? Schedule)> Pieces { get; } = [];

    public SortedDictionary<Slot, StoredRecord> Records { get; } = [];

    public List<(Outcome Outcome, Cause Cause, SortedSet<Slot> Slots)> Ranges { get; } = [];

    public LaneGrant? Grant { get; set; }

    public LaneSchedule? InForce => Pieces.Count == 0 ? null : Pieces[^1].Schedule;

    public bool IsSlot(Slot slot) => Slots(slot.Due, slot.Due.AddMilliseconds(1)).Any();

    /// <summary>Every slot due in [from, to).</summary>
    public IEnumerable<Slot> Slots(DateTimeOffset from, DateTimeOffset to)
        => Scheduled(from, to).Concat(_kept.Where(slot => slot.Due >= from && slot.Due < to)).Distinct().Order();

    private IEnumerable<Slot> Scheduled(DateTimeOffset from, DateTimeOffset to)
    {
        for (var i = 0; i < Pieces.Count; i++)
        {
            if (Pieces[i].Schedule is not { } schedule)
                continue;
            var begin = Max(from, Pieces[i].From);
            var end = i + 1 < Pieces.Count && Pieces[i + 1].From < to ? Pieces[i + 1].From : to;
            var first = begin.ToUnixTimeMilliseconds() + (begin.Ticks % TimeSpan.TicksPerMillisecond == 0 ? 0 : 1);
            var offset = (first - schedule.PhaseMilliseconds) % schedule.IntervalMilliseconds;
            var slot = new Slot(offset == 0 ? first : first - offset + schedule.IntervalMilliseconds);
            for (; slot.Due < end; slot = new Slot(slot.DueUnixMilliseconds + schedule.IntervalMilliseconds))
                yield return slot;
        }
    }

    /// <summary>Another schedule, or none, from an instant on. What has its record stays a slot; what is only in a range does not.</summary>
    public void Follow(DateTimeOffset from, LaneSchedule? schedule)
    {
        _ = Pieces.RemoveAll(piece => piece.From >= from);
        Pieces.Add((from, schedule));
        foreach (var slot in Records.Keys.Where(slot => slot.Due >= from && !IsSlot(slot)).ToList())
            _ = _kept.Add(slot);
        foreach (var range in Ranges)
            _ = range.Slots.RemoveWhere(slot => slot.Due >= from && !IsSlot(slot));
    }

    public bool IsInRange(Slot slot) => Ranges.Any(range => range.Slots.Contains(slot));

    private static DateTimeOffset Max(DateTimeOffset a, DateTimeOffset b) => a > b ? a : b;
}
