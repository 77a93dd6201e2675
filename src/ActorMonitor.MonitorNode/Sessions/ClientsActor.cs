// Owns the sessions, one a manager: admits, finds, restarts and forgets them. Supervised by MonitorSupervisor.
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Journal;
using Akka.Actor;

namespace ActorMonitor.MonitorNode.Sessions;

/// <summary>
/// Admits managers: protocol and token are checked here, the epoch by the session, which remembers it. At its start it makes
/// sessions of the journals that it finds; until they have been read, who asks waits.
/// </summary>
internal sealed class ClientsActor : ReceiveActor, IWithUnboundedStash
{
    private readonly SessionWorld _world;
    private readonly ClientsMemory _memory;
    private int _stashed;

    public ClientsActor(SessionWorld world, ClientsMemory memory)
    {
        (_world, _memory) = (world, memory);
        if (memory.IsOpen)
            Open();
        else
            Opening();
    }

    public IStash Stash { get; set; } = null!;

    public static Props Props(SessionWorld world, ClientsMemory memory) => Akka.Actor.Props.Create(() => new ClientsActor(world, memory));

    protected override void PreStart()
    {
        if (!_memory.IsOpen)
            _ = (_memory.Opening ??= Task.Run(() => SessionFolders.OpenAll(_world))).PipeTo(Self);
    }

    // A session that throws has met a bug; its memory is not in it, so it goes on however often that happens.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(exception => Directive.Restart);

    protected override void PreRestart(Exception reason, object message)
    {
        // The sessions outlive a restart of their parent.
    }

    protected override void PostStop() => _memory.Dispose();

    private void Opening()
    {
        Receive<SessionFolders.Opened>(OnOpened);
        ReceiveAny(_ =>
        {
            // Managers try again, and people too.
            if (_stashed++ < _world.Settings.MaxClients)
                Stash.Stash();
        });
    }

    private void Open()
    {
        Receive<Connect>(OnConnect);
        Receive<ClientSession.Forgettable>(OnForgettable);
        Receive<GetSessions>(_ => Sender.Tell(new Sessions([.. Context.GetChildren().Where(child => !_memory.Ending.Contains(child))])));
        Receive<Terminated>(OnTerminated);
    }

    private void OnOpened(SessionFolders.Opened opened)
    {
        foreach (var session in opened.Sessions)
        {
            var found = session.Journal.Recovery;
            SessionLog.Recovered(
                _world.Logger, session.ManagerName, session.Manager.ToString(), session.Grants.Count, session.Outbox.Count, found.Unfinished.Count);
            TellDamage(session);
            _ = Start(session);
        }

        foreach (var (manager, failure) in opened.Failures)
            TellNotOpened(manager, failure);
        _memory.IsOpen = true;
        Become(Open);
        Stash.UnstashAll();
    }

    private void OnConnect(Connect connect)
    {
        if (connect.Protocol != Connect.CurrentProtocol)
        {
            Refuse(RefusalReason.Protocol, $"this monitor speaks protocol {Connect.CurrentProtocol}, not {connect.Protocol}");
            return;
        }

        if (!TokenMatches(connect.Token))
        {
            Refuse(RefusalReason.Token, "the token is missing or wrong");
            return;
        }

        var session = Context.Child(connect.Manager.ToString());
        if (session.Equals(ActorRefs.Nobody))
        {
            if (!TryMakeRoom())
            {
                Refuse(RefusalReason.TooManyClients, $"this monitor serves at most {_world.Settings.MaxClients} managers (actor-monitor.monitor.max-clients)");
                return;
            }

            if (!TryStart(connect.Manager, out session))
                return;
        }

        _ = _memory.Forgettable.Remove(connect.Manager);
        session.Tell(new ClientSession.Admit(connect, Sender), Self);
    }

    private bool TryStart(NodeId manager, out IActorRef session)
    {
        try
        {
            var memory = SessionMemory.Open(manager, _world);
            _world.Health.Ok(manager);
            TellDamage(memory);
            session = Start(memory);
            return true;
        }
        catch (JournalException e)
        {
            TellNotOpened(manager, e.Message);
            Refuse(RefusalReason.NoOutbox, $"this monitor has no place for the results: {e.Message}");
            session = ActorRefs.Nobody;
            return false;
        }
    }

    private IActorRef Start(SessionMemory memory)
    {
        _memory.Sessions[memory.Manager] = memory;
        return Context.Watch(Context.ActorOf(ClientSession.Props(memory, _world), memory.Manager.ToString()));
    }

    private bool TryMakeRoom()
    {
        if (Context.GetChildren().Count() < _world.Settings.MaxClients)
            return true;
        foreach (var forgettable in _memory.Forgettable.Values.OrderBy(each => each.Loss).ToList())
        {
            _ = _memory.Forgettable.Remove(forgettable.Manager);
            var session = Context.Child(forgettable.Manager.ToString());
            if (session.Equals(ActorRefs.Nobody))
                continue;
            if (forgettable.Loss > 0)
                SessionLog.GaveUp(_world.Logger, forgettable.Loss.Value, forgettable.ManagerName, forgettable.Manager.ToString());
            _ = _memory.Ending.Add(session);
            Context.Stop(session);
            return true;
        }

        return false;
    }

    // Only a session that is forgotten ends.
    private void OnTerminated(Terminated ended)
    {
        if (!Guid.TryParseExact(ended.ActorRef.Path.Name, "N", out var id) || !_memory.Sessions.Remove(new NodeId(id), out var session))
            return;
        _ = _memory.Ending.Remove(ended.ActorRef);
        session.Dispose();
        _world.Health.Ok(session.Manager);
        SessionFolders.Delete(session.Folder, _world.Logger);
    }

    private void OnForgettable(ClientSession.Forgettable message)
    {
        if (message.Loss is not null)
            _memory.Forgettable[message.Manager] = message;
        else
            _ = _memory.Forgettable.Remove(message.Manager);
    }

    private void TellDamage(SessionMemory session)
    {
        if (session.Journal.Recovery.Damage is not { } damage)
            return;
        SessionLog.Damaged(_world.Logger, session.ManagerName, session.Manager.ToString(), damage);
        _world.Publish(Context.System, success: false, $"the journal of {session.ManagerName} was damaged: {damage}");
    }

    private void TellNotOpened(NodeId manager, string failure)
    {
        SessionLog.NotOpened(_world.Logger, manager.ToString(), failure);
        _world.Health.Failed(manager, failure);
    }

    private void Refuse(RefusalReason reason, string message)
    {
        SessionLog.Refused(_world.Logger, Sender.Path.Address.ToString(), message);
        _world.Publish(Context.System, success: false, $"refused {Sender.Path.Address}: {message}");
        Sender.Tell(new Refused(reason, default, message), Self);
    }

    private bool TokenMatches(string token)
        => CryptographicOperations.FixedTimeEquals(
            SHA256.HashData(Encoding.UTF8.GetBytes(token)), SHA256.HashData(Encoding.UTF8.GetBytes(_world.Settings.Token)));

    /// <summary>Asks for the <see cref="Sessions"/>.</summary>
    internal sealed record GetSessions
    {
        public static readonly GetSessions Instance = new();
    }

    /// <summary>The sessions' actors.</summary>
    internal sealed record Sessions(ImmutableArray<IActorRef> Refs);
}

/// <summary>What the parent of the sessions remembers over a restart.</summary>
internal sealed class ClientsMemory : IDisposable
{
    public bool IsOpen { get; set; }

    /// <summary>The reading of the journals, which goes on while the actor is restarted.</summary>
    public Task<SessionFolders.Opened>? Opening { get; set; }

    public Dictionary<NodeId, SessionMemory> Sessions { get; } = [];

    public Dictionary<NodeId, ClientSession.Forgettable> Forgettable { get; } = [];

    /// <summary>Sessions that are being forgotten.</summary>
    public HashSet<IActorRef> Ending { get; } = [];

    /// <summary>Closes the journals, also of those that are still being opened.</summary>
    public void Dispose()
    {
        foreach (var session in Sessions.Values)
            session.Dispose();
        Sessions.Clear();
        if (!IsOpen && Opening is { } opening)
            _ = CloseAsync(opening);
    }

    private static async Task CloseAsync(Task<SessionFolders.Opened> opening)
    {
        foreach (var session in (await opening).Sessions)
            session.Dispose();
    }
}
