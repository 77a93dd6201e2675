using System.Collections.Immutable;
using ActorMonitor.Shell;
using Akka.Actor;

namespace ActorMonitor.MonitorNode.Commands;

/// <summary>What an operator may ask a monitor node.</summary>
public static class MonitorCommands
{
    /// <summary>The commands over a monitor's supervisor.</summary>
    /// <param name="monitor">The supervisor.</param>
    /// <param name="health">The node's board.</param>
    /// <param name="time">The clock for bounds on waiting.</param>
    public static ImmutableArray<ShellCommand> Of(IActorRef monitor, NodeHealth health, TimeProvider time) =>
    [
        .. ClientsCommands.Of(monitor, time),
        .. QueuesCommands.Of(monitor, time),
        .. ProbesCommands.Of(monitor, time),
        TopCommand.Of(monitor, time),
        HealthCommand.Of(health),
    ];
}
