using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using ActorMonitor.Storage;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Jobs;

/// <summary>What a job must not forget when its actor is restarted. Made at the manager's start, touched by the job's actor alone.</summary>
internal sealed class JobMemory
{
    /// <summary>A job whose lanes begin after an instant, as they were left before.</summary>
    public JobMemory(JobDefinition job, DateTimeOffset begin, IReadOnlyDictionary<LaneKey, LaneState>? before = null)
    {
        Job = job;
        Lanes = [.. job.Monitors.Select(monitor => Lane(job, monitor, begin, before?.GetValueOrDefault(new LaneKey(job.Job, monitor))))];
        foreach (var lane in Lanes)
        {
            if (lane.Last is { } last)
                LastOutcomes[lane.Monitor] = (last.Outcome, last.Cause);
        }
    }

    public JobDefinition Job { get; }

    public ImmutableArray<SlotLane> Lanes { get; }

    /// <summary>What the console was told last of each monitor.</summary>
    public Dictionary<string, (Outcome Outcome, Cause Cause)> LastOutcomes { get; } = [];

    private static SlotLane Lane(JobDefinition job, string monitor, DateTimeOffset begin, LaneState? before)
    {
        var last = before?.Last is { } stored
            ? new SlotRecord(job.Job, monitor, stored.Slot, stored.Outcome, stored.Cause, stored.Message, stored.Result, stored.IsLate) { IsProvisional = stored.IsProvisional }
            : null;
        return new SlotLane(job.Job, monitor, job.Check.Interval, job.Check.Timeout, begin, last, before?.Grant);
    }
}

/// <summary>What all jobs of a manager share.</summary>
/// <param name="Clock">The slot clock.</param>
/// <param name="Writer">Takes the jobs' decisions.</param>
/// <param name="Autonomy">For how long a monitor goes on without this manager.</param>
internal sealed record JobWorld(SlotClock Clock, IActorRef Writer, TimeSpan Autonomy);
