using System.Runtime.CompilerServices;
using ActorMonitor.Configuration;
using ActorMonitor.Host.Output;
using ActorMonitor.Messages;
using ActorMonitor.Shell;

namespace ActorMonitor.Host.NodeCommands;

/// <summary><c>log level</c>: how much this process writes to its log.</summary>
internal static class LogCommand
{
    private static readonly Setting<string?> Level = Setting.OptionalChoice(
        "level", "the least that is written from now on", [.. Enum.GetNames<LogThreshold>().Select(name => name.ToLowerInvariant())]);

    private static readonly Setting<TimeSpan?> For = Setting.OptionalDuration(
        "for", TimeSpan.FromSeconds(1), TimeSpan.FromDays(7), "goes back to what is configured after this time; without it the level stays until the node restarts");

    public static ShellCommand Of(LogSwitch log) => new()
    {
        Palette = "log",
        Verb = "level",
        Summary = "shows or sets how much this process writes to its log (akka.loglevel bounds what the actor system adds)",
        Parameters = [ShellParameter.ChangingArgument(Level), ShellParameter.Option(For)],
        Run = (invocation, cancellationToken) => RunAsync(log, invocation.Read(Level), invocation.Read(For), cancellationToken),
    };

    private static async IAsyncEnumerable<ShellOutput> RunAsync(
        LogSwitch log, string? level, TimeSpan? duration, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.CompletedTask;
        cancellationToken.ThrowIfCancellationRequested();
        if (level is null && duration is not null)
        {
            yield return new Failure("log level needs a LEVEL with --for: log level debug --for 10m.");
            yield break;
        }

        var before = log.Now;
        if (level is not null)
            log.Set(Enum.Parse<LogThreshold>(level, ignoreCase: true), duration);
        var was = level is null || before == log.Now ? "" : $"; it was {Name(before)}";
        yield return new TextLine($"The log level is {Name(log.Now)}{(log.Until is { } until ? $" until {(ShellValue)until}" : "")}{was}.");
    }

    private static string Name(LogThreshold threshold) => threshold.ToString().ToLowerInvariant();
}
