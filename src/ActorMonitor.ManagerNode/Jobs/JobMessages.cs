using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Jobs;

/// <summary>From the keeper of results: a result of one of this manager's jobs.</summary>
internal sealed record SlotResult(string Monitor, CheckResult Result);

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
internal sealed record JobRefs(ImmutableArray<IActorRef> Refs);

/// <summary>Asks a job for its <see cref="JobStatus"/>.</summary>
internal sealed record GetJobStatus
{
    public static readonly GetJobStatus Instance = new();
}

/// <summary>A job as the shell shows it.</summary>
internal sealed record JobStatus(JobDefinition Job, ImmutableArray<LaneStatus> Lanes);

/// <summary>A job on one monitor.</summary>
internal sealed record LaneStatus(string Monitor, SlotCounts Counts, SlotRecord? Last, Slot Next);
