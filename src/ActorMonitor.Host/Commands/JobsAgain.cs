using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode;

namespace ActorMonitor.Host.Commands;

/// <summary>The jobs of a running manager, read again from where they came from.</summary>
/// <param name="source">Where the configuration comes from.</param>
/// <param name="running">The configuration that the node was started with.</param>
internal sealed class JobsAgain(ConfigurationSource source, Configured running)
{
    /// <summary>The jobs file that the node was started with; null when its jobs are built in.</summary>
    public string? File => running.JobsFile;

    /// <summary>Reads and checks the whole configuration.</summary>
    public async Task<JobsRead> ReadAsync(CancellationToken cancellationToken)
    {
        var (configured, errors) = await source.ReadAsync(cancellationToken);
        if (configured is null)
            return new JobsRead(running.JobsFile ?? "", null, errors, []);
        if (configured.JobsFile is not { } file)
            return JobsRead.Nothing;
        var monitors = running.Settings.Manager.Monitors;
        if (configured.Settings.Manager.Monitors.SequenceEqual(monitors))
            return new JobsRead(file, configured.Jobs, [], []);

        // The links are made at the start; until then jobs run on the monitors that there are.
        var reading = await Task.Run(() => JobsReader.Read(file, Configured.Catalog, monitors), cancellationToken);
        ImmutableArray<string> notes = ["actor-monitor.manager.monitors has changed: that takes a restart; jobs were placed on the monitors as they are."];
        return reading.File is { } jobs
            ? new JobsRead(file, jobs.Jobs, [], notes)
            : new JobsRead(file, null, reading.Errors.Add(new ConfigurationError(file, null, "", "actor-monitor.manager.monitors has changed, which takes a restart: jobs are held against the monitors as they are")), notes);
    }
}
