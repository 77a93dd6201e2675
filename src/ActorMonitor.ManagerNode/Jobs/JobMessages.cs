using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using ActorMonitor.Storage;

namespace ActorMonitor.ManagerNode.Jobs;

/// <summary>From the writer: what became of writes for lanes, in the order in which they were stored.</summary>
internal sealed record Settled(ImmutableArray<SettledWrite> Writes);

/// <summary>What became of a write.</summary>
/// <param name="Lane">Its lane.</param>
/// <param name="Write">The write.</param>
/// <param name="Effect">What the store did; null when the write was given up and a range will count its slot.</param>
internal sealed record SettledWrite(LaneKey Lane, StoreWrite Write, WriteEffect? Effect);

/// <summary>From the writer: what was stored is lost, and the store was begun anew.</summary>
internal sealed record StoreBegunAnew
{
    public static readonly StoreBegunAnew Instance = new();
}

/// <summary>From a job to its parent when it starts: which monitors are there?</summary>
internal sealed record GetMonitors
{
    public static readonly GetMonitors Instance = new();
}

/// <summary>Asks for the <see cref="JobRefs"/>.</summary>
internal sealed record GetJobs
{
    public static readonly GetJobs Instance = new();
}

/// <summary>The jobs, in the order of the jobs file.</summary>
internal sealed record JobRefs(ImmutableArray<JobRef> Jobs);

/// <summary>A job and its actor.</summary>
internal sealed record JobRef(JobDefinition Job, Akka.Actor.IActorRef Ref);

/// <summary>Asks a job for its <see cref="JobStatus"/>.</summary>
internal sealed record GetJobStatus
{
    public static readonly GetJobStatus Instance = new();
}

/// <summary>A job as the shell shows it.</summary>
internal sealed record JobStatus(JobDefinition Job, ImmutableArray<LaneStatus> Lanes);

/// <summary>A job on one monitor.</summary>
internal sealed record LaneStatus(string Monitor, SlotCounts Counts, SlotRecord? Last, Slot Next)
{
    /// <summary>When its slots are due.</summary>
    public SlotSchedule Schedule { get; init; }

    /// <summary>Why its slots are skipped; null when they are run.</summary>
    public LaneHold? Hold { get; init; }

    /// <summary>Whether the monitor is there.</summary>
    public bool IsLinked { get; init; }

    /// <summary>The revision that the monitor holds; 0 for none.</summary>
    public long GrantedRevision { get; init; }

    /// <summary>Until when it may run it by itself; null while it is there and that is renewed.</summary>
    public DateTimeOffset? GrantedUntil { get; init; }
}

/// <summary>To a job: it is configured so from now on, or no longer.</summary>
/// <param name="Job">Its definition; null when it is configured no longer.</param>
/// <param name="Version">The number of this word, which <see cref="JobAtRest"/> repeats.</param>
internal sealed record ConfigureJob(JobDefinition? Job, long Version);

/// <summary>From a job to its parent: it is configured no longer, and no slot of it waits for its record.</summary>
internal sealed record JobAtRest(JobId Job, long Version);

/// <summary>To a job: this holds it now.</summary>
internal sealed record HoldJob(JobHolds Holds);

/// <summary>To the jobs: what is configured now. Answered by <see cref="JobsApplied"/>.</summary>
internal sealed record ApplyJobs(ImmutableArray<JobDefinition> Jobs);

/// <summary>To the jobs: what is held now.</summary>
internal sealed record HoldsChanged(Holds.HoldState State);
