using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.Shell;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Commands;

/// <summary>What an operator may ask a manager node.</summary>
public static class ManagerCommands
{
    /// <summary>The commands over a manager's supervisor.</summary>
    /// <param name="manager">The supervisor.</param>
    /// <param name="health">The node's board.</param>
    /// <param name="services">The services that checks may name.</param>
    /// <param name="time">The clock for bounds on waiting.</param>
    /// <param name="reload">Reads its jobs again; null when they are not from a file.</param>
    public static ImmutableArray<ShellCommand> Of(IActorRef manager, NodeHealth health, IServiceCatalog services, TimeProvider time, JobsReload? reload = null) =>
    [
        .. JobsCommands.Of(manager, reload, time),
        .. MonitorsCommands.Of(manager, time),
        .. ResultsCommands.Of(manager, services, time),
        .. CheckCommand.Of(manager, services, time),
        TopCommand.Of(manager, time),
        LedgerCommand.Of(manager, time),
        HistoryCommand.Of(manager, time),
        UptimeCommand.Of(manager, time),
        HealthCommand.Of(health),
    ];
}
