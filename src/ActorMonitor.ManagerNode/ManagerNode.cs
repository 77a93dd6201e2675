using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.Messages;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.Logging;

namespace ActorMonitor.ManagerNode;

/// <summary>What a manager node is made of.</summary>
/// <param name="Id">The manager's identity.</param>
/// <param name="Epoch">Its epoch, already on disk.</param>
/// <param name="Settings">Its settings.</param>
/// <param name="Jobs">Its jobs.</param>
/// <param name="Time">The clock.</param>
/// <param name="Logger">Where operators read what happened.</param>
/// <param name="Fenced">Called with a reason when a newer incarnation of this manager has been seen: the node must stop.</param>
public sealed record ManagerNodeParts(
    NodeId Id,
    Epoch Epoch,
    ManagerSettings Settings,
    ImmutableArray<JobDefinition> Jobs,
    TimeProvider Time,
    ILogger Logger,
    Action<string> Fenced);

/// <summary>Puts a manager's actors into an actor system.</summary>
public static class ManagerNodeHosting
{
    /// <summary>The name of a manager's actor system, as its address shows it.</summary>
    public const string SystemName = "manager";

    /// <summary>Starts <c>/user/manager</c>; it is registered as <see cref="ManagerSupervisor"/>.</summary>
    public static AkkaConfigurationBuilder WithManager(this AkkaConfigurationBuilder builder, ManagerNodeParts parts)
        => builder.WithActors((system, registry) => registry.Register<ManagerSupervisor>(Start(system, parts)));

    /// <summary>Starts the actors in a system; returns the supervisor.</summary>
    public static IActorRef Start(ActorSystem system, ManagerNodeParts parts) => system.ActorOf(ManagerSupervisor.Props(parts), "manager");
}
