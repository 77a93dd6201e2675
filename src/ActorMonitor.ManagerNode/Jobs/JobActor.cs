// Owns one job: its slots, its Execute messages, its grants, its decisions. Supervised by JobsActor.
using ActorMonitor.ManagerNode.Links;
using ActorMonitor.ManagerNode.Results;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.ManagerNode.Start;
using ActorMonitor.Messages;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Jobs;

/// <summary>
/// The scheduler of one job: a lane a monitor. It wakes at the next slot or deadline, has due slots run, hands its decisions to
/// the writer, and publishes each slot's record when the store has it. It is armed to ideal instants, so it never drifts.
/// </summary>
internal sealed class JobActor : ReceiveActor, IWithTimers
{
    private readonly JobMemory _memory;
    private readonly JobWorld _world;
    private readonly Dictionary<string, IActorRef> _links = [];

    public JobActor(JobMemory memory, JobWorld world)
    {
        (_memory, _world) = (memory, world);

        Receive<Wake>(_ => OnWake());
        Receive<SettledWrite>(OnSettled);
        Receive<MonitorUp>(OnMonitorUp);
        Receive<MonitorDown>(OnMonitorDown);
        Receive<LaneGranted>(granted => Lane(granted.Monitor)?.Granted(granted.IsGranted, granted.Until, granted.Revision));
        Receive<ConfigureJob>(OnConfigure);
        Receive<HoldJob>(OnHold);
        Receive<StoreBegunAnew>(_ =>
        {
            foreach (var lane in _memory.Lanes)
                lane.ForgetEarly();
        });
        Receive<GetJobStatus>(_ => Sender.Tell(Status()));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(JobMemory memory, JobWorld world) => Akka.Actor.Props.Create(() => new JobActor(memory, world));

    protected override void PreStart()
    {
        Context.Parent.Tell(GetMonitors.Instance, Self);
        Arm();
        Rest();
    }

    private void OnWake()
    {
        Proceed(_world.Clock.Now);
        Arm();
    }

    private void Proceed(DateTimeOffset now)
    {
        foreach (var lane in _memory.Lanes)
        {
            foreach (var passed in lane.PassOver(now, _world.Clock))
                Decide(passed);
            while (lane.TryOpen(now, out var slot))
            {
                _world.Due.Add();
                Run(lane, slot);
                // The slot after it may be one that the clock stepped over.
                foreach (var passed in lane.PassOver(now, _world.Clock))
                    Decide(passed);
            }

            foreach (var decision in lane.Expire(now))
                Decide(decision);
        }
    }

    private void Run(SlotLane lane, Slot slot)
    {
        if (lane.Hold is null && _links.TryGetValue(lane.Monitor, out var link))
        {
            lane.Asked(slot);
            link.Tell(new Dispatch(slot, _memory.Job.Revision, _memory.Job.Check), Self);
        }
        else if (lane.DecideAtOnce(slot) is { } decision)
        {
            Decide(decision);
        }
    }

    private void OnMonitorUp(MonitorUp up)
    {
        if (Lane(up.Monitor) is not { } lane)
            return;
        _links[up.Monitor] = up.Link;
        lane.Linked(true, DateTimeOffset.MaxValue);

        Tell(lane, up.Link, up.IsNewOutbox);
    }

    // What a monitor may run by itself of a lane: its slots, or none.
    private void Tell(SlotLane lane, IActorRef link, bool isNewOutbox = false)
    {
        if (lane.IsEnded || lane.Hold is not null)
        {
            link.Tell(new Withdraw(_memory.Job.Job), Self);
            return;
        }

        // A monitor that has lost its memory must not run again what it was asked for before.
        var from = lane.NotBefore;
        if (isNewOutbox && lane.NewestAsked >= from)
            from = new Slot(lane.NewestAsked.DueUnixMilliseconds + 1);
        link.Tell(new Offer(_memory.Job.Revision, _memory.Job.Check, lane.Schedule.PhaseMilliseconds, from), Self);
    }

    private void OnConfigure(ConfigureJob configure)
    {
        // What has come due is of the definition so far.
        var now = _world.Clock.Now;
        Proceed(now);
        _memory.Version = configure.Version;
        var changes = _memory.Configure(configure.Job, now);
        if (!changes.IsEmpty)
            _world.Writer.Tell(new LanesChanged(changes), Self);
        foreach (var lane in _memory.Lanes)
        {
            if (_links.TryGetValue(lane.Monitor, out var link))
                Tell(lane, link);
        }

        // The monitors of lanes that are new are not known here.
        if (_memory.Lanes.Any(lane => !lane.IsEnded && !_links.ContainsKey(lane.Monitor)))
            Context.Parent.Tell(GetMonitors.Instance, Self);
        Arm();
        Rest();
    }

    private void OnHold(HoldJob hold)
    {
        Proceed(_world.Clock.Now);
        foreach (var lane in _memory.Hold(hold.Holds))
        {
            if (_links.TryGetValue(lane.Monitor, out var link))
                Tell(lane, link);
        }

        Arm();
    }

    // A job that is configured no longer ends when its last slot has its record.
    private void Rest()
    {
        if (_memory.Sweep())
            Context.Parent.Tell(new JobAtRest(_memory.Job.Job, _memory.Version), Self);
    }

    private void OnMonitorDown(MonitorDown down)
    {
        _ = _links.Remove(down.Monitor);
        Lane(down.Monitor)?.Linked(false, _world.Clock.Now + _world.Autonomy);
    }

    private void OnSettled(SettledWrite settled)
    {
        if (Lane(settled.Lane.Monitor) is not { } lane)
            return;
        if (lane.Settle(settled.Write, settled.Effect) is { } record)
            Publish(lane, record);
        if (lane.IsEnded)
            Rest();
    }

    private void Publish(SlotLane lane, SlotRecord record)
    {
        // A record tells of the present only when it is that of the newest slot.
        var isNewest = ReferenceEquals(record, lane.Last);
        var isChange = isNewest && (!_memory.LastOutcomes.TryGetValue(lane.Monitor, out var last) || last != (record.Outcome, record.Cause));
        if (isNewest)
            _memory.LastOutcomes[lane.Monitor] = (record.Outcome, record.Cause);
        Context.System.EventStream.Publish(record with { Service = _memory.Job.Check.Service, IsNewest = isNewest });
        Context.System.EventStream.Publish(new NodeEvent(
            _world.Clock.Now, _memory.Job.Check.Service, record.Outcome is Outcome.Up or Outcome.Degraded, RecordText.Of(record, _memory.Lanes.Count > 1), isChange));
    }

    private void Decide(Storage.StoreWrite decision) => _world.Writer.Tell(new Decision(decision), Self);

    private SlotLane? Lane(string monitor) => _memory.Lanes.FirstOrDefault(lane => lane.Monitor == monitor);

    private JobStatus Status() => new(
        _memory.Job,
        [
            .. _memory.Lanes.Where(lane => !lane.IsEnded).Select(lane => new LaneStatus(lane.Monitor, lane.Counts, lane.Last, lane.Next)
            {
                Schedule = lane.Schedule,
                Hold = lane.Hold,
                IsLinked = lane.IsLinked,
                GrantedRevision = lane.GrantedRevision,
                GrantedUntil = lane.IsLinked ? null : lane.GrantedUntil,
            }),
        ]);

    private void Arm()
    {
        var now = _world.Clock.Now;
        var next = DateTimeOffset.MaxValue;
        foreach (var lane in _memory.Lanes)
            next = lane.NextInstant < next ? lane.NextInstant : next;
        Timers.StartSingleTimer(Wake.Instance, Wake.Instance, _world.Wait(now, next));
    }

    private sealed record Wake
    {
        public static readonly Wake Instance = new();
    }
}
