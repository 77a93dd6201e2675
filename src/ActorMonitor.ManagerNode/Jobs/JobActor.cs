// Owns one job: its slots, its Execute messages, the record of each slot. Supervised by JobsActor.
using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Links;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Jobs;

/// <summary>
/// The scheduler of one job: a lane a monitor. It wakes at the next slot or deadline, has due slots run, and publishes each
/// slot's one record. It is armed to ideal instants, so it never drifts.
/// </summary>
internal sealed class JobActor : ReceiveActor, IWithTimers
{
    private readonly JobMemory _memory;
    private readonly SlotClock _clock;
    private readonly Dictionary<string, IActorRef> _links = [];

    public JobActor(JobMemory memory, SlotClock clock)
    {
        (_memory, _clock) = (memory, clock);

        Receive<Wake>(_ => OnWake());
        Receive<SlotResult>(OnResult);
        Receive<MonitorUp>(up => _links[up.Monitor] = up.Link);
        Receive<MonitorDown>(down => _links.Remove(down.Monitor));
        Receive<GetJobStatus>(_ => Sender.Tell(new JobStatus(
            _memory.Job, [.. _memory.Lanes.Select(lane => new LaneStatus(lane.Monitor, lane.Counts, lane.Last, lane.Next))])));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(JobMemory memory, SlotClock clock) => Akka.Actor.Props.Create(() => new JobActor(memory, clock));

    protected override void PreStart()
    {
        Context.Parent.Tell(GetMonitors.Instance, Self);
        Arm();
    }

    private void OnWake()
    {
        var now = _clock.Now;
        foreach (var lane in _memory.Lanes)
        {
            while (lane.TryOpen(now, out var slot))
                Run(lane, slot);
            foreach (var lost in lane.Expire(now))
                Publish(lane, lost);
        }

        Arm();
    }

    private void Run(SlotLane lane, Slot slot)
    {
        if (_clock.SteppedOver(slot))
            Publish(lane, lane.Skip(slot, Cause.Clock, "the clock stepped over it"));
        else if (_links.TryGetValue(lane.Monitor, out var link))
            link.Tell(new Dispatch(slot, _memory.Job.Revision, _memory.Job.Check), Self);
        else
            Publish(lane, lane.Skip(slot, Cause.NoMonitor, $"{lane.Monitor} was not connected"));
    }

    private void OnResult(SlotResult message)
    {
        var lane = _memory.Lanes.FirstOrDefault(lane => lane.Monitor == message.Monitor);
        if (lane?.Settle(message.Result) is { } record)
            Publish(lane, record);
    }

    private void Publish(SlotLane lane, SlotRecord record)
    {
        // A late record tells of the present only when it replaces the newest one.
        var isNewest = !record.IsLate || ReferenceEquals(record, lane.Last);
        var isChange = isNewest && (!_memory.LastOutcomes.TryGetValue(lane.Monitor, out var last) || last != (record.Outcome, record.Cause));
        if (isNewest)
            _memory.LastOutcomes[lane.Monitor] = (record.Outcome, record.Cause);
        Context.System.EventStream.Publish(record);
        Context.System.EventStream.Publish(new NodeEvent(
            _clock.Now, _memory.Job.Check.Service, record.Outcome is Outcome.Up or Outcome.Degraded, RecordText.Of(record, _memory.Lanes.Length > 1), isChange));
    }

    private void Arm()
    {
        var now = _clock.Now;
        var next = _memory.Lanes.Min(lane => lane.NextInstant);
        // Never 0: the clock may be slewed, and a timer may come a little early by it.
        Timers.StartSingleTimer(Wake.Instance, Wake.Instance, next - now > TimeSpan.FromMilliseconds(1) ? next - now : TimeSpan.FromMilliseconds(1));
    }

    private sealed record Wake
    {
        public static readonly Wake Instance = new();
    }
}

/// <summary>What a job must not forget when its actor is restarted. Made by the parent, touched by the job's actor alone.</summary>
internal sealed class JobMemory
{
    public JobMemory(JobDefinition job, DateTimeOffset begin)
    {
        Job = job;
        Lanes = [.. job.Monitors.Select(monitor => new SlotLane(job.Job, monitor, job.Check.Interval, job.Check.Timeout, begin))];
    }

    public JobDefinition Job { get; }

    public ImmutableArray<SlotLane> Lanes { get; }

    public Dictionary<string, (Outcome Outcome, Cause Cause)> LastOutcomes { get; } = [];
}
