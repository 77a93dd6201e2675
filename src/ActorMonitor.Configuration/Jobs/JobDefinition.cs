using System.Collections.Immutable;
using ActorMonitor.Messages;

namespace ActorMonitor.Configuration;

/// <summary>A job as its manager runs it.</summary>
/// <param name="Check">What monitors are told.</param>
/// <param name="Revision">A hash of <paramref name="Check"/>, the same in every process, not negative.</param>
/// <param name="Monitors">The names of the monitors that run it, in the manager's order, at least one: one schedule each.</param>
/// <param name="Labels">Free texts by name.</param>
public sealed record JobDefinition(CheckDefinition Check, long Revision, ImmutableArray<string> Monitors, ImmutableSortedDictionary<string, string> Labels)
{
    /// <summary>The job's name.</summary>
    public JobId Job => Check.Job;

    /// <summary>A job of a check; its revision is computed.</summary>
    public static JobDefinition Of(CheckDefinition check, ImmutableArray<string> monitors, ImmutableSortedDictionary<string, string>? labels = null)
        => new(check, JobRevision.Of(check), monitors, labels ?? LabelBounds.None);
}

/// <summary>The jobs of a file, in its order; names are unique.</summary>
/// <param name="Jobs">The jobs.</param>
public sealed record JobsFile(ImmutableArray<JobDefinition> Jobs)
{
    /// <summary>The largest jobs file, in bytes.</summary>
    public const int MaxBytes = 64 * 1024 * 1024;

    /// <summary>The most jobs in a file.</summary>
    public const int MaxJobs = 100_000;
}

/// <summary>What came of reading a jobs file.</summary>
/// <param name="File">The jobs; null when there is an error.</param>
/// <param name="Errors">All mistakes found, in the file's order; empty when there are none.</param>
public sealed record JobsReading(JobsFile? File, ImmutableArray<ConfigurationError> Errors);
