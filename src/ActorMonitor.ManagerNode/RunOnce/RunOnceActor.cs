// Owns one run of every job: what is to be sent, what is awaited, what came. Supervised by the user guardian.
using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Links;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.RunOnce;

/// <summary>
/// Runs every job once on each of its monitors, at most <see cref="Window"/> at a time on a monitor, and ends when each
/// has its record. A monitor that cannot be reached within <see cref="ConnectBound"/> leaves its jobs Skipped.
/// </summary>
internal sealed class RunOnceActor : ReceiveActor, IWithTimers
{
    /// <summary>The most checks awaited from one monitor.</summary>
    public const int Window = 256;

    /// <summary>How long a monitor may take to connect.</summary>
    public static readonly TimeSpan ConnectBound = TimeSpan.FromSeconds(10);

    private readonly RunOnceParts _parts;
    private readonly SlotClock _clock;
    private readonly DateTimeOffset _started;
    private readonly Dictionary<string, Lane> _lanes = [];
    private readonly HashSet<string> _acknowledging = [];

    public RunOnceActor(RunOnceParts parts)
    {
        _parts = parts;
        _clock = new SlotClock(parts.Time);
        _started = _clock.Now;
        foreach (var job in parts.Jobs)
        {
            foreach (var monitor in job.Monitors)
            {
                if (!_lanes.TryGetValue(monitor, out var lane))
                    _lanes[monitor] = lane = new Lane();
                lane.Waiting.Enqueue(job);
            }
        }

        Receive<MonitorUp>(up =>
        {
            if (_lanes.TryGetValue(up.Monitor, out var lane))
                Send(lane, up.Link);
        });
        Receive<MonitorDown>(down =>
        {
            if (_lanes.TryGetValue(down.Monitor, out var lane))
                lane.Link = null;
            OnAcknowledged(down.Monitor);
        });
        Receive<ResultArrived>(OnResult);
        Receive<DroppedArrived>(dropped => Keep(dropped));
        Receive<ActorIdentity>(identity => OnAcknowledged((string)identity.MessageId));
        Receive<Fenced>(_ => { });
        Receive<Tick>(_ => OnTick());
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(RunOnceParts parts) => Akka.Actor.Props.Create(() => new RunOnceActor(parts));

    protected override void PreStart()
    {
        var world = new LinkWorld(NodeId.New(), _parts.Settings.Name, new CurrentEpoch(_parts.Epoch), _clock, Self, Self, Self, _parts.Time, _parts.Logger) { Credit = LinkWorld.CreditOf(_lanes.Count) };
        _ = Context.ActorOf(LinksActor.Props([.. _parts.Settings.Monitors.Where(monitor => _lanes.ContainsKey(monitor.Name))], world), "monitors");
        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, TimeSpan.FromMilliseconds(250));
        EndWhenDone();
    }

    private void Send(Lane lane, IActorRef? link)
    {
        lane.Link = link;
        while (lane.Link is not null && lane.Awaited.Count < Window && lane.Waiting.TryDequeue(out var job))
        {
            var slot = new Slot(_clock.Now.ToUnixTimeMilliseconds());
            lane.Awaited.Add(job.Job, (job, slot));
            lane.Link.Tell(new Dispatch(slot, job.Revision, job.Check with { Interval = TimeSpan.Zero }), Self);
        }
    }

    private void OnResult(ResultArrived arrived)
    {
        Keep(arrived);
        if (!_lanes.TryGetValue(arrived.Monitor, out var lane)
            || !lane.Awaited.TryGetValue(arrived.Result.Job, out var awaited)
            || awaited.Slot != arrived.Result.Slot)
        {
            return;
        }

        Record(lane, awaited.Job, new SlotRecord(
            arrived.Result.Job, arrived.Monitor, awaited.Slot, arrived.Result.Outcome, arrived.Result.Cause, arrived.Result.Message, arrived.Result, IsLate: false));
        Send(lane, lane.Link);
    }

    private void Keep(Arrival arrival) => Sender.Tell(new Kept(arrival.Outbox, [new SeqRange(arrival.Seq, arrival.Seq)]), Self);

    private void OnTick()
    {
        var now = _clock.Now;
        foreach (var (monitor, lane) in _lanes)
        {
            foreach (var (job, slot) in lane.Awaited.Values.Where(awaited => now > awaited.Slot.Due + awaited.Job.Check.Timeout + SlotLane.ResultGrace).ToList())
                Record(lane, job, new SlotRecord(job.Job, monitor, slot, Outcome.Lost, Cause.NoResult, "the monitor did not answer", Result: null, IsLate: false));
            while (lane.Link is null && now - _started > ConnectBound && lane.Waiting.TryDequeue(out var job))
                Record(lane, job, new SlotRecord(job.Job, monitor, new Slot(now.ToUnixTimeMilliseconds()), Outcome.Skipped, Cause.NoMonitor, $"{monitor} was not connected", Result: null, IsLate: false));
            Send(lane, lane.Link);
        }
    }

    private void Record(Lane lane, JobDefinition job, SlotRecord record)
    {
        _ = lane.Awaited.Remove(job.Job);
        _parts.OnRecord(job, record);
        EndWhenDone();
    }

    private void EndWhenDone()
    {
        if (_lanes.Values.Any(lane => lane.Waiting.Count > 0 || lane.Awaited.Count > 0))
            return;

        // The end stops the links. One that answers this has sent its acknowledgements: no monitor goes on keeping our results.
        foreach (var (monitor, lane) in _lanes)
        {
            if (lane.Link is { } link && _acknowledging.Add(monitor))
                link.Tell(new Identify(monitor), Self);
        }

        if (_acknowledging.Count == 0)
            _ = _parts.Done.TrySetResult();
    }

    private void OnAcknowledged(string monitor)
    {
        if (_acknowledging.Remove(monitor) && _acknowledging.Count == 0)
            _ = _parts.Done.TrySetResult();
    }

    private sealed record Tick
    {
        public static readonly Tick Instance = new();
    }

    private sealed class Lane
    {
        public Queue<JobDefinition> Waiting { get; } = new();

        public Dictionary<JobId, (JobDefinition Job, Slot Slot)> Awaited { get; } = [];

        public IActorRef? Link { get; set; }
    }
}
