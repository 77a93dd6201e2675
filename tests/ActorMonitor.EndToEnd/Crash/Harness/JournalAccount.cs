using ActorMonitor.Messages;

namespace ActorMonitor.EndToEnd.Crash.Harness;

/// <summary>A result as a monitor wrote it down.</summary>
internal readonly record struct Ending(long Seq, Outcome Outcome, Cause Cause);

/// <summary>What a monitor wrote down, by slots.</summary>
internal sealed class JournalAccount
{
    private readonly HashSet<long> _acknowledged = [];
    private readonly HashSet<long> _pending = [];
    private readonly List<Guid> _outboxes = [];

    /// <summary>How often each slot was written down as begun.</summary>
    internal Dictionary<SlotOf, int> Started { get; } = [];

    /// <summary>What was written down as its end; more than one is wrong.</summary>
    internal Dictionary<SlotOf, List<Ending>> Completed { get; } = [];

    /// <summary>How many results were given up, by the number under which the manager is told.</summary>
    internal Dictionary<long, long> Dropped { get; } = [];

    /// <summary>The number of the newest result.</summary>
    internal long Newest { get; private set; }

    /// <summary>Slots begun and not ended.</summary>
    internal IEnumerable<SlotOf> Running => Started.Keys.Where(slot => !Completed.ContainsKey(slot));

    internal bool IsAcknowledged(long seq) => _acknowledged.Contains(seq);

    /// <summary>How many of the numbers up to one are not acknowledged.</summary>
    internal int Unacknowledged(long upTo) => _pending.Count(seq => seq <= upTo);

    /// <summary>What is added to the numbers of an outbox, so that those of several differ.</summary>
    internal long Outbox(Guid id)
    {
        const int bitsOfNumber = 44;
        if (!_outboxes.Contains(id))
            _outboxes.Add(id);
        return (long)_outboxes.IndexOf(id) << bitsOfNumber;
    }

    internal void AddStarted(SlotOf slot) => Started[slot] = Started.GetValueOrDefault(slot) + 1;

    internal void AddCompleted(long seq, CheckResult result)
    {
        var slot = new SlotOf(result.Job.Name, result.Slot.DueUnixMilliseconds);
        if (!Completed.TryGetValue(slot, out var all))
            Completed[slot] = all = [];
        all.Add(new Ending(seq, result.Outcome, result.Cause));
        Number(seq);
    }

    internal void AddDropped(long seq, long count)
    {
        Dropped[seq] = count;
        Number(seq);
    }

    internal void AddAcknowledged(SeqRange range)
    {
        for (var seq = range.First; seq <= range.Last; seq++)
        {
            _ = _acknowledged.Add(seq);
            _ = _pending.Remove(seq);
        }
    }

    /// <summary>As it is now: what is added later is not in it.</summary>
    internal JournalAccount Copy()
    {
        var copy = new JournalAccount { Newest = Newest };
        foreach (var (slot, count) in Started)
            copy.Started[slot] = count;
        foreach (var (slot, all) in Completed)
            copy.Completed[slot] = [.. all];
        foreach (var (seq, count) in Dropped)
            copy.Dropped[seq] = count;
        copy._acknowledged.UnionWith(_acknowledged);
        copy._pending.UnionWith(_pending);
        return copy;
    }

    private void Number(long seq)
    {
        Newest = Math.Max(Newest, seq);
        if (!_acknowledged.Contains(seq))
            _ = _pending.Add(seq);
    }
}
