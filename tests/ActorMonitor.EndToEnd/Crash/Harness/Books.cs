using System.Collections.Immutable;

namespace ActorMonitor.EndToEnd.Crash.Harness;

/// <summary>What a check of a manager's books needs to know of the system that keeps them.</summary>
internal sealed record Books
{
    /// <summary>Everything that the monitor wrote down.</summary>
    public required JournalArchive Journals { get; init; }

    /// <summary>The manager's data folder.</summary>
    public required string ManagerData { get; init; }

    /// <summary>From slot to slot of every job.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary>How often the target has been called, by job.</summary>
    public required IReadOnlyDictionary<string, long> Calls { get; init; }

    /// <summary>When the monitor's process was dead, on the manager's slot clock.</summary>
    public IReadOnlyList<(DateTimeOffset From, DateTimeOffset To)> MonitorWasDead { get; init; } = [];

    /// <summary>What had begun and not ended when the monitor was killed.</summary>
    public IReadOnlySet<SlotOf> RunningAtKills { get; init; } = ImmutableHashSet<SlotOf>.Empty;
}
