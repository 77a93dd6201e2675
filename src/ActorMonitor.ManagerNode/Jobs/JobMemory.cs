using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.ManagerNode.Start;
using ActorMonitor.Messages;
using ActorMonitor.Storage;

namespace ActorMonitor.ManagerNode.Jobs;

/// <summary>
/// What a job must not forget when its actor is restarted: its definition, its lanes, among them those that have ended and still wait for
/// records, and what holds it. Made by the parent, touched by the job's actor alone.
/// </summary>
internal sealed class JobMemory
{
    private readonly List<SlotLane> _lanes;

    /// <summary>A job whose lanes begin after an instant, as they were left before.</summary>
    public JobMemory(JobDefinition job, DateTimeOffset begin, IReadOnlyDictionary<LaneKey, LaneState>? before = null)
    {
        Job = job;
        _lanes = [.. job.Monitors.Select(monitor => Lane(job, monitor, begin, before?.GetValueOrDefault(new LaneKey(job.Job, monitor))))];
        foreach (var lane in _lanes)
        {
            if (lane.Last is { } last)
                LastOutcomes[lane.Monitor] = (last.Outcome, last.Cause);
        }
    }

    /// <summary>Its definition; the last one when it is configured no longer.</summary>
    public JobDefinition Job { get; private set; }

    /// <summary>Whether it is configured no longer: nothing comes due any more.</summary>
    public bool IsRemoved { get; private set; }

    /// <summary>Which word of its parent it follows.</summary>
    public long Version { get; set; }

    public IReadOnlyList<SlotLane> Lanes => _lanes;

    /// <summary>What holds it now.</summary>
    public JobHolds Holds { get; private set; } = JobHolds.None;

    /// <summary>What the console was told last of each monitor.</summary>
    public Dictionary<string, (Outcome Outcome, Cause Cause)> LastOutcomes { get; } = [];

    /// <summary>
    /// Follows another definition, or none. Everything that has come due by now has been opened before. Returns what the store is to know of
    /// the lanes before anything else is said of them.
    /// </summary>
    public ImmutableArray<LaneChange> Configure(JobDefinition? job, DateTimeOffset now)
    {
        var changes = ImmutableArray.CreateBuilder<LaneChange>();
        (IsRemoved, Job) = (job is null, job ?? Job);
        foreach (var lane in _lanes)
        {
            var isWanted = job?.Monitors.Contains(lane.Monitor) == true;
            if ((isWanted ? lane.Follow(job!.Check.Interval, job.Check.Timeout, now) : lane.End(now)) is { } change)
                changes.Add(change);
        }

        foreach (var monitor in job?.Monitors.Where(monitor => _lanes.TrueForAll(lane => lane.Monitor != monitor)).ToList() ?? [])
        {
            var lane = Lane(job!, monitor, now, before: null);
            _lanes.Add(lane);
            changes.Add(BeginOf(lane));
        }

        foreach (var lane in _lanes)
            lane.Hold = Holds.Of(lane.Monitor);
        return changes.ToImmutable();
    }

    /// <summary>What the store is to know of the lanes of a job that is new.</summary>
    public IEnumerable<LaneChange> Begins() => _lanes.Select(BeginOf);

    /// <summary>Other things hold it now, or nothing. Returns the lanes that begin or end to be held.</summary>
    public IReadOnlyList<SlotLane> Hold(JobHolds holds)
    {
        Holds = holds;
        List<SlotLane> changed = [];
        foreach (var lane in _lanes)
        {
            var hold = holds.Of(lane.Monitor);
            if ((hold is null) != (lane.Hold is null))
                changed.Add(lane);
            lane.Hold = hold;
        }

        return changed;
    }

    /// <summary>Forgets lanes that have ended and wait for nothing any more. Returns whether the job itself is done.</summary>
    public bool Sweep()
    {
        if (_lanes.RemoveAll(lane => lane.IsEnded && lane.IsAtRest) > 0)
        {
            foreach (var monitor in LastOutcomes.Keys.Where(monitor => _lanes.TrueForAll(lane => lane.Monitor != monitor)).ToList())
                _ = LastOutcomes.Remove(monitor);
        }

        return IsRemoved && _lanes.Count == 0;
    }

    private static LaneChange BeginOf(SlotLane lane) => new(lane.Key, null, lane.Configured with { Since = lane.Next.Due });

    private static SlotLane Lane(JobDefinition job, string monitor, DateTimeOffset begin, LaneState? before)
    {
        var last = before?.Last is { } stored
            ? new SlotRecord(job.Job, monitor, stored.Slot, stored.Outcome, stored.Cause, stored.Message, stored.Result, stored.IsLate) { IsProvisional = stored.IsProvisional }
            : null;
        return new SlotLane(job.Job, monitor, job.Check.Interval, job.Check.Timeout, begin, last, before?.Grant);
    }
}

/// <summary>What holds a job: its own pause, and the monitors that are drained.</summary>
/// <param name="Paused">Why it is paused; null when it is not.</param>
/// <param name="Drained">Why a monitor runs nothing, by its name.</param>
internal sealed record JobHolds(LaneHold? Paused, ImmutableDictionary<string, LaneHold> Drained)
{
    /// <summary>Nothing.</summary>
    public static readonly JobHolds None = new(null, ImmutableDictionary<string, LaneHold>.Empty);

    /// <summary>Why its slots on a monitor are skipped: somebody who paused it meant it wherever it runs.</summary>
    public LaneHold? Of(string monitor) => Paused ?? Drained.GetValueOrDefault(monitor);
}
