using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Results;
using ActorMonitor.Messages;
using ActorMonitor.Shell;
using ActorMonitor.Storage;
using Akka;
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
/// <param name="Stop">Called with a reason when the node must stop: a newer incarnation of this manager has been seen, or the clock is far behind the store.</param>
/// <param name="OpenStore">Opens the store; called at the start, and again when it was found damaged, which sets it aside.</param>
/// <param name="Health">The node's board of what is wrong.</param>
/// <param name="NextEpoch">An epoch above the one given, on disk when it returns: for a manager whose store is new.</param>
public sealed record ManagerNodeParts(
    NodeId Id,
    Epoch Epoch,
    ManagerSettings Settings,
    ImmutableArray<JobDefinition> Jobs,
    TimeProvider Time,
    ILogger Logger,
    Action<string> Stop,
    Func<CancellationToken, Task<IStore>> OpenStore,
    NodeHealth Health,
    Func<Epoch, Epoch> NextEpoch)
{
    /// <summary>The data folder, for what is paused and drained; null to keep that in memory alone.</summary>
    public string? Data { get; init; }
}

/// <summary>Puts a manager's actors into an actor system.</summary>
public static class ManagerNodeHosting
{
    /// <summary>The name of a manager's actor system, as its address shows it.</summary>
    public const string SystemName = "manager";

    // Below the five seconds that a phase of the shutdown has.
    private static readonly TimeSpan CloseBound = TimeSpan.FromSeconds(4);

    /// <summary>Starts <c>/user/manager</c>; it is registered as <see cref="ManagerSupervisor"/>.</summary>
    public static AkkaConfigurationBuilder WithManager(this AkkaConfigurationBuilder builder, ManagerNodeParts parts)
        => builder.WithActors((system, registry) => registry.Register<ManagerSupervisor>(Start(system, parts)));

    /// <summary>Starts the actors in a system, whose shutdown closes the store; returns the supervisor.</summary>
    public static IActorRef Start(ActorSystem system, ManagerNodeParts parts)
    {
        var manager = system.ActorOf(ManagerSupervisor.Props(parts), "manager");
        CoordinatedShutdown.Get(system).AddTask(
            CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "close the store", () => manager.Ask<Done>(CloseStore.Instance, CloseBound));
        return manager;
    }
}
