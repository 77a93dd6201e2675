using ActorMonitor.Configuration;

namespace ActorMonitor.Host.Commands;

/// <summary><c>actormonitor check-config</c>.</summary>
internal static class CheckConfigCommand
{
    public static int Run(RunOptions options, NodeRole? role)
    {
        var as_ = role ?? Guess(options);
        var (configured, errors) = Configured.TryRead(options, as_, as_.ToString().ToLowerInvariant());
        foreach (var error in errors)
            Console.Error.WriteLine(error);
        if (configured is null)
        {
            Console.Error.WriteLine(errors.Length == 1 ? "1 mistake" : $"{errors.Length} mistakes");
            return ExitCode.BadConfiguration;
        }

        Console.Out.WriteLine(
            $"{configured.File ?? "built-in configuration"}: no mistakes, as {as_.ToString().ToLowerInvariant()}"
            + (configured.JobsFile is null ? "" : $"; {configured.JobsFile}: {configured.Jobs.Length} jobs"));
        Console.Out.WriteLine(configured.Retention);
        return ExitCode.Ok;
    }

    // Only a manager's file names monitors.
    private static NodeRole Guess(RunOptions options)
        => SettingsReader.Read(options.Config, options.Set, NodeRole.Up).Hocon.HasPath("actor-monitor.manager.monitors") ? NodeRole.Manager : NodeRole.Up;
}
