using ActorMonitor.Messages;

namespace ActorMonitor.MonitorNode.Journal;

/// <summary>
/// Writes frames to the newest segment, begins another one where that is due, and numbers the entries: what a restart must
/// know to go on is on disk before any of it is used.
/// </summary>
internal sealed class JournalWriter : IDisposable
{
    private const int MaxWaitingRanges = Acknowledge.MaxRanges;
    private const int MaxStateRanges = 16 * 1024;

    private readonly JournalSettings _settings;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly FrameBuffer _frames = new();
    private readonly List<SeqRange> _acknowledged = [];
    private long _knownToDisk;

    public JournalWriter(string folder, JournalSettings settings, TimeProvider time, RecoveredJournal found)
    {
        (_settings, _time, _origin, State, Id) = (settings, time, time.GetTimestamp(), found.State, found.Id ?? OutboxId.New());
        Log = new SegmentLog(folder, time, found.Segments, found.LastNumber);

        // After a kill, a power cut or a time when the disk took nothing, seqs may have been handed out that are not on disk.
        // They are never given again: a number far above is where it goes on, and that is written down before it is used.
        var isNew = found.LastNumber == 0;
        NextSeq = found.IsClean || isNew ? found.NextSeq : found.NextSeq + settings.UnknownSeqs;
        _knownToDisk = NextSeq;
        var isWritten = found.CanGoOn ? TryGoOn(found.Segments[^1]) : TryBegin();
        if (!isWritten && !isNew)
            Id = OutboxId.New();
        foreach (var path in found.Unneeded)
            Log.Delete(path);
        if (isWritten)
            Log.RemoveUnneeded();
    }

    public OutboxId Id { get; }

    public JournalState State { get; }

    public SegmentLog Log { get; }

    /// <summary>The seq that the next entry gets.</summary>
    public long NextSeq { get; private set; }

    public bool IsHealthy => Log.Active is not null;

    /// <summary>After so many that the disk knows nothing of, a restart could give one again.</summary>
    public bool MayNumber => NextSeq - _knownToDisk < _settings.UnknownSeqs - 1;

    public TimeSpan Now => _time.GetElapsedTime(_origin);

    /// <summary>Begins frames for the active segment.</summary>
    public FrameBuffer NewFrames()
    {
        _frames.Clear();
        _frames.Salt = Log.Active?.Salt ?? 0;
        return _frames;
    }

    /// <summary>Writes the frames that were begun last.</summary>
    public bool TryAppend() => Log.TryAppend(_frames, Now);

    public long TakeSeq() => NextSeq++;

    /// <summary>The disk has these entries; seqs up to the last of them are taken.</summary>
    public void Written(long lastSeq)
    {
        NextSeq = Math.Max(NextSeq, lastSeq + 1);
        _knownToDisk = Math.Max(_knownToDisk, lastSeq + 1);
    }

    /// <summary>Whether frames can be written, after another segment was begun where that is due: the active one is full or old, or the disk took nothing.</summary>
    public bool IsReady()
    {
        var now = Now;
        Log.NoticeFlush(now);
        if (Log.Active is not { } active)
            return Log.IsRetryDue(now) && TryBegin();
        var isFull = active.Bytes - active.HeadBytes >= _settings.FullSegmentBytes;
        return (!isFull && (active.Unacknowledged == 0 || now - active.CreatedAt < _settings.SegmentSpan)) || TryBegin();
    }

    public bool TryBegin()
    {
        // They may be of a segment that is not needed any more and so not in the state, whose file is still there.
        WriteAcknowledged();
        var acknowledged = Log.Segments.SelectMany(segment => segment.Acknowledged(MaxStateRanges)).Take(MaxStateRanges);
        if (!Log.TryBegin(Id, NextSeq, _time.GetUtcNow(), Now, _frames, frames => State.Write(frames, NextSeq, acknowledged)))
            return false;
        _knownToDisk = NextSeq;
        return true;
    }

    /// <summary>To be written soon. If it never is, the entries are only delivered once more after a restart.</summary>
    public void Acknowledged(SeqRange range)
    {
        if (_acknowledged.Count > 0 && _acknowledged[^1].Last + 1 == range.First)
            _acknowledged[^1] = _acknowledged[^1] with { Last = range.Last };
        else
            _acknowledged.Add(range);
        if (_acknowledged.Count >= MaxWaitingRanges)
            WriteAcknowledged();
    }

    public void WriteAcknowledged()
    {
        if (_acknowledged.Count == 0)
            return;
        if (IsHealthy)
        {
            JournalState.WriteAcknowledged(NewFrames(), _acknowledged);
            _ = TryAppend();
        }

        // While the disk takes nothing they wait in the bitmaps alone, which the next segment begins with.
        _acknowledged.Clear();
    }

    /// <summary>Says that nothing is missing.</summary>
    public void Close()
    {
        WriteAcknowledged();
        NewFrames().Begin(FrameKind.Closed).Put(NextSeq).End();
        _ = TryAppend();
    }

    public void Dispose() => Log.Dispose();

    private bool TryGoOn(Segment segment)
    {
        _frames.Clear();
        _frames.Salt = segment.Salt;
        _frames.Begin(FrameKind.Opened).Put(NextSeq).End();
        return Log.TryGoOn(segment, _frames, Now);
    }
}
