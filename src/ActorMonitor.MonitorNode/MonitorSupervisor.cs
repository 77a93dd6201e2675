// The root of a monitor's actors, /user/monitor: the one path that managers may select. Supervised by the user guardian.
using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Gate;
using ActorMonitor.MonitorNode.Probing;
using ActorMonitor.MonitorNode.Sessions;
using ActorMonitor.MonitorNode.Tallies;
using Akka.Actor;

namespace ActorMonitor.MonitorNode;

/// <summary>Starts the gate and the parent of the sessions, and hands a manager's <see cref="Connect"/> to the latter.</summary>
public sealed class MonitorSupervisor : ReceiveActor
{
    private readonly MonitorNodeParts _parts;
    private readonly IActorRef _probes;
    private readonly ProbeBoard _board;
    private SessionWorld? _world;
    private IActorRef _gate = ActorRefs.Nobody;
    private IActorRef _clients = ActorRefs.Nobody;

    /// <summary>See <see cref="Props"/>.</summary>
    public MonitorSupervisor(MonitorNodeParts parts, IActorRef probes, ProbeBoard board)
    {
        (_parts, _probes, _board) = (parts, probes, board);

        Receive<Connect>(connect => _clients.Forward(connect));
        Receive<ClientsActor.GetSessions>(get => _clients.Forward(get));
        Receive<GateActor.GetOccupancy>(get => _gate.Forward(get));
        Receive<SetPoolBounds>(set => _gate.Forward(set));
        Receive<GetParts>(_ => Sender.Tell(new MonitorParts(_clients, _gate, _probes, _board, _world!.Tallies), Self));
    }

    /// <summary>How the node makes it.</summary>
    /// <param name="parts">What the node is made of.</param>
    /// <param name="probes">The router of probe actors.</param>
    /// <param name="board">What they are at.</param>
    public static Props Props(MonitorNodeParts parts, IActorRef probes, ProbeBoard board)
        => Akka.Actor.Props.Create(() => new MonitorSupervisor(parts, probes, board));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        var settings = _parts.Settings;
        _gate = Context.ActorOf(
            GateActor.Props(new GateMemory(settings.Probes.Min, settings.Probes.Max, _parts.Time), _probes, settings.ChecksPerProbe, _parts.Time), "gate");
        _world = new SessionWorld(_parts, _gate, _probes, new MonitorMetrics(settings.Name));
        _clients = Context.ActorOf(ClientsActor.Props(_world, new ClientsMemory()), "clients");
    }

    /// <inheritdoc/>
    protected override void PostStop() => _world?.Metrics.Dispose();

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(exception => Directive.Restart);
}

/// <summary>Asks the supervisor for its <see cref="MonitorParts"/>.</summary>
internal sealed record GetParts
{
    public static readonly GetParts Instance = new();
}

/// <summary>What a monitor is made of, for questions to each part.</summary>
internal sealed record MonitorParts(IActorRef Clients, IActorRef Gate, IActorRef Probes, ProbeBoard Board, CheckTallies Tallies);
