// Owns one manager's grants, queue, running checks and its results until they are acknowledged. Supervised by ClientsActor.
using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Gate;
using ActorMonitor.MonitorNode.Probing;
using Akka.Actor;

namespace ActorMonitor.MonitorNode.Sessions;

/// <summary>
/// The monitor's side of one manager. Linked it hears and answers; cut off it runs by itself what it has been granted and
/// keeps the results until the manager, with the same id, connects again.
/// </summary>
/// <remarks>This file holds the link; the others what is run, what becomes of the results, what somebody wants to know at once, and what operators see.</remarks>
internal sealed partial class ClientSession : ReceiveActor, IWithTimers
{
    /// <summary>How often each side says that it is alive.</summary>
    public static readonly TimeSpan HeartbeatEvery = TimeSpan.FromSeconds(1);

    /// <summary>After so long without a word the link is down: three heartbeats missed.</summary>
    public static readonly TimeSpan SilenceBound = 3 * HeartbeatEvery;

    /// <summary>How long the results and grants of a silent manager are kept at least, when another one needs the place.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromHours(1);

    private static readonly TimeSpan SweepEvery = TimeSpan.FromMilliseconds(500);

    // Less is what two clocks drift apart in a day without news: then nothing is left out.
    private static readonly TimeSpan StepBound = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan WriteClockEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan WriteClockAtOnce = TimeSpan.FromSeconds(1);

    private readonly SessionMemory _memory;
    private readonly SessionWorld _world;
    private bool _mustWriteClock;
    private long? _lossIfForgotten;

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

    private DateTimeOffset ManagerNow => _memory.Clock.ManagerTime(NowMicroseconds);

    public static Props Props(SessionMemory memory, SessionWorld world) => Akka.Actor.Props.Create(() => new ClientSession(memory, world));

    protected override void PreStart()
    {
        Timers.StartPeriodicTimer(HeartbeatTick.Instance, HeartbeatTick.Instance, HeartbeatEvery);
        Timers.StartPeriodicTimer(SweepTick.Instance, SweepTick.Instance, SweepEvery);
        Arm();
    }

    private void Linked()
    {
        Common();
        Receive<HeartbeatTick>(_ => OnHeartbeatTick());
        Receive<Heartbeat>(heartbeat => WithKey(heartbeat, OnHeartbeat));
        Receive<Execute>(execute => WithKey(execute, OnExecute));
        Receive<Grant>(grant => WithKey(grant, OnGrant));
        Receive<Revoke>(revoke => WithKey(revoke, OnRevoke));
        Receive<Credit>(credit => WithKey(credit, OnCredit));
        Receive<Acknowledge>(acknowledge => WithKey(acknowledge, OnAcknowledge));
        Receive<Disconnect>(_ => OnDisconnect());
        Receive<CheckOnce>(once => WithKey(once, OnCheckOnce));
        Receive<Cancel>(cancel => WithKey(cancel, cancelled => CancelOnce(cancelled.Id)));
    }

    private void CutOff()
    {
        Common();
        Receive<HeartbeatTick>(_ => { });
        Receive<Disconnect>(_ => Sender.Tell(new Disconnected(WasLinked: false, Status()), Self));
        Receive<ISessionMessage>(_ => _memory.Counters.WrongKey++);
    }

    private void Common()
    {
        Receive<Admit>(OnAdmit);
        Receive<StartTick>(_ => OnStartTick());
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

    /// <summary>Refuses a command, or a Connect, of an older incarnation of the manager.</summary>
    private bool IsStale(Epoch epoch, IActorRef sender)
    {
        if (epoch >= _memory.HighestEpoch)
            return false;
        sender.Tell(new Refused(RefusalReason.StaleEpoch, _memory.HighestEpoch, "a newer incarnation of this manager has been seen"), Self);
        return true;
    }

    private void OnAdmit(Admit admit)
    {
        var connect = admit.Connect;
        if (IsStale(connect.Epoch, admit.Link))
            return;

        // On disk before anybody is told: it fences the older incarnation after a restart too.
        if (connect.Epoch != _memory.HighestEpoch || connect.ManagerName != _memory.ManagerName)
            _memory.Journal.Epoch(connect.Epoch, connect.ManagerName);

        CancelAllOnce();
        var wasLinked = _memory.Peer is not null;
        _memory.HighestEpoch = connect.Epoch;
        _memory.ManagerName = connect.ManagerName;
        _memory.Address = admit.Link.Path.Address.ToString();
        _memory.Key = SessionKey.New();
        if (!wasLinked)
            _memory.Since = _world.Time.GetUtcNow();
        _memory.Peer = new Peer(admit.Link);
        _memory.LastHeartbeat = default;
        _memory.HeartbeatsSent = 0;
        _memory.LastHeardMicroseconds = NowMicroseconds;
        SetClock(now =>
        {
            if (!IsOnItsWay(connect.ManagerNow, now))
                _memory.Clock.Start(connect.ManagerNow, now);
        });
        _memory.Outbox.Reconnected();
        SetForgettable(loss: null);

        admit.Link.Tell(
            new Connected(
                _world.Monitor, _world.Settings.Name, _world.Settings.Location, _world.Settings.Domain, _world.Settings.Labels, _memory.Outbox.Id, _memory.Key,
                _memory.Outbox.OldestSeq, _memory.Outbox.NewestSeq, connect.Epoch, _world.Services)
            {
                OneShots = OneShots.MostAtOnce,
            },
            Self);
        _world.Publish(Context.System, success: true, $"{_memory.ManagerName} connected from {_memory.Address}" + (wasLinked ? " (again)" : ""));
        SessionLog.Linked(_world.Logger, _memory.ManagerName, _memory.Address, connect.Epoch.Value);
        Become(Linked);
        SendHeartbeat();
        SendResults();
    }

    private void OnHeartbeat(Heartbeat heartbeat)
    {
        _memory.LastHeartbeat = (heartbeat.SentMicroseconds, NowMicroseconds);
        SetClock(now =>
        {
            if (heartbeat.EchoSentMicroseconds > 0
                && !_memory.Clock.Update(heartbeat.SentMicroseconds, heartbeat.EchoSentMicroseconds, heartbeat.HeldMicroseconds, now))
            {
                _memory.Counters.BadHeartbeats++;
            }
        });

        if (heartbeat.Autonomy <= TimeSpan.Zero)
            return;
        var managerNow = ManagerNow;
        _memory.Grants.Renew(managerNow + heartbeat.Autonomy, managerNow);
        Arm();
    }

    /// <summary>
    /// Whether the clock that is known says only that a Connect has been on its way for a while: it knows better then. Heartbeats
    /// put it right where it does not.
    /// </summary>
    private bool IsOnItsWay(DateTimeOffset sent, long now)
        => _memory.Clock.IsKnown && _memory.Clock.ManagerTime(now) - sent is var age && age >= TimeSpan.Zero && age < StepBound;

    /// <summary>Lets the manager's clock be set. What it steps over is the manager's to record; a small correction leaves out nothing.</summary>
    private void SetClock(Action<long> set)
    {
        var now = NowMicroseconds;
        var (wasKnown, before) = (_memory.Clock.IsKnown, _memory.Clock.ManagerTime(now));
        set(now);
        var step = _memory.Clock.ManagerTime(now) - before;
        if (wasKnown && step.Duration() > StepBound)
        {
            SessionLog.ClockStepped(_world.Logger, _memory.ManagerName, step.TotalSeconds);
            _memory.Grants.Stepped(before + step);
        }

        Arm();
    }

    private void OnHeartbeatTick()
    {
        if (NowMicroseconds - _memory.LastHeardMicroseconds > SilenceBound.TotalMicroseconds)
        {
            _world.Publish(Context.System, success: false, $"lost {_memory.ManagerName} at {_memory.Address}{WhatGoesOn()}");
            SessionLog.CutOff(_world.Logger, _memory.ManagerName, _memory.Address);
            EndLink();
            return;
        }

        SendHeartbeat();
        SendResults();
    }

    private void EndLink()
    {
        (_memory.Peer, _memory.Since) = (null, _world.Time.GetUtcNow());
        CancelAllOnce();
        Become(CutOff);
    }

    private string WhatGoesOn()
    {
        var grants = _memory.Grants.LatestEnd() is { } end && end > ManagerNow ? $", running its {_memory.Grants.Count} jobs until {end:yyyy-MM-dd HH:mm:ss}Z" : "";
        return $"{grants}, keeping its results";
    }

    private void SendHeartbeat()
    {
        var now = NowMicroseconds;
        var (sent, received) = _memory.LastHeartbeat;
        var heartbeat = new Heartbeat(
            _memory.Key, ++_memory.HeartbeatsSent, now, sent, sent == 0 ? 0 : now - received, _memory.Queue.Count, _memory.InFlight.Count);
        _memory.Peer?.Link.Tell(heartbeat, Self);
    }

    private void OnSweep()
    {
        var now = NowMicroseconds;
        GiveUpOverdue(now);
        SkipExpired();
        SweepOnce(now);
        _memory.Outbox.Expire(now);
        WriteClock(now);
        SendResults();
        ReportDisk();
        ReportDropped(now);
        SetForgettable(LossIfForgotten(now));
    }

    /// <summary>
    /// Writes down how long the grants are valid and how far the manager's clock is from the wall clock: after new grants,
    /// when the one has moved against the other, and once a minute. While the disk takes nothing this is what tries it.
    /// </summary>
    private void WriteClock(long now)
    {
        if (!_memory.Clock.IsKnown || _memory.Grants.LatestEnd() is not { } validUntil)
            return;
        var ahead = _memory.Clock.ManagerTime(now) - _world.Time.GetUtcNow();
        var isDue = _mustWriteClock
            || !_memory.Journal.IsHealthy
            || _memory.WrittenClock is not { } written
            || now - written.AtMicroseconds >= WriteClockEvery.TotalMicroseconds
            || (ahead - written.ManagerAheadOfWall).Duration() >= WriteClockAtOnce;
        if (!isDue)
            return;
        _memory.Journal.Renew(validUntil, ahead);
        _mustWriteClock = false;
        _memory.WrittenClock = new WrittenClock(ahead, now);
    }

    private long? LossIfForgotten(long nowMicroseconds)
    {
        if (_memory.Peer is not null)
            return null;
        var held = _memory.Outbox.Count + _memory.Queue.Count + _memory.InFlight.Count;
        var isOwedNothing = held == 0 && !(_memory.Grants.LatestEnd() > ManagerNow);
        return isOwedNothing || nowMicroseconds - _memory.LastHeardMicroseconds >= KeptFor.TotalMicroseconds ? held : null;
    }

    private void SetForgettable(long? loss)
    {
        if (loss == _lossIfForgotten)
            return;
        _lossIfForgotten = loss;
        Context.Parent.Tell(new Forgettable(_memory.Manager, _memory.ManagerName, loss), Self);
    }

    /// <summary>From the parent, which has checked protocol and token.</summary>
    internal sealed record Admit(Connect Connect, IActorRef Link);

    /// <summary>To the parent: how many results would be lost if this session were forgotten; null when it must not be.</summary>
    internal sealed record Forgettable(NodeId Manager, string ManagerName, long? Loss);

    private sealed record HeartbeatTick
    {
        public static readonly HeartbeatTick Instance = new();
    }

    private sealed record SweepTick
    {
        public static readonly SweepTick Instance = new();
    }

    private sealed record StartTick
    {
        public static readonly StartTick Instance = new();
    }
}
