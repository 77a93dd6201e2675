using ActorMonitor.Messages;
using ActorMonitor.Messages.Wire;

namespace ActorMonitor.MonitorNode.Journal;

/// <summary>
/// What a session must not lose, on disk: what it may run, what it has decided, and its results until the manager has them.
/// Everything is written before the call returns and flushed a little later. Of one actor; nothing is thrown for what the disk
/// does: while it takes nothing, results stay in memory up to a bound.
/// </summary>
internal sealed class SessionJournal : IDisposable
{
    private const int FoldFramesAnAppend = 32;
    private const int FoldFramesATick = 4096;

    private readonly JournalWriter _writer;
    private readonly EntryLog _entries;
    private readonly JournalBounds _bounds;
    private readonly JournalState _state;
    private bool _isDisposed;

    private SessionJournal(string folder, JournalSettings settings, TimeProvider time, RecoveredJournal found)
    {
        _state = found.State;
        Recovery = new JournalRecovery(
            _state.Epoch, _state.ManagerName, Guid.TryParseExact(Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)), "N", out var id) ? new NodeId(id) : null,
            _state.Grants, _state.Accepted, _state.Unfinished, _state.ManagerAheadOfWall, found.Damage);
        _writer = new JournalWriter(folder, settings, time, found);
        _entries = new EntryLog(_writer, settings);
        _bounds = new JournalBounds(_writer, _entries, settings);
    }

    /// <summary>What the seqs count in. It changes only when the journal is opened.</summary>
    public OutboxId Id => _writer.Id;

    /// <summary>What was found when it was opened.</summary>
    public JournalRecovery Recovery { get; }

    /// <summary>False while the disk takes nothing; then what is told here is not kept over a restart.</summary>
    public bool IsHealthy => _writer.IsHealthy;

    /// <summary>Why the disk takes nothing.</summary>
    public string? Failure => IsHealthy ? null : _writer.Log.Failure;

    /// <summary>The newest seq handed out; 0 when none was.</summary>
    public long NewestSeq => _writer.NextSeq - 1;

    /// <summary>The first that is not acknowledged; 0 when all are.</summary>
    public long OldestSeq => NextUnacknowledged(1);

    /// <summary>Entries that are not acknowledged.</summary>
    public long Count => _entries.Count;

    /// <summary>About what these take.</summary>
    public long Bytes => _entries.Bytes;

    /// <summary>Results given up since it was opened.</summary>
    public long Dropped => _entries.Dropped;

    /// <summary>The first seq that is held in memory.</summary>
    public long FirstInMemory => _entries.FirstInMemory;

    /// <summary>The bytes of its segments.</summary>
    public long DiskBytes => _writer.Log.TotalBytes;

    /// <summary>Opens the journal in a folder, which is made when it is not there.</summary>
    /// <exception cref="JournalException">The folder cannot hold one. Damage is no such case: it is told in <see cref="Recovery"/>.</exception>
    public static SessionJournal Open(string folder, JournalSettings settings, TimeProvider time)
    {
        if (File.Exists(folder))
            throw new JournalException($"{folder} is a file; the journal needs a folder");
        return new SessionJournal(folder, settings, time, JournalReader.Read(folder, settings, time));
    }

    public void Epoch(Epoch epoch, string managerName)
    {
        var isReady = IsReady();
        _state.SetEpoch(epoch, managerName);
        if (!isReady)
            return;
        _writer.NewFrames().Begin(FrameKind.Epoch).Put(_state.Epoch.Value).Put(managerName).End();
        _ = _writer.TryAppend();
    }

    public void Grant(GrantTerms terms)
    {
        var bytes = DiskForm.Write(terms);
        if (bytes.Length > WireLimits.MessageBytes)
            throw new ArgumentOutOfRangeException(nameof(terms), bytes.Length, "no message could have brought this");
        var isReady = IsReady();
        _state.Grant(terms.Check.Job, bytes);
        if (!isReady)
            return;
        JournalState.WriteGrant(_writer.NewFrames(), terms.Check.Job, bytes);
        _ = _writer.TryAppend();
    }

    public void Revoke(JobId job)
    {
        var isReady = IsReady();
        _state.Revoke(job);
        if (!isReady)
            return;
        _writer.NewFrames().Begin(FrameKind.Revoked).Put(job).End();
        _ = _writer.TryAppend();
    }

    public void Renew(DateTimeOffset validUntil, TimeSpan managerAheadOfWall)
    {
        var isReady = IsReady();
        var until = JournalState.UnixMicroseconds(validUntil);
        _state.Renew(until, managerAheadOfWall.Ticks);
        if (!isReady)
            return;
        JournalState.WriteRenewed(_writer.NewFrames(), until, managerAheadOfWall.Ticks);
        _ = _writer.TryAppend();
    }

    public void Started(StartedCheck check)
    {
        var isReady = IsReady();
        _state.Start(check);
        if (!isReady)
            return;
        JournalState.WriteStarted(_writer.NewFrames(), check);
        _ = _writer.TryAppend();
    }

    /// <summary>
    /// Keeps a result until it is acknowledged; returns its seq, 0 when it had to be given up at once: the disk has taken
    /// nothing for a very long time.
    /// </summary>
    public long Completed(Epoch epoch, long revision, CheckResult result)
    {
        var bytes = DiskForm.Write(epoch, revision, result);
        if (bytes.Length > WireLimits.CompletedBytes)
        {
            result = Evidence.Fit(result);
            bytes = DiskForm.Write(epoch, revision, result);
        }

        var isReady = IsReady();
        _state.Complete(result.Job, result.Slot);
        var seq = _entries.Add(epoch, revision, result, bytes, isReady);
        _bounds.Keep(FoldFramesAnAppend);
        return seq;
    }

    /// <summary>The manager keeps these; returns how many were still here.</summary>
    public long Acknowledge(SeqRange range) => _entries.Acknowledge(range);

    /// <summary>Called a few times a second: tries the disk again, writes acknowledgements, and keeps the bounds.</summary>
    public void Tick()
    {
        if (IsReady())
        {
            _entries.Write();
            _writer.WriteAcknowledged();
        }

        _bounds.Keep(FoldFramesATick);
    }

    /// <summary>The first seq from here on that is to be delivered; 0 when there is none.</summary>
    public long NextUnacknowledged(long from) => _entries.NextUnacknowledged(from);

    /// <summary>An entry that is held in memory; null when it is not.</summary>
    public OutboxEntry? InMemory(long seq) => _entries.InMemory(seq);

    /// <summary>An entry that is not acknowledged; null when it cannot be read.</summary>
    public OutboxEntry? Read(long seq) => _entries.Read(seq);

    /// <summary>
    /// While the disk takes nothing: numbers a range of results given up, so that it can be delivered, if there is one and
    /// memory has room for it. From then on it is an entry like any other.
    /// </summary>
    public bool TryNumberDropped() => _entries.TryNumberDropped();

    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        _bounds.Dispose();
        _entries.Dispose();
        if (IsHealthy && _entries.IsWritten)
            _writer.Close();
        _writer.Dispose();
    }

    // What had to wait for the disk is written as soon as it takes something again.
    private bool IsReady()
    {
        var wasHealthy = IsHealthy;
        if (!_writer.IsReady())
            return false;
        if (!wasHealthy)
            _entries.Write();
        return IsHealthy;
    }
}
