// Owns the sessions, one a manager: admits, finds, restarts and forgets them. Supervised by MonitorSupervisor.
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using ActorMonitor.Messages;
using Akka.Actor;

namespace ActorMonitor.MonitorNode.Sessions;

/// <summary>Admits managers: protocol and token are checked here, the epoch by the session, which remembers it.</summary>
internal sealed class ClientsActor : ReceiveActor
{
    private readonly SessionWorld _world;
    private readonly ClientsMemory _memory;

    public ClientsActor(SessionWorld world, ClientsMemory memory)
    {
        (_world, _memory) = (world, memory);

        Receive<Connect>(OnConnect);
        Receive<ClientSession.Forgettable>(OnForgettable);
        Receive<GetSessions>(_ => Sender.Tell(new Sessions([.. Context.GetChildren()])));
    }

    public static Props Props(SessionWorld world, ClientsMemory memory) => Akka.Actor.Props.Create(() => new ClientsActor(world, memory));

    // A session that throws has met a bug; its memory is not in it, so it goes on however often that happens.
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(exception => Directive.Restart);

    protected override void PreRestart(Exception reason, object message)
    {
        // The sessions outlive a restart of their parent.
        PostStop();
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

        var name = connect.Manager.ToString();
        var session = Context.Child(name);
        if (session.Equals(ActorRefs.Nobody))
        {
            if (!TryMakeRoom())
            {
                Refuse(RefusalReason.TooManyClients, $"this monitor serves at most {_world.Settings.MaxClients} managers (actor-monitor.monitor.max-clients)");
                return;
            }

            var memory = new SessionMemory(connect.Manager, _world.Settings.Queue, (int)Math.Clamp(_world.Settings.Outbox.MaxBytes / 10_000, 100, 10_000_000));
            session = Context.ActorOf(ClientSession.Props(memory, _world), name);
        }

        _ = _memory.Forgettable.Remove(connect.Manager);
        session.Tell(new ClientSession.Admit(connect, Sender), Self);
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
            Context.Stop(session);
            return true;
        }

        return false;
    }

    private void OnForgettable(ClientSession.Forgettable message)
    {
        if (message.Loss is not null)
            _memory.Forgettable[message.Manager] = message;
        else
            _ = _memory.Forgettable.Remove(message.Manager);
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
internal sealed class ClientsMemory
{
    public Dictionary<NodeId, ClientSession.Forgettable> Forgettable { get; } = [];
}
