using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Feed;
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
internal sealed record JobWorld(SlotClock Clock, IActorRef Writer, TimeSpan Autonomy)
{
    // From here on some slots share an instant.
    private const double BusySlotsASecond = 200;

    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(1);
    private static readonly TimeSpan BusyGrid = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// Jobs wake at multiples of this, so that what is due within it is asked for, sent and received together; zero wakes each at
    /// its own instant. A slot is late by this at most.
    /// </summary>
    public TimeSpan Grid { get; init; }

    /// <summary>Counts the slots that come due.</summary>
    public SlotMeter Due { get; init; } = new();

    /// <summary>
    /// The grid for so many jobs. From one wake-up to the next a thread, a socket and the peer's thread sleep and are woken again: with
    /// 1,000 slots a second on instants of their own that was a third of what both nodes spent.
    /// </summary>
    public static TimeSpan GridFor(IEnumerable<JobMemory> jobs)
        => jobs.Sum(job => job.Lanes.Length / job.Job.Check.Interval.TotalSeconds) >= BusySlotsASecond ? BusyGrid : TimeSpan.Zero;

    /// <summary>How long to sleep from now to an instant, on the grid.</summary>
    public TimeSpan Wait(DateTimeOffset now, DateTimeOffset instant)
    {
        if (Grid > TimeSpan.Zero && instant.UtcTicks % Grid.Ticks is > 0 and var past)
            instant = instant.AddTicks(Grid.Ticks - past);

        // Never 0: the clock may be slewed, and a timer may come a little early by it.
        var wait = instant - now;
        return wait > ShortestWait ? wait : ShortestWait;
    }
}
