using System.Collections.Immutable;
using ActorMonitor.Configuration;

namespace ActorMonitor.Host.Commands;

/// <summary>Where a node's configuration comes from: reading it again finds what a start would find now.</summary>
/// <param name="Options">What was given on the command line.</param>
/// <param name="Role">What the process was started as.</param>
/// <param name="Command">The command, which names the file when none was given.</param>
internal sealed record ConfigurationSource(RunOptions Options, NodeRole Role, string Command)
{
    /// <summary>Reads everything; prints all mistakes to <paramref name="error"/> and returns null when there is one.</summary>
    public Configured? Read(TextWriter error) => Configured.Read(Options, Role, Command, error);

    /// <summary>Reads everything, off the caller's thread: ten thousand jobs take a while.</summary>
    public Task<(Configured? Configured, ImmutableArray<ConfigurationError> Errors)> ReadAsync(CancellationToken cancellationToken)
        => Task.Run(() => Configured.TryRead(Options, Role, Command), cancellationToken);
}
