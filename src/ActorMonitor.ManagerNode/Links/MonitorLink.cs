// Owns the connection to one monitor; the only one that knows how it is reached. Supervised by a BackoffSupervisor.
using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Results;
using ActorMonitor.Messages;
using ActorMonitor.Storage;
using Akka.Actor;
using Akka.Pattern;
using Microsoft.Extensions.Logging;

namespace ActorMonitor.ManagerNode.Links;

/// <summary>
/// Connects when it starts, lives while heartbeats come, and throws <see cref="LinkLostException"/> when they stop: its
/// supervisor starts it again after a back-off, and starting is connecting.
/// </summary>
internal sealed partial class MonitorLink : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan HeartbeatEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan SilenceBound = 3 * HeartbeatEvery;
    private static readonly TimeSpan ConnectBound = TimeSpan.FromSeconds(3);

    // A window is no sum: it may be said as often as one likes, and then it does not matter that a message can be lost.
    private const int HeartbeatsPerCredit = 5;

    private readonly MonitorAddress _monitor;
    private readonly LinkMemory _memory;
    private readonly LinkWorld _world;
    private readonly IActorRef _links;
    private readonly long _started;
    private IActorRef _session = ActorRefs.Nobody;
    private SessionKey _key;
    private (long Sent, long ReceivedMicroseconds) _lastHeartbeat;
    private long _heartbeatsSent;
    private long _lastHeardMicroseconds;
    private Epoch _epoch;
    private DateTimeOffset _grantsStored;

    public MonitorLink(MonitorAddress monitor, LinkMemory memory, LinkWorld world, IActorRef links)
    {
        (_monitor, _memory, _world, _links) = (monitor, memory, world, links);
        _started = world.Time.GetTimestamp();
        Connecting();
    }

    public ITimerScheduler Timers { get; set; } = null!;

    // How long silence lasts is measured on the monotonic clock; the slot clock may step.
    private long MonotonicMicroseconds => (long)_world.Time.GetElapsedTime(_started).TotalMicroseconds;

    public static Props Props(MonitorAddress monitor, LinkMemory memory, LinkWorld world, IActorRef links)
        => Akka.Actor.Props.Create(() => new MonitorLink(monitor, memory, world, links));

    protected override void PreStart()
    {
        _epoch = _world.Epoch.Value;
        var connect = new Connect(Connect.CurrentProtocol, _world.Manager, _world.ManagerName, _epoch, _monitor.Token, _world.Clock.Now);
        Context.ActorSelection($"akka.tcp://{LinkWorld.MonitorSystem}@{_monitor.HostAndPort}/user/monitor").Tell(connect, Self);
        Timers.StartSingleTimer(ConnectTimeout.Instance, ConnectTimeout.Instance, ConnectBound);
    }

    protected override void PostStop()
    {
        if (_memory.IsUp)
        {
            _memory.IsUp = false;
            _memory.Since = _world.Clock.Now;
            _world.Jobs.Tell(new MonitorDown(_monitor.Name), Self);
        }

        GiveUpChecks();
        Report();
    }

    private void Connecting()
    {
        Receive<Connected>(OnConnected);
        Receive<Refused>(OnRefused);
        Receive<ConnectTimeout>(_ => Lost("no answer to Connect", hint: $" (is it running, and does it call itself {_monitor.HostAndPort} by akka.remote.dot-netty.tcp.hostname or public-hostname?)"));
        Receive<Dispatch>(_ => _memory.Unsent++);
        Receive<Offer>(_ => { });
        Receive<Withdraw>(_ => { });
        Receive<Kept>(_ => { });
        Receive<Checks.HandOver>(_ => RefuseCheck());
    }

    private void Linked()
    {
        Receive<HeartbeatTick>(_ => OnHeartbeatTick());
        Receive<Heartbeat>(heartbeat => WithKey(heartbeat, OnHeartbeat));
        Receive<Completed>(completed => WithKey(completed, OnCompleted));
        Receive<Dropped>(dropped => WithKey(dropped, OnDropped));
        Receive<Granted>(granted => WithKey(granted, OnGranted));
        Receive<Refused>(OnRefused);
        Receive<Dispatch>(OnDispatch);
        Receive<Offer>(OnOffer);
        Receive<Withdraw>(withdraw =>
        {
            _memory.Grants.Withdraw(withdraw.Job);
            SendGrants();
        });
        LinkedChecks();
        Receive<Kept>(kept => _session.Tell(new Acknowledge(_key, kept.Outbox, kept.Ranges), Self));
    }

    private void OnConnected(Connected connected)
    {
        if (connected.Epoch != _epoch || !IsFromMonitor())
            return;
        Timers.Cancel(ConnectTimeout.Instance);
        _session = Sender;
        _key = connected.Key;
        _lastHeardMicroseconds = MonotonicMicroseconds;
        _memory.Connected(connected, _world.Clock.Now);
        Context.Parent.Tell(BackoffSupervisor.Reset.Instance, Self);
        _world.Publish(Context.System, success: true, $"connected to {_monitor.Name} at {_monitor.HostAndPort}");
        LinkLog.Linked(_world.Logger, _monitor.Name, _monitor.HostAndPort);
        Become(Linked);
        Timers.StartPeriodicTimer(HeartbeatTick.Instance, HeartbeatTick.Instance, HeartbeatEvery);
        SendCredit();
        SendHeartbeat();
        var isNewOutbox = _memory.Grants.Connected(connected.Outbox);
        _grantsStored = _world.Clock.Now;
        Report();
        _world.Jobs.Tell(new MonitorUp(_monitor.Name, Self, isNewOutbox), Self);
        SendGrants();
    }

    private void OnRefused(Refused refused)
    {
        // It has no key: while linked only the session itself may refuse, before that whoever is at the monitor's address.
        if (!IsFromMonitor() || (!_session.Equals(ActorRefs.Nobody) && !_session.Equals(Sender)))
            return;
        if (refused.Reason == RefusalReason.StaleEpoch && refused.SeenEpoch > _epoch)
            _world.Supervisor.Tell(new Fenced(_monitor.Name, refused.SeenEpoch, WasAdmitted: _memory.Monitor is not null), Self);
        Lost($"refused: {refused.Message}", isRefusal: true);
    }

    private void WithKey<T>(T message, Action<T> handle)
        where T : ISessionMessage
    {
        if (!_key.Matches(message.Key))
        {
            _memory.WrongKey++;
            return;
        }

        _lastHeardMicroseconds = MonotonicMicroseconds;
        handle(message);
    }

    private void OnHeartbeat(Heartbeat heartbeat)
    {
        _lastHeartbeat = (heartbeat.SentMicroseconds, MonotonicMicroseconds);
        (_memory.Queued, _memory.InFlight) = (heartbeat.Queued, heartbeat.InFlight);
        _memory.Heartbeats++;
        var roundTrip = _world.Clock.NowMicroseconds - heartbeat.EchoSentMicroseconds - heartbeat.HeldMicroseconds;
        if (heartbeat.EchoSentMicroseconds > 0 && roundTrip >= 0)
            _memory.RoundTrip = TimeSpan.FromMicroseconds(roundTrip);
    }

    private void OnHeartbeatTick()
    {
        if (MonotonicMicroseconds - _lastHeardMicroseconds > SilenceBound.TotalMicroseconds)
            Lost("no heartbeat");
        SendHeartbeat();
        if (_heartbeatsSent % HeartbeatsPerCredit == 0)
            SendCredit();
        _memory.Grants.Expire(MonotonicMicroseconds);
        SendGrants();
        RenewStored();
        Report();
    }

    private void SendHeartbeat()
    {
        var (sent, received) = _lastHeartbeat;
        var held = sent == 0 ? 0 : MonotonicMicroseconds - received;
        _session.Tell(new Heartbeat(_key, ++_heartbeatsSent, _world.Clock.NowMicroseconds, sent, held, Autonomy: _world.Autonomy), Self);
    }

    private void SendCredit() => _session.Tell(new Credit(_key, _world.Credit), Self);

    private void OnDispatch(Dispatch dispatch)
    {
        _memory.Sent++;
        var check = _memory.Grants.Holds(dispatch.Check.Job, dispatch.Revision) ? null : dispatch.Check;
        _session.Tell(new Execute(_key, _epoch, dispatch.Check.Job, dispatch.Slot, dispatch.Revision, check), Self);
    }

    private void OnOffer(Offer offer)
    {
        if (_world.Autonomy <= TimeSpan.Zero)
            return;
        _memory.Grants.Offer(offer);
        SendGrants();
    }

    private void SendGrants()
    {
        while (_memory.Grants.TryNext(MonotonicMicroseconds, out var job, out var offer))
        {
            _session.Tell(
                offer is null
                    ? new Revoke(_key, _epoch, job)
                    : new Grant(_key, _epoch, new GrantTerms(offer.Revision, offer.Check, offer.PhaseMilliseconds, _world.Clock.Now + _world.Autonomy, offer.NotBefore)),
                Self);
        }
    }

    private void OnGranted(Granted granted)
    {
        if (_memory.Grants.TryAcknowledge(granted.Job, granted.Revision, out var news))
        {
            var until = _world.Clock.Now + _world.Autonomy;
            StoreGrant(news, until);
            _world.Jobs.Tell(new LaneGranted(_monitor.Name, news.Job, news.Revision != 0, until, news.Revision), Self);
        }

        SendGrants();
    }

    // Heartbeats renew what the monitor holds; a manager that starts again is to know it too, if not to the second.
    private void RenewStored()
    {
        var now = _world.Clock.Now;
        if (_world.Autonomy <= TimeSpan.Zero || now - _grantsStored < _world.Autonomy / 2)
            return;
        _grantsStored = now;
        foreach (var granted in _memory.Grants.Granted)
            StoreGrant(granted, now + _world.Autonomy);
    }

    private void StoreGrant(GrantNews news, DateTimeOffset until) => _world.Results.Tell(
        new Decision(new SetGrant(new LaneKey(news.Job, _monitor.Name), news.Revision == 0 ? null : new LaneGrant(news.Revision, until))), Self);

    private void OnCompleted(Completed completed)
    {
        _memory.Received++;
        if (completed.Result.Trigger == Trigger.Grant)
        {
            _memory.Grants.Stray(completed.Result.Job);
            SendGrants();
        }

        _world.Results.Tell(new ResultArrived(_monitor.Name, completed.Outbox, completed.Seq, completed.Revision, completed.Result), Self);
    }

    private void OnDropped(Dropped dropped)
    {
        _memory.Received++;
        _world.Results.Tell(
            new DroppedArrived(_monitor.Name, dropped.Outbox, dropped.Seq, dropped.Job, dropped.First, dropped.Last, dropped.Count), Self);
    }

    private void Lost(string reason, bool isRefusal = false, string hint = "")
    {
        // One line when it is lost, one when it cannot be reached from the start, one for each new refusal; not one for each try.
        if (_memory.IsUp)
            _world.Publish(Context.System, success: false, $"lost connection to {_monitor.Name} at {_monitor.HostAndPort}, reconnecting");
        else if (_memory.LastFailure is null || (isRefusal && _memory.LastFailure != reason))
            _world.Publish(Context.System, success: false, $"cannot connect to {_monitor.Name} at {_monitor.HostAndPort}: {reason}{hint}; trying on");
        if (_memory.IsUp || _memory.LastFailure != reason)
            LinkLog.Lost(_world.Logger, _monitor.Name, _monitor.HostAndPort, reason);
        _memory.LastFailure = reason;
        throw new LinkLostException($"{_monitor.Name} at {_monitor.HostAndPort}: {reason}");
    }

    private bool IsFromMonitor()
    {
        var from = Sender.Path.Address;
        return from.Port == _monitor.Port && string.Equals(from.Host?.Trim('[', ']'), _monitor.Host, StringComparison.OrdinalIgnoreCase);
    }

    private void Report() => _links.Tell(_memory.Status(_monitor), Self);

    private sealed record ConnectTimeout
    {
        public static readonly ConnectTimeout Instance = new();
    }

    private sealed record HeartbeatTick
    {
        public static readonly HeartbeatTick Instance = new();
    }
}

/// <summary>The link to a monitor is lost, or could not be made; the supervisor tries again.</summary>
public sealed class LinkLostException : Exception
{
    /// <summary>Says which monitor and why.</summary>
    public LinkLostException(string message)
        : base(message)
    {
    }
}

internal static partial class LinkLog
{
    [LoggerMessage(2001, LogLevel.Information, "linked to monitor {Monitor} at {Address}")]
    public static partial void Linked(ILogger logger, string monitor, string address);

    [LoggerMessage(2002, LogLevel.Information, "no link to monitor {Monitor} at {Address}: {Reason}")]
    public static partial void Lost(ILogger logger, string monitor, string address, string reason);

    [LoggerMessage(2003, LogLevel.Error, "monitor {Monitor} has seen epoch {Seen} of this manager, newer than {Own}: stopping")]
    public static partial void Fenced(ILogger logger, string monitor, long seen, long own);

    [LoggerMessage(2004, LogLevel.Warning, "monitor {Monitor} has seen epoch {Seen} of this manager, whose store is new: it goes on as {Own}")]
    public static partial void EpochTaken(ILogger logger, string monitor, long seen, long own);

    [LoggerMessage(2005, LogLevel.Error, "no newer epoch can be taken: {Reason}")]
    public static partial void NoEpoch(ILogger logger, string reason);
}
