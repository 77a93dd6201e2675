using System.Collections.Immutable;
using ActorMonitor.Host.Composition;
using ActorMonitor.Shell;
using Akka.Actor;

namespace ActorMonitor.Host.NodeCommands;

/// <summary>The commands that both kinds of node have.</summary>
internal static class AnyNodeCommands
{
    /// <summary>The commands of a node.</summary>
    /// <param name="kind">What it is: <c>manager</c> or <c>monitor</c>.</param>
    /// <param name="system">Its actor system.</param>
    /// <param name="run">The run that it belongs to.</param>
    /// <param name="dataFolder">Where it keeps its data.</param>
    /// <param name="time">The clock.</param>
    public static ImmutableArray<ShellCommand> Of(string kind, ActorSystem system, NodeRun run, string dataFolder, TimeProvider time) =>
    [
        ActorsCommand.Of(system, time),
        .. run.Configuration is { } configuration ? ConfigCommands.Of(kind, configuration) : [],
        LogCommand.Of(run.Log),
        VersionCommand.Of(kind, dataFolder, time),
    ];
}
