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
    private const int BatchBytes = 256 * 1024;
    private const int MaxWaitingRanges = Messages.Acknowledge.MaxRanges;
    private const int MaxStateRanges = 16 * 1024;
    private const int FoldFramesAnAppend = 32;
    private const int FoldFramesATick = 4096;

    private readonly JournalSettings _settings;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly SegmentLog _log;
    private readonly JournalState _state;
    private readonly RecentEntries _recent = new();
    private readonly DroppedRanges _dropped = new();
    private readonly FrameBuffer _frames = new();
    private readonly EntryReader _reader = new();
    private readonly List<SeqRange> _acknowledged = [];
    private readonly List<(OutboxEntry Entry, int Offset, int Bytes)> _batch = [];
    private SegmentFold? _fold;
    private long _nextSeq;
    private long _knownToDisk;
    private bool _isDisposed;

    private SessionJournal(string folder, JournalSettings settings, TimeProvider time, RecoveredJournal found)
    {
        (_settings, _time, _origin) = (settings, time, time.GetTimestamp());
        (_state, Id) = (found.State, found.Id ?? OutboxId.New());
        _log = new SegmentLog(folder, time, found.Segments, found.LastNumber);
        Recovery = new JournalRecovery(
            _state.Epoch, _state.ManagerName, Guid.TryParseExact(Path.GetFileName(Path.TrimEndingDirectorySeparator(folder)), "N", out var id) ? new NodeId(id) : null,
            _state.Grants, _state.Accepted, _state.Unfinished, _state.ManagerAheadOfWall, found.Damage);

        // After a kill, a power cut or a time when the disk took nothing, seqs may have been handed out that are not on disk.
        // They are never given again: a number far above is where it goes on, and that is written down before it is used.
        var isNew = found.LastNumber == 0;
        _nextSeq = found.IsClean || isNew ? found.NextSeq : found.NextSeq + settings.UnknownSeqs;
        _knownToDisk = _nextSeq;
        _recent.StartAt(_nextSeq);
        var isWritten = found.CanGoOn ? TryGoOn(found.Segments[^1]) : TryBegin();
        if (!isWritten && !isNew)
            Id = OutboxId.New();
        foreach (var path in found.Unneeded)
            _log.Delete(path);
        if (isWritten)
            _log.RemoveUnneeded();
    }

    /// <summary>What the seqs count in. It changes only when the journal is opened.</summary>
    public OutboxId Id { get; }

    /// <summary>What was found when it was opened.</summary>
    public JournalRecovery Recovery { get; }

    /// <summary>False while the disk takes nothing; then what is told here is not kept over a restart.</summary>
    public bool IsHealthy => _log.Active is not null;

    /// <summary>Why the disk takes nothing.</summary>
    public string? Failure => IsHealthy ? null : _log.Failure;

    /// <summary>The newest seq handed out; 0 when none was.</summary>
    public long NewestSeq => _nextSeq - 1;

    /// <summary>The first that is not acknowledged; 0 when all are.</summary>
    public long OldestSeq => NextUnacknowledged(1);

    /// <summary>Entries that are not acknowledged.</summary>
    public long Count => _log.Segments.Sum(segment => (long)segment.Unacknowledged) + _recent.Unwritten;

    /// <summary>About what these take.</summary>
    public long Bytes => _log.Segments.Sum(segment => segment.UnacknowledgedBytes) + _recent.UnwrittenBytes;

    /// <summary>Results given up since it was opened.</summary>
    public long Dropped { get; private set; }

    /// <summary>The first seq that is held in memory.</summary>
    public long FirstInMemory => _recent.FirstSeq;

    /// <summary>The bytes of its segments.</summary>
    public long DiskBytes => _log.TotalBytes;

    private TimeSpan Now => _time.GetElapsedTime(_origin);

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
        Frames.Begin(FrameKind.Epoch).Put(_state.Epoch.Value).Put(managerName).End();
        Append();
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
        JournalState.WriteGrant(Frames, terms.Check.Job, bytes);
        Append();
    }

    public void Revoke(JobId job)
    {
        var isReady = IsReady();
        _state.Revoke(job);
        if (!isReady)
            return;
        Frames.Begin(FrameKind.Revoked).Put(job).End();
        Append();
    }

    public void Renew(DateTimeOffset validUntil, TimeSpan managerAheadOfWall)
    {
        var isReady = IsReady();
        var until = JournalState.UnixMicroseconds(validUntil);
        _state.Renew(until, managerAheadOfWall.Ticks);
        if (!isReady)
            return;
        JournalState.WriteRenewed(Frames, until, managerAheadOfWall.Ticks);
        Append();
    }

    public void Started(StartedCheck check)
    {
        var isReady = IsReady();
        _state.Start(check);
        if (!isReady)
            return;
        JournalState.WriteStarted(Frames, check);
        Append();
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
        if (!MayNumber)
        {
            GiveUp(result.Job, result.Slot);
            return 0;
        }

        var seq = _nextSeq++;
        _recent.Add(new ResultEntry(seq, epoch, revision, result) { Bytes = EntryFrames.BytesOf(bytes) });
        if (isReady)
            WriteRecent(bytes);
        KeepMemoryBound();
        Fold(FoldFramesAnAppend);
        return seq;
    }

    /// <summary>The manager keeps these; returns how many were still here.</summary>
    public long Acknowledge(SeqRange range)
    {
        range = new SeqRange(Math.Max(1, range.First), Math.Min(range.Last, NewestSeq));
        if (range.Last < range.First)
            return 0;
        long acknowledged = 0;
        var isAnyDone = false;
        for (var at = _log.IndexOf(range.First); at < _log.Segments.Count; at++)
        {
            var segment = _log.Segments[at];
            var cleared = segment.Acknowledge(range);
            acknowledged += cleared;
            isAnyDone |= cleared > 0 && segment.Unacknowledged == 0;
            if (segment.LastSeq > range.Last)
                break;
        }

        acknowledged += _recent.Acknowledge(range);
        if (acknowledged == 0)
            return 0;
        if (_acknowledged.Count > 0 && _acknowledged[^1].Last + 1 == range.First)
            _acknowledged[^1] = _acknowledged[^1] with { Last = range.Last };
        else
            _acknowledged.Add(range);
        if (_acknowledged.Count >= MaxWaitingRanges)
            WriteAcknowledged();
        if (isAnyDone)
            RemoveUnneeded();
        return acknowledged;
    }

    /// <summary>Called a few times a second: tries the disk again, writes acknowledgements, and keeps the bounds.</summary>
    public void Tick()
    {
        if (IsReady())
        {
            WriteRecent();
            WriteAcknowledged();
        }

        Fold(FoldFramesATick);
    }

    /// <summary>The first seq from here on that is to be delivered; 0 when there is none.</summary>
    public long NextUnacknowledged(long from)
    {
        for (var at = _log.IndexOf(from); at < _log.Segments.Count; at++)
        {
            var segment = _log.Segments[at];
            if (!segment.IsFolding && segment.NextOpen(from) is > 0 and var seq)
                return seq;
        }

        return _recent.Next(Math.Max(from, _recent.FirstUnwritten))?.Seq ?? 0;
    }

    /// <summary>An entry that is held in memory; null when it is not.</summary>
    public OutboxEntry? InMemory(long seq) => _recent[seq];

    /// <summary>An entry that is not acknowledged; null when it cannot be read.</summary>
    public OutboxEntry? Read(long seq)
    {
        if (_recent[seq] is { } entry)
            return entry;
        var at = _log.IndexOf(seq);
        return at < _log.Segments.Count ? _reader.Read(_log.Segments[at], seq) : null;
    }

    /// <summary>
    /// While the disk takes nothing: numbers a range of results given up, so that it can be delivered, if there is one and
    /// memory has room for it. From then on it is an entry like any other.
    /// </summary>
    public bool TryNumberDropped()
    {
        if (IsHealthy || _dropped.Jobs == 0 || _recent.Bytes > _settings.MemoryBytes / 2 || !MayNumber)
            return false;
        Number(_dropped.Names.First());
        return true;
    }

    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        _fold?.Dispose();
        _reader.Dispose();
        if (IsHealthy && _recent.Unwritten == 0 && _dropped.Jobs == 0)
        {
            WriteAcknowledged();
            Frames.Begin(FrameKind.Closed).Put(_nextSeq).End();
            Append();
        }

        _log.Dispose();
    }

    // The frames for the active segment, none yet.
    private FrameBuffer Frames
    {
        get
        {
            _frames.Clear();
            _frames.Salt = _log.Active?.Salt ?? 0;
            return _frames;
        }
    }

    // After so many that the disk knows nothing of, a restart could give one again.
    private bool MayNumber => _nextSeq - _knownToDisk < _settings.UnknownSeqs - 1;

    private bool Append() => _log.TryAppend(_frames, Now);

    // Begins another segment where that is due: the active one is full or old, or the disk has taken nothing for a while.
    private bool IsReady()
    {
        var now = Now;
        _log.NoticeFlush(now);
        if (_log.Active is not { } active)
        {
            if (!_log.IsRetryDue(now) || !TryBegin())
                return false;
            WriteRecent();
            return IsHealthy;
        }

        var isFull = active.Bytes - active.HeadBytes >= _settings.FullSegmentBytes;
        if (!isFull && (active.Unacknowledged == 0 || now - active.CreatedAt < _settings.SegmentSpan))
            return true;
        WriteAcknowledged();
        return TryBegin();
    }

    private bool TryBegin()
    {
        var acknowledged = _log.Segments.SelectMany(segment => segment.Acknowledged(MaxStateRanges)).Take(MaxStateRanges);
        if (!_log.TryBegin(Id, _nextSeq, _time.GetUtcNow(), Now, _frames, frames => _state.Write(frames, _nextSeq, acknowledged)))
            return false;
        _acknowledged.Clear();
        _knownToDisk = _nextSeq;
        return true;
    }

    private bool TryGoOn(Segment segment)
    {
        _frames.Clear();
        _frames.Salt = segment.Salt;
        _frames.Begin(FrameKind.Opened).Put(_nextSeq).End();
        return _log.TryGoOn(segment, _frames, Now);
    }

    // Writes what is in memory only, and then, numbered, what was given up meanwhile.
    private void WriteRecent(byte[]? newest = null)
    {
        while (IsHealthy)
        {
            if (_recent.Unwritten == 0)
            {
                foreach (var job in _dropped.Names.ToList())
                    Number(job);
            }

            if (_recent.Unwritten == 0)
            {
                _recent.WrittenBefore(_recent.EndSeq);
                return;
            }

            WriteBatch(newest);
        }
    }

    private void WriteBatch(byte[]? newest)
    {
        var frames = Frames;
        _batch.Clear();
        for (var entry = _recent.Next(_recent.FirstUnwritten); entry is not null && frames.Length < BatchBytes; entry = _recent.Next(entry.Seq + 1))
            AddToBatch(entry, entry.Seq == NewestSeq ? newest : null);
        if (TryAppendBatch())
            _recent.WrittenBefore(_batch[^1].Entry.Seq + 1);
    }

    private void AddToBatch(OutboxEntry entry, byte[]? diskForm = null)
    {
        var offset = _frames.Length;
        EntryFrames.Write(_frames, entry, diskForm);
        _batch.Add((entry, offset, _frames.Length - offset));
    }

    private bool TryAppendBatch()
    {
        if (_log.Active is not { } segment)
            return false;
        var start = segment.Bytes;
        if (!Append())
            return false;
        foreach (var (entry, offset, bytes) in _batch)
            segment.Add(entry.Seq, start + offset, bytes);
        segment.NewestAt = Now;
        _knownToDisk = Math.Max(_knownToDisk, _batch[^1].Entry.Seq + 1);
        return true;
    }

    private void WriteAcknowledged()
    {
        if (_acknowledged.Count == 0 || !IsHealthy)
        {
            // What the disk does not take is only delivered once more after a restart.
            if (_acknowledged.Count >= MaxWaitingRanges)
                _acknowledged.Clear();
            return;
        }

        JournalState.WriteAcknowledged(Frames, _acknowledged);
        if (Append())
            _acknowledged.Clear();
    }

    private void Number(JobId job)
    {
        _recent.Add(_dropped.Numbered(job, _nextSeq++) with { Bytes = EntryFrames.BytesOf(job) });
        _dropped.Remove(job);
    }

    private void KeepMemoryBound()
    {
        while (_recent.Bytes > _settings.MemoryBytes && _recent.FirstSeq < _recent.EndSeq)
        {
            var isWritten = _recent.FirstSeq < _recent.FirstUnwritten;
            var oldest = _recent.TakeOldest();
            if (isWritten)
                continue;
            if (oldest is DroppedEntry dropped)
                _dropped.Add(dropped.Job, dropped.First, dropped.Last, dropped.Count);
            else if (oldest is ResultEntry { Result: var result })
                GiveUp(result.Job, result.Slot);
        }
    }

    private void GiveUp(JobId job, Slot slot)
    {
        _dropped.Add(job, slot, slot, 1);
        Dropped++;
    }

    private void RemoveUnneeded()
    {
        foreach (var segment in _log.Segments)
        {
            if (segment.Unacknowledged == 0)
                _reader.Forget(segment);
        }

        _log.RemoveUnneeded();
    }

    // The bounds of size and age: the oldest segment goes. What it still held becomes one Dropped a job.
    //
    // No result counts twice by this, whenever the process dies. The Dropped of a segment are written at once between a Folding
    // and a Folded that name it. Without the Folded a restart takes them for nothing and the segment for whole; with it the
    // segment is nothing, though its file may still be there: it is deleted after they have been flushed. While it is read the
    // segment is not delivered from. What was on the way before may have reached the manager all the same: then the slot has
    // its record before the Dropped comes, and a Dropped only counts slots without one.
    private void Fold(int frames)
    {
        if (_fold is null && !TryBeginFold())
            return;
        if (!IsHealthy || _fold is null)
        {
            EndFold();
            return;
        }

        if (_fold.Segment.Unacknowledged == 0)
        {
            // All was acknowledged meanwhile, and the segment deleted.
            EndFold();
            RemoveUnneeded();
            return;
        }

        if (!_fold.Step(frames))
            return;
        var segment = _fold.Segment;
        var isWritten = TryWriteFolded(_fold);
        EndFold();
        if (!isWritten)
            return;
        _reader.Forget(segment);
        _log.Remove(segment);
    }

    private bool TryBeginFold()
    {
        if (!IsHealthy || _log.Segments.Count == 0)
            return false;
        var oldest = _log.Segments[0];
        var isOld = oldest.Unacknowledged > 0 && Now - oldest.NewestAt > _settings.MaxAge;
        if (!isOld && _log.TotalBytes <= _settings.MaxBytes)
            return false;
        if (_log.Active == oldest && (!isOld || !TryBegin()))
            return false;
        _fold = new SegmentFold(oldest);
        return true;
    }

    private bool TryWriteFolded(SegmentFold fold)
    {
        var (ranges, results) = fold.Gather();
        if (ranges.Jobs == 0)
            return true;
        var frames = Frames;
        _batch.Clear();
        frames.Begin(FrameKind.Folding).Put(fold.Segment.Number).End();
        foreach (var job in ranges.Names)
            AddToBatch(ranges.Numbered(job, _nextSeq + _batch.Count) with { Bytes = EntryFrames.BytesOf(job) });
        frames.Begin(FrameKind.Folded).Put(fold.Segment.Number).End();
        if (!TryAppendBatch())
            return false;
        Dropped += results;
        _nextSeq += _batch.Count;
        foreach (var (entry, _, _) in _batch)
            _recent.Add(entry);
        _recent.WrittenBefore(_nextSeq);
        KeepMemoryBound();
        return true;
    }

    private void EndFold()
    {
        _fold?.Dispose();
        _fold = null;
    }
}
