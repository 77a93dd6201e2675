using ActorMonitor.Messages;

namespace ActorMonitor.MonitorNode.Journal;

/// <summary>A folder's journal as read.</summary>
internal sealed class RecoveredJournal
{
    private readonly List<string> _damage = [];

    public List<Segment> Segments { get; } = [];

    public JournalState State { get; set; } = new();

    /// <summary>Files that are not needed any more.</summary>
    public List<string> Unneeded { get; } = [];

    /// <summary>The outbox's id; null when there is none that can be trusted.</summary>
    public OutboxId? Id { get; set; }

    public long NextSeq { get; set; } = 1;

    public long LastNumber { get; set; }

    /// <summary>The process before ended in order: no seq was handed out that is not on disk.</summary>
    public bool IsClean { get; set; }

    /// <summary>The newest segment can be appended to.</summary>
    public bool CanGoOn { get; set; }

    public string? Damage => _damage.Count == 0 ? null : string.Join("; ", _damage);

    public void Damaged(string what)
    {
        // Each segment says one thing; a thousand of them say the same.
        if (_damage.Count < 16)
            _damage.Add(what);
    }

    public void SeenSeq(long seq) => NextSeq = Math.Max(NextSeq, seq + 1);
}
