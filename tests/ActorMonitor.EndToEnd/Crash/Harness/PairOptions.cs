namespace ActorMonitor.EndToEnd.Crash.Harness;

/// <summary>What a <see cref="NodePair"/> is made of.</summary>
internal sealed record PairOptions
{
    /// <summary>How many jobs, each due every <see cref="Interval"/>.</summary>
    public int Jobs { get; init; } = 200;

    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan Timeout { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>The bytes of each datagram, and of the answer that is kept with the result.</summary>
    public int PayloadBytes { get; init; } = 8;

    /// <summary>The text of a jobs file of other jobs; null for those that the options above tell of.</summary>
    public string? JobsFile { get; init; }

    /// <summary>Whether the link goes through proxies.</summary>
    public bool IsProxied { get; init; }

    /// <summary>Of what the proxies do.</summary>
    public int Seed { get; init; } = 1;

    /// <summary>The size of a disk of the manager's own; 0 for none.</summary>
    public int ManagerDiskMebibytes { get; init; }

    /// <summary>The size of a disk of the monitor's own; 0 for none.</summary>
    public int MonitorDiskMebibytes { get; init; }

    /// <summary>Whether every journal is kept by a second name. Not where space has to become free again.</summary>
    public bool KeepsJournals { get; init; } = true;

    /// <summary>Further overrides of the manager's configuration, KEY=VALUE.</summary>
    public string[] Manager { get; init; } = [];

    /// <summary>The same of the monitor's.</summary>
    public string[] Monitor { get; init; } = [];
}
