namespace ActorMonitor.MonitorNode.Journal;

/// <summary>The bounds of one session's journal.</summary>
/// <param name="MaxBytes">The most bytes on disk; above it the oldest results are given up.</param>
/// <param name="MaxAge">The oldest that a result may get before it is given up.</param>
internal sealed record JournalSettings(long MaxBytes, TimeSpan MaxAge)
{
    /// <summary>What a segment holds besides the state at its head.</summary>
    public long SegmentBytes { get; init; } = 16L * 1024 * 1024;

    /// <summary>The most bytes of results kept in memory: those just made, and those that the disk did not take.</summary>
    public long MemoryBytes { get; init; } = 8L * 1024 * 1024;

    /// <summary>How many seqs may be handed out of which the disk knows nothing; after an unclean end so many are skipped.</summary>
    public long UnknownSeqs { get; init; } = 1_000_000_000;

    /// <summary>When a segment is full: a small journal still has several.</summary>
    public long FullSegmentBytes => Math.Min(SegmentBytes, Math.Max(4096, MaxBytes / 8));

    /// <summary>What a segment spans at most, so that by age nothing young goes with what is old.</summary>
    public TimeSpan SegmentSpan => MaxAge / 24;
}

/// <summary>A folder that cannot hold a journal.</summary>
internal sealed class JournalException : Exception
{
    /// <summary>Says what was wrong, in words for people.</summary>
    public JournalException(string message, Exception? cause = null)
        : base(message, cause)
    {
    }
}
