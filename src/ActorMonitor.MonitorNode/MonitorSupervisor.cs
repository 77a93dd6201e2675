// The root of a monitor's actors, /user/monitor: the one path that managers may select. Supervised by the user guardian.
using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Gate;
using ActorMonitor.MonitorNode.Sessions;
using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace ActorMonitor.MonitorNode;

/// <summary>Starts the gate and the parent of the sessions, and hands a manager's <see cref="Connect"/> to the latter.</summary>
public sealed class MonitorSupervisor : ReceiveActor
{
    private readonly Func<IActorRef> _startGate;
    private readonly Func<IActorRef, IActorRef> _startClients;
    private IActorRef _gate = ActorRefs.Nobody;
    private IActorRef _clients = ActorRefs.Nobody;

    /// <summary>See <see cref="Props"/>.</summary>
    public MonitorSupervisor(NodeId monitor, MonitorSettings settings, ImmutableArray<string> services, IActorRef probes, TimeProvider time, ILogger logger)
    {
        _startGate = () => Context.ActorOf(
            GateActor.Props(new GateMemory(settings.Probes.Min, settings.Probes.Max, time), probes, settings.ChecksPerProbe, time), "gate");
        _startClients = gate => Context.ActorOf(
            ClientsActor.Props(new SessionWorld(monitor, settings, services, gate, probes, time, logger), new ClientsMemory()), "clients");

        Receive<Connect>(connect => _clients.Forward(connect));
        Receive<ClientsActor.GetSessions>(get => _clients.Forward(get));
        Receive<GateActor.GetOccupancy>(get => _gate.Forward(get));
    }

    /// <summary>How the node makes it.</summary>
    /// <param name="monitor">The monitor's identity.</param>
    /// <param name="settings">Its settings.</param>
    /// <param name="services">The services that it can check.</param>
    /// <param name="probes">The router of probe actors.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Where operators read what happened.</param>
    public static Props Props(NodeId monitor, MonitorSettings settings, ImmutableArray<string> services, IActorRef probes, TimeProvider time, ILogger logger)
        => Akka.Actor.Props.Create(() => new MonitorSupervisor(monitor, settings, services, probes, time, logger));

    /// <inheritdoc/>
    protected override void PreStart()
    {
        _gate = _startGate();
        _clients = _startClients(_gate);
    }

    /// <inheritdoc/>
    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(exception => Directive.Restart);
}
