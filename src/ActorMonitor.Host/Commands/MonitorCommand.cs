using ActorMonitor.Configuration;
using ActorMonitor.Host.Composition;

namespace ActorMonitor.Host.Commands;

/// <summary><c>actormonitor monitor</c>.</summary>
internal static class MonitorCommand
{
    public static async Task<int> RunAsync(RunOptions options, CancellationToken cancellationToken)
    {
        var source = new ConfigurationSource(options, NodeRole.Monitor, "monitor");
        if (source.Read(Console.Error) is not { } configured)
            return ExitCode.BadConfiguration;
        await using var run = NodeRun.OfNodes(source, configured, cancellationToken);
        using var data = NodeStarter.Open(configured.Settings, "monitor");
        var pbmPort = configured.Settings.Pbm.Port ?? PbmSettings.DefaultMonitorPort;
        await using var monitor = await NodeStarter.StartMonitorAsync(run, configured.Settings, configured.Hocon, pbmPort, data);
        Announcement.Monitor(run.Lines, configured, monitor);
        await run.UntilStoppedAsync();
        return run.End();
    }
}
