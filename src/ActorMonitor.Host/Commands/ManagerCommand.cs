using ActorMonitor.Configuration;
using ActorMonitor.Host.Composition;

namespace ActorMonitor.Host.Commands;

/// <summary><c>actormonitor manager</c>.</summary>
internal static class ManagerCommand
{
    public static async Task<int> RunAsync(RunOptions options, CancellationToken cancellationToken)
    {
        var source = new ConfigurationSource(options, NodeRole.Manager, "manager");
        if (source.Read(Console.Error) is not { } configured)
            return ExitCode.BadConfiguration;
        if (configured.JobsFile is null)
            throw new StartException("there are no jobs: name a file with --jobs FILE or actor-monitor.manager.jobs (hocon/jobs.json is a sample)");
        await using var run = NodeRun.OfNodes(source, configured, cancellationToken);
        using var data = NodeStarter.Open(configured.Settings, "manager");
        var pbmPort = configured.Settings.Pbm.Port ?? PbmSettings.DefaultManagerPort;
        await using var manager = await NodeStarter.StartManagerAsync(run, configured.Settings, configured.Jobs, configured.Hocon, pbmPort, data, new JobsAgain(source, configured));
        Announcement.Manager(run.Lines, configured, manager);
        await run.UntilStoppedAsync();
        return run.End();
    }
}
