// Owns one manager's queue, its running checks and its results until they are acknowledged. Supervised by ClientsActor.
using ActorMonitor.Messages;
using ActorMonitor.Messages.Wire;
using ActorMonitor.MonitorNode.Gate;
using ActorMonitor.MonitorNode.Probing;
using ActorMonitor.Probes;
using Akka.Actor;

namespace ActorMonitor.MonitorNode.Sessions;

/// <summary>
/// The monitor's side of one manager. Linked it hears and answers; cut off it goes on with what it has been given and keeps
/// the results until the manager, with the same id, connects again.
/// </summary>
internal sealed class ClientSession : ReceiveActor, IWithTimers
{
    /// <summary>How often each side says that it is alive.</summary>
    public static readonly TimeSpan HeartbeatEvery = TimeSpan.FromSeconds(1);

    /// <summary>After so long without a word the link is down: three heartbeats missed.</summary>
    public static readonly TimeSpan SilenceBound = 3 * HeartbeatEvery;

    /// <summary>How long after its timeout a probe may answer.</summary>
    public static readonly TimeSpan ProbeGrace = TimeSpan.FromSeconds(2);

    /// <summary>How long the results of a silent manager are kept at least, when another one needs the place.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromHours(1);

    private static readonly TimeSpan SweepEvery = TimeSpan.FromMilliseconds(500);

    private readonly SessionMemory _memory;
    private readonly SessionWorld _world;
    private int? _lossIfForgotten;

    public ClientSession(SessionMemory memory, SessionWorld world)
    {
        (_memory, _world) = (memory, world);
        if (memory.Peer is null)
            CutOff();
        else
            Linked();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    private long NowMicroseconds => _world.MonotonicMicroseconds();

    public static Props Props(SessionMemory memory, SessionWorld world) => Akka.Actor.Props.Create(() => new ClientSession(memory, world));

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(HeartbeatTick.Instance, HeartbeatTick.Instance, HeartbeatEvery);
        Timers.StartPeriodicTimer(SweepTick.Instance, SweepTick.Instance, SweepEvery);
    }

    private void Linked()
    {
        Common();
        Receive<HeartbeatTick>(_ => OnHeartbeatTick());
        Receive<Heartbeat>(heartbeat => WithKey(heartbeat, OnHeartbeat));
        Receive<Execute>(execute => WithKey(execute, OnExecute));
        Receive<Acknowledge>(acknowledge => WithKey(acknowledge, OnAcknowledge));
    }

    private void CutOff()
    {
        Common();
        Receive<HeartbeatTick>(_ => { });
        Receive<ISessionMessage>(_ => _memory.Counters.WrongKey++);
    }

    private void Common()
    {
        Receive<Admit>(OnAdmit);
        Receive<GateActor.Admitted>(admitted => OnAdmitted(admitted.Count));
        Receive<CheckEnded>(OnCheckEnded);
        Receive<SweepTick>(_ => OnSweep());
        Receive<GetClientStatus>(_ => Sender.Tell(Status()));
    }

    private void WithKey<T>(T message, Action<T> handle)
        where T : ISessionMessage
    {
        if (!_memory.Key.Matches(message.Key))
        {
            _memory.Counters.WrongKey++;
            return;
        }

        _memory.LastHeardMicroseconds = NowMicroseconds;
        handle(message);
    }

    private void OnAdmit(Admit admit)
    {
        var connect = admit.Connect;
        if (connect.Epoch < _memory.HighestEpoch)
        {
            admit.Link.Tell(new Refused(RefusalReason.StaleEpoch, _memory.HighestEpoch, "a newer incarnation of this manager has been seen"), Self);
            return;
        }

        var wasLinked = _memory.Peer is not null;
        _memory.HighestEpoch = connect.Epoch;
        _memory.ManagerName = connect.ManagerName;
        _memory.Address = admit.Link.Path.Address.ToString();
        _memory.Key = SessionKey.New();
        _memory.Peer = new Peer(admit.Link);
        _memory.LastHeartbeat = default;
        _memory.HeartbeatsSent = 0;
        _memory.LastHeardMicroseconds = NowMicroseconds;
        _memory.Clock.Start(connect.ManagerNow, NowMicroseconds);
        _memory.Outbox.Reconnected();
        SetForgettable(loss: null);

        admit.Link.Tell(
            new Connected(
                _world.Monitor, _world.Settings.Name, _world.Settings.Location, _world.Settings.Domain, _world.Settings.Labels, _memory.Outbox.Id, _memory.Key,
                _memory.Outbox.OldestSeq, _memory.Outbox.NewestSeq, connect.Epoch, _world.Services),
            Self);
        _world.Publish(Context.System, success: true, $"{_memory.ManagerName} connected from {_memory.Address}" + (wasLinked ? " (again)" : ""));
        SessionLog.Linked(_world.Logger, _memory.ManagerName, _memory.Address, connect.Epoch.Value);
        Become(Linked);
        SendHeartbeat();
        SendResults();
    }

    private void OnHeartbeat(Heartbeat heartbeat)
    {
        var now = NowMicroseconds;
        _memory.LastHeartbeat = (heartbeat.SentMicroseconds, now);
        if (heartbeat.EchoSentMicroseconds > 0
            && !_memory.Clock.Update(heartbeat.SentMicroseconds, heartbeat.EchoSentMicroseconds, heartbeat.HeldMicroseconds, now))
        {
            _memory.Counters.BadHeartbeats++;
        }
    }

    private void OnHeartbeatTick()
    {
        if (NowMicroseconds - _memory.LastHeardMicroseconds > SilenceBound.TotalMicroseconds)
        {
            _world.Publish(Context.System, success: false, $"lost {_memory.ManagerName} at {_memory.Address}, keeping its results");
            SessionLog.CutOff(_world.Logger, _memory.ManagerName, _memory.Address);
            _memory.Peer = null;
            Become(CutOff);
            return;
        }

        SendHeartbeat();
        SendResults();
    }

    private void SendHeartbeat()
    {
        var now = NowMicroseconds;
        var (sent, received) = _memory.LastHeartbeat;
        var heartbeat = new Heartbeat(
            _memory.Key, ++_memory.HeartbeatsSent, now, sent, sent == 0 ? 0 : now - received, _memory.Queue.Count, _memory.InFlight.Count);
        _memory.Peer?.Link.Tell(heartbeat, Self);
    }

    private void OnExecute(Execute execute)
    {
        if (execute.Epoch < _memory.HighestEpoch)
        {
            Sender.Tell(new Refused(RefusalReason.StaleEpoch, _memory.HighestEpoch, "a newer incarnation of this manager has been seen"), Self);
            return;
        }

        if (execute.Check is not { } check)
        {
            // It has been granted nothing: the manager will send the definition along.
            Sender.Tell(new Granted(_memory.Key, execute.Job, Revision: 0), Self);
            return;
        }

        if (!_memory.Accepted.TryAccept(execute.Job, execute.Slot))
        {
            _memory.Counters.RepeatedSlots++;
            return;
        }

        var waiting = new WaitingCheck(check, execute.Slot, execute.Epoch, execute.Revision, Trigger.Execute, NowMicroseconds);
        if (_memory.RunningJobs.Contains(execute.Job) || _memory.Queue.Holds(execute.Job))
            Skip(waiting, Cause.Overrun, "the previous slot was still running");
        else if (IsExpired(waiting))
            Skip(waiting, Cause.Expired, "it came after its deadline");
        else if (!_memory.Queue.TryAdd(waiting))
            Skip(waiting, Cause.Overload, $"the queue of {_memory.Queue.Bound} checks was full");
        else
            _world.Gate.Tell(new GateActor.Want(1), Self);
    }

    private void OnAdmitted(int count)
    {
        for (; count > 0; count--)
        {
            if (!TryTakeFresh(out var waiting))
            {
                // What the place was wanted for has expired meanwhile.
                _world.Gate.Tell(new GateActor.Release(count), Self);
                return;
            }

            var id = ++_memory.LastAttempt;
            var now = NowMicroseconds;
            _memory.InFlight.Add(id, new RunningCheck(waiting, now, _memory.Clock.ManagerTime(now)));
            _ = _memory.RunningJobs.Add(waiting.Check.Job);
            _world.Probes.Tell(new StartCheck(id, waiting.Check, Self), Self);
        }
    }

    private bool TryTakeFresh(out WaitingCheck waiting)
    {
        while (_memory.Queue.TryTake(out waiting))
        {
            if (!IsExpired(waiting))
                return true;
            _world.Gate.Tell(new GateActor.Withdraw(1), Self);
            Skip(waiting, Cause.Expired, "it waited past its deadline");
        }

        return false;
    }

    private void OnCheckEnded(CheckEnded ended)
    {
        if (_memory.InFlight.TryGetValue(ended.Id, out var running))
            Complete(ended.Id, running, ended.Result);
        else
            _memory.Counters.LateAnswers++;
    }

    private void OnSweep()
    {
        var now = NowMicroseconds;
        foreach (var (id, running) in _memory.InFlight.Where(pair => IsOverdue(pair.Value, now)).ToList())
            Complete(id, running, new ProbeResult(Outcome.Unknown, Cause.ProbeLost, TimeSpan.Zero, $"the probe did not answer within {ProbeGrace.TotalSeconds} s after its timeout"));
        var expired = _memory.Queue.TakeExpired(IsExpired);
        if (expired.Count > 0)
            _world.Gate.Tell(new GateActor.Withdraw(expired.Count), Self);
        foreach (var waiting in expired)
            Skip(waiting, Cause.Expired, "it waited past its deadline");
        _memory.Outbox.Expire(now);
        SendResults();
        SetForgettable(LossIfForgotten(now));
    }

    private void OnAcknowledge(Acknowledge acknowledge)
    {
        if (acknowledge.Outbox != _memory.Outbox.Id)
            return;
        foreach (var range in acknowledge.Ranges)
            _ = _memory.Outbox.Acknowledged(range);
        SendResults();
    }

    private void Complete(long id, RunningCheck running, ProbeResult result)
    {
        _ = _memory.InFlight.Remove(id);
        _ = _memory.RunningJobs.Remove(running.Of.Check.Job);
        _world.Gate.Tell(new GateActor.Release(1), Self);
        Keep(running.Of, new CheckResult(
            running.Of.Check.Job, running.Of.Slot, result.Outcome, result.Cause, running.Started,
            TimeSpan.FromMicroseconds(running.StartedMicroseconds - running.Of.ArrivedMicroseconds), result.Elapsed, _memory.Clock.Error, result.ResolvedAddress, result.Message)
        {
            Measurements = result.Measurements,
            Attributes = result.Attributes,
            Attempts = [new Attempt(running.Started, result.Elapsed, result.Outcome, result.Cause)],
        });
    }

    private void Skip(WaitingCheck waiting, Cause cause, string message)
    {
        var now = NowMicroseconds;
        Keep(waiting, new CheckResult(
            waiting.Check.Job, waiting.Slot, Outcome.Skipped, cause, _memory.Clock.ManagerTime(now),
            TimeSpan.FromMicroseconds(now - waiting.ArrivedMicroseconds), TimeSpan.Zero, _memory.Clock.Error, ResolvedAddress: null, message));
    }

    private void Keep(WaitingCheck check, CheckResult result)
    {
        _memory.Outbox.Add(check.Epoch, check.Revision, Evidence.Fit(result with { Trigger = check.Trigger }));
        SendResults();
    }

    private void SendResults()
    {
        if (_memory.Peer is not { } peer)
            return;
        while (_memory.Outbox.TryNext(NowMicroseconds, out var entry))
            peer.Link.Tell(new Completed(_memory.Key, _memory.Outbox.Id, entry.Seq, entry.Epoch, entry.Revision, entry.Result), Self);
    }

    private bool IsExpired(WaitingCheck waiting)
        => _memory.Clock.ManagerTime(NowMicroseconds) > waiting.Slot.Due + SlotPatience(waiting.Check.Interval);

    private static TimeSpan SlotPatience(TimeSpan interval)
    {
        var most = TimeSpan.FromSeconds(30);
        return interval > TimeSpan.Zero && interval < most ? interval : most;
    }

    private static bool IsOverdue(RunningCheck running, long nowMicroseconds)
        => nowMicroseconds - running.StartedMicroseconds >= (running.Of.Check.Timeout + ProbeGrace).TotalMicroseconds;

    private int? LossIfForgotten(long nowMicroseconds)
    {
        if (_memory.Peer is not null)
            return null;
        var held = _memory.Outbox.Count + _memory.Queue.Count + _memory.InFlight.Count;
        return held == 0 || nowMicroseconds - _memory.LastHeardMicroseconds >= KeptFor.TotalMicroseconds ? held : null;
    }

    private void SetForgettable(int? loss)
    {
        if (loss == _lossIfForgotten)
            return;
        _lossIfForgotten = loss;
        Context.Parent.Tell(new Forgettable(_memory.Manager, _memory.ManagerName, loss), Self);
    }

    private ClientStatus Status() => new(
        _memory.Manager, _memory.ManagerName, _memory.Address, _memory.Peer is not null, _memory.HighestEpoch,
        _memory.Queue.Count, _memory.Queue.Bound, _memory.InFlight.Count, _memory.Outbox.Count, _memory.Outbox.NewestSeq, _memory.Outbox.Dropped, _memory.Clock.Error,
        _memory.Counters.WrongKey, _memory.Counters.RepeatedSlots, _memory.Counters.LateAnswers);

    /// <summary>From the parent, which has checked protocol and token.</summary>
    internal sealed record Admit(Connect Connect, IActorRef Link);

    /// <summary>To the parent: how many results would be lost if this session were forgotten; null when it must not be.</summary>
    internal sealed record Forgettable(NodeId Manager, string ManagerName, int? Loss);

    private sealed record HeartbeatTick
    {
        public static readonly HeartbeatTick Instance = new();
    }

    private sealed record SweepTick
    {
        public static readonly SweepTick Instance = new();
    }
}

/// <summary>Asks a session for its <see cref="ClientStatus"/>.</summary>
internal sealed record GetClientStatus
{
    public static readonly GetClientStatus Instance = new();
}

/// <summary>A client as the shell shows it.</summary>
internal sealed record ClientStatus(
    NodeId Manager,
    string Name,
    string Address,
    bool IsLinked,
    Epoch Epoch,
    int Queued,
    int QueueBound,
    int InFlight,
    int Unacknowledged,
    long Completed,
    long Dropped,
    TimeSpan ClockError,
    long WrongKey,
    long RepeatedSlots,
    long LateAnswers);
