using ActorMonitor.Messages;

namespace ActorMonitor.MonitorNode.Journal;

/// <summary>What a journal held when it was opened.</summary>
/// <param name="HighestEpoch">The highest epoch written down.</param>
/// <param name="ManagerName">The manager's name; empty when none was written down.</param>
/// <param name="Manager">The manager's id, when the folder is named by it.</param>
/// <param name="Grants">What the monitor may run, each as last renewed.</param>
/// <param name="Accepted">The newest slot decided of each job.</param>
/// <param name="Unfinished">Checks that were started and have no result.</param>
/// <param name="ManagerAheadOfWall">How far the manager's clock was ahead of this monitor's wall clock; null when never written down.</param>
/// <param name="Damage">What could not be read, in words for people; null when all could.</param>
internal sealed record JournalRecovery(
    Epoch HighestEpoch,
    string ManagerName,
    NodeId? Manager,
    IReadOnlyDictionary<JobId, GrantTerms> Grants,
    IReadOnlyDictionary<JobId, Slot> Accepted,
    IReadOnlyList<StartedCheck> Unfinished,
    TimeSpan? ManagerAheadOfWall,
    string? Damage);

/// <summary>A check that has been started.</summary>
/// <param name="Job">The job.</param>
/// <param name="Slot">The slot.</param>
/// <param name="Epoch">The epoch of the command.</param>
/// <param name="Revision">The revision that is run.</param>
/// <param name="Trigger">What had it run.</param>
/// <param name="Started">When, on the manager's slot clock.</param>
internal sealed record StartedCheck(JobId Job, Slot Slot, Epoch Epoch, long Revision, Trigger Trigger, DateTimeOffset Started);
