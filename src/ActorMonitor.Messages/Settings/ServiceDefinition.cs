using System.Collections.Immutable;

namespace ActorMonitor.Messages;

/// <summary>What the outside needs to know of a service to accept jobs for it.</summary>
/// <param name="Name">The service's name in lower case, for example <c>https</c>.</param>
/// <param name="Description">One sentence on what its check does.</param>
/// <param name="DefaultPort">The port of a job that names none; null for a service without ports, 0 when a job must name one.</param>
/// <param name="Settings">Its settings.</param>
/// <param name="Expectations">Its expectations.</param>
public sealed record ServiceDefinition(
    string Name,
    string Description,
    int? DefaultPort,
    ImmutableArray<Setting> Settings,
    ImmutableArray<Setting> Expectations)
{
    /// <summary>Other names that jobs may use, in lower case (<c>icmp</c> for <c>ping</c>).</summary>
    public ImmutableArray<string> Aliases { get; init; } = [];

    /// <summary>Jobs that show how the service is used; together they show every setting and expectation.</summary>
    public ImmutableArray<ServiceExample> Examples { get; init; } = [];

    /// <summary>
    /// Settings that a job takes on where it names none, made of the job's name and host (<c>dns</c> asks for the job's own
    /// name); null when there are none.
    /// </summary>
    public Func<JobId, string, SettingMap>? ImpliedSettings { get; init; }
}

/// <summary>A job of a service as the reference page shows it.</summary>
/// <param name="Title">What it is good for, as a sentence without its full stop; unique within the service.</param>
/// <param name="Job">The job as it stands in a jobs file: one JSON object.</param>
public sealed record ServiceExample(string Title, string Job);
