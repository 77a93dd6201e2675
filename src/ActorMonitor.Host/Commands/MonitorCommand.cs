using ActorMonitor.Configuration;
using ActorMonitor.Host.Composition;

namespace ActorMonitor.Host.Commands;

/// <summary><c>actormonitor monitor</c>.</summary>
internal static class MonitorCommand
{
    public static async Task<int> RunAsync(RunOptions options, CancellationToken cancellationToken)
    {
        if (Configured.Read(options, NodeRole.Monitor, "monitor", Console.Error) is not { } configured)
            return ExitCode.BadConfiguration;
        await using var run = new NodeRun(options, cancellationToken);
        using var data = NodeStarter.Open(configured.Settings, "monitor");
        var pbmPort = configured.Settings.Pbm.Port ?? PbmSettings.DefaultMonitorPort;
        await using var monitor = await NodeStarter.StartMonitorAsync(run, configured.Settings, configured.Hocon, pbmPort, data);
        Announcement.Monitor(run.Lines, configured, monitor);
        await run.UntilStoppedAsync();
        return run.End();
    }
}
