namespace ActorMonitor.Messages;

/// <summary>What became of a slot. The numbers are on the wire: they are never reused.</summary>
public enum Outcome
{
    /// <summary>The target answered as expected.</summary>
    Up = 1,

    /// <summary>The target answered, but an expectation that only warns was not met.</summary>
    Degraded = 2,

    /// <summary>The target is proven not to work.</summary>
    Down = 3,

    /// <summary>The check ran but proves neither Up nor Down (our side failed, or silence proves nothing).</summary>
    Unknown = 4,

    /// <summary>The slot was due and was not run, for a stated reason.</summary>
    Skipped = 5,

    /// <summary>The slot was given out and no result came back.</summary>
    Lost = 6,

    /// <summary>The manager was not there to look after the slot. A manager's own record, never on the wire.</summary>
    NotRunning = 7,
}
