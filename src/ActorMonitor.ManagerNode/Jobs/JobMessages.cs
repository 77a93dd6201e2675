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

/// <summary>The jobs' actors, in the order of the jobs file.</summary>
internal sealed record JobRefs(ImmutableArray<Akka.Actor.IActorRef> Refs);

/// <summary>Asks a job for its <see cref="JobStatus"/>.</summary>
internal sealed record GetJobStatus
{
    public static readonly GetJobStatus Instance = new();
}

/// <summary>A job as the shell shows it.</summary>
internal sealed record JobStatus(JobDefinition Job, ImmutableArray<LaneStatus> Lanes);

/// <summary>A job on one monitor.</summary>
internal sealed record LaneStatus(string Monitor, SlotCounts Counts, SlotRecord? Last, Slot Next);
