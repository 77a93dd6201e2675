using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.Probes;
using Akka.Configuration;

namespace ActorMonitor.Host.Commands;

/// <summary>A command's configuration, read and without mistakes.</summary>
/// <param name="File">The HOCON file, as it is named; null when there is none.</param>
/// <param name="Settings">Our settings.</param>
/// <param name="Hocon">What the operator wrote, for the actor systems.</param>
/// <param name="JobsFile">The jobs file; null when none is named.</param>
/// <param name="Jobs">The jobs; empty when no file is named.</param>
/// <param name="Retention">What was checked, or was not, of the times that results are kept.</param>
internal sealed record Configured(
    string? File, ActorMonitorSettings Settings, Config Hocon, string? JobsFile, ImmutableArray<JobDefinition> Jobs, string Retention)
{
    /// <summary>Every key with the value that counts.</summary>
    public ImmutableArray<EffectiveSetting> Effective { get; init; } = [];

    /// <summary>All services, for the reader of jobs.</summary>
    public static readonly ServiceCatalog Catalog = new(ProbeCatalog.Entries.Select(entry => entry.Definition));

    /// <summary>Reads everything; prints all mistakes to <paramref name="error"/> and returns null when there is one.</summary>
    public static Configured? Read(RunOptions options, NodeRole role, string command, TextWriter error)
    {
        var (configured, errors) = TryRead(options, role, command);
        foreach (var mistake in errors)
            error.WriteLine(mistake);
        return configured;
    }

    /// <summary>Reads everything.</summary>
    public static (Configured? Configured, ImmutableArray<ConfigurationError> Errors) TryRead(RunOptions options, NodeRole role, string command)
    {
        var file = options.Config ?? Found($"hocon/{command}.hocon") ?? Found($"{command}.hocon");
        var reading = SettingsReader.Read(file, options.Set, role);
        var errors = reading.Errors;
        var jobsFile = options.Jobs ?? reading.Settings?.Manager.Jobs;
        ImmutableArray<JobDefinition> jobs = [];
        if (jobsFile is not null && role != NodeRole.Monitor)
        {
            // With mistakes in the settings the monitors are not known; the jobs are then read against one that any number names.
            var monitors = reading.Settings is { } known ? Monitors(known, role) : [];
            var jobsReading = JobsReader.Read(jobsFile, Catalog, monitors);
            if (reading.Settings is not null || options.Jobs is not null)
                errors = errors.AddRange(jobsReading.Errors);
            jobs = jobsReading.File?.Jobs ?? [];
        }

        return errors.IsEmpty && reading.Settings is { } settings
            ? (new Configured(
                file,
                settings with { Manager = settings.Manager with { Monitors = Monitors(settings, role) } },
                reading.UserHocon,
                jobsFile,
                jobs,
                RetentionCheck.Describe(reading, settings, role))
            {
                Effective = reading.Effective,
            }, errors)
            : (null, errors);
    }

    /// <summary>The monitors of a role: <c>up</c> has its embedded one before those that are configured.</summary>
    private static ImmutableArray<MonitorAddress> Monitors(ActorMonitorSettings settings, NodeRole role)
    {
        if (role != NodeRole.Up)
            return settings.Manager.Monitors;
        var name = settings.Monitor.Name;
        while (settings.Manager.Monitors.Any(monitor => monitor.Name == name))
            name += "-embedded";
        return settings.Manager.Monitors.Insert(0, new MonitorAddress(name, "127.0.0.1", MonitorAddress.DefaultPort, settings.Monitor.Location, settings.Monitor.Token));
    }

    private static string? Found(string path) => System.IO.File.Exists(path) ? path : null;
}
