using ActorMonitor.Messages;

namespace ActorMonitor.MonitorNode.Journal;

/// <summary>Something that the manager has to acknowledge.</summary>
/// <param name="Seq">Its number in the outbox.</param>
internal abstract record OutboxEntry(long Seq)
{
    /// <summary>What it counts in the window.</summary>
    public int Bytes { get; init; }
}

/// <summary>A result.</summary>
/// <param name="Seq">Its number in the outbox.</param>
/// <param name="Epoch">The epoch of the command that it answers.</param>
/// <param name="Revision">The revision that was run.</param>
/// <param name="Result">The result.</param>
internal sealed record ResultEntry(long Seq, Epoch Epoch, long Revision, CheckResult Result) : OutboxEntry(Seq);

/// <summary>Results of a job that were given up.</summary>
/// <param name="Seq">Its number in the outbox.</param>
/// <param name="Job">The job.</param>
/// <param name="First">The first slot given up.</param>
/// <param name="Last">The last slot given up.</param>
/// <param name="Count">How many results.</param>
internal sealed record DroppedEntry(long Seq, JobId Job, Slot First, Slot Last, long Count) : OutboxEntry(Seq);

/// <summary>Results given up and not yet numbered: one range a job.</summary>
internal sealed class DroppedRanges
{
    private readonly Dictionary<JobId, (Slot First, Slot Last, long Count)> _ranges = [];

    public int Jobs => _ranges.Count;

    public IReadOnlyCollection<JobId> Names => _ranges.Keys;

    public void Add(JobId job, Slot first, Slot last, long count)
        => _ranges[job] = _ranges.TryGetValue(job, out var known)
            ? (first < known.First ? first : known.First, last > known.Last ? last : known.Last, known.Count + count)
            : (first, last, count);

    public DroppedEntry Numbered(JobId job, long seq)
    {
        var (first, last, count) = _ranges[job];
        return new DroppedEntry(seq, job, first, last, count);
    }

    public void Remove(JobId job) => _ranges.Remove(job);
}
