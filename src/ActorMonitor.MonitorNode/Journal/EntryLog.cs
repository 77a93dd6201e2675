using ActorMonitor.Messages;

namespace ActorMonitor.MonitorNode.Journal;

/// <summary>
/// The entries that are not acknowledged: on disk, the newest of them in memory too. While the disk takes nothing they are in
/// memory alone, up to a bound; beyond it the oldest are given up, as one range a job.
/// </summary>
internal sealed class EntryLog : IDisposable
{
    private const int BatchBytes = 256 * 1024;

    private readonly JournalWriter _writer;
    private readonly JournalSettings _settings;
    private readonly RecentEntries _recent = new();
    private readonly DroppedRanges _dropped = new();
    private readonly EntryReader _reader = new();
    private readonly List<(OutboxEntry Entry, int Offset, int Bytes)> _batch = [];

    public EntryLog(JournalWriter writer, JournalSettings settings)
    {
        (_writer, _settings) = (writer, settings);
        _recent.StartAt(writer.NextSeq);
    }

    public long Count => _writer.Log.Segments.Sum(segment => (long)segment.Unacknowledged) + _recent.Unwritten;

    public long Bytes => _writer.Log.Segments.Sum(segment => segment.UnacknowledgedBytes) + _recent.UnwrittenBytes;

    /// <summary>Results given up since the journal was opened.</summary>
    public long Dropped { get; private set; }

    public long FirstInMemory => _recent.FirstSeq;

    /// <summary>Nothing is in memory alone.</summary>
    public bool IsWritten => _recent.Unwritten == 0 && _dropped.Jobs == 0;

    /// <summary>Keeps a result; <paramref name="diskForm"/> is its form on disk. Returns its seq, 0 when it was given up at once.</summary>
    public long Add(Epoch epoch, long revision, CheckResult result, byte[] diskForm, bool isReady)
    {
        if (!_writer.MayNumber)
        {
            GiveUp(result.Job, result.Slot);
            return 0;
        }

        var seq = _writer.TakeSeq();
        _recent.Add(new ResultEntry(seq, epoch, revision, result) { Bytes = EntryFrames.BytesOf(diskForm) });
        if (isReady)
            Write(diskForm);
        KeepMemoryBound();
        return seq;
    }

    /// <summary>Writes what is in memory alone, and then, numbered, what was given up meanwhile.</summary>
    public void Write(byte[]? newest = null)
    {
        while (_writer.IsHealthy)
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

    public long Acknowledge(SeqRange range)
    {
        range = new SeqRange(Math.Max(1, range.First), Math.Min(range.Last, _writer.NextSeq - 1));
        if (range.Last < range.First)
            return 0;
        var log = _writer.Log;
        var acknowledged = 0L;
        var isAnyDone = false;
        for (var at = log.IndexOf(range.First); at < log.Segments.Count; at++)
        {
            var segment = log.Segments[at];
            var cleared = segment.Acknowledge(range);
            acknowledged += cleared;
            isAnyDone |= cleared > 0 && segment.Unacknowledged == 0;
            if (segment.LastSeq > range.Last)
                break;
        }

        acknowledged += _recent.Acknowledge(range);
        if (acknowledged > 0)
            _writer.Acknowledged(range);
        if (isAnyDone)
            RemoveUnneeded();
        return acknowledged;
    }

    /// <summary>The first seq from here on that is to be delivered; 0 when there is none.</summary>
    public long NextUnacknowledged(long from)
    {
        var log = _writer.Log;
        for (var at = log.IndexOf(from); at < log.Segments.Count; at++)
        {
            var segment = log.Segments[at];
            if (!segment.IsFolding && segment.NextOpen(from) is > 0 and var seq)
                return seq;
        }

        return _recent.Next(Math.Max(from, _recent.FirstUnwritten))?.Seq ?? 0;
    }

    public OutboxEntry? InMemory(long seq) => _recent[seq];

    public OutboxEntry? Read(long seq)
    {
        if (_recent[seq] is { } entry)
            return entry;
        var at = _writer.Log.IndexOf(seq);
        return at < _writer.Log.Segments.Count ? _reader.Read(_writer.Log.Segments[at], seq) : null;
    }

    /// <summary>While the disk takes nothing: numbers one range given up, if there is one and memory has room for it.</summary>
    public bool TryNumberDropped()
    {
        if (_writer.IsHealthy || _dropped.Jobs == 0 || _recent.Bytes > _settings.MemoryBytes / 2 || !_writer.MayNumber)
            return false;
        Number(_dropped.Names.First());
        return true;
    }

    /// <summary>Writes one Dropped a job for what is left of a segment, all or nothing, and forgets the segment.</summary>
    public bool TryReplace(SegmentFold fold)
    {
        var (ranges, results) = fold.Gather();
        if (ranges.Jobs > 0)
        {
            var frames = _writer.NewFrames();
            _batch.Clear();
            frames.Begin(FrameKind.Folding).Put(fold.Segment.Number).End();
            foreach (var job in ranges.Names)
                AddToBatch(frames, ranges.Numbered(job, _writer.NextSeq + _batch.Count) with { Bytes = EntryFrames.BytesOf(job) });
            frames.Begin(FrameKind.Folded).Put(fold.Segment.Number).End();
            if (!TryAppendBatch())
                return false;
            foreach (var (entry, _, _) in _batch)
                _recent.Add(entry);
            _recent.WrittenBefore(_recent.EndSeq);
            KeepMemoryBound();
        }

        Dropped += results;
        _reader.Forget(fold.Segment);
        _writer.Log.Remove(fold.Segment);
        return true;
    }

    /// <summary>Deletes the segments of which everything is acknowledged.</summary>
    public void RemoveUnneeded()
    {
        foreach (var segment in _writer.Log.Segments)
        {
            if (segment.Unacknowledged == 0)
                _reader.Forget(segment);
        }

        _writer.Log.RemoveUnneeded();
    }

    public void Dispose() => _reader.Dispose();

    private void WriteBatch(byte[]? newest)
    {
        var frames = _writer.NewFrames();
        _batch.Clear();
        for (var entry = _recent.Next(_recent.FirstUnwritten); entry is not null && frames.Length < BatchBytes; entry = _recent.Next(entry.Seq + 1))
            AddToBatch(frames, entry, entry.Seq == _writer.NextSeq - 1 ? newest : null);
        if (TryAppendBatch())
            _recent.WrittenBefore(_batch[^1].Entry.Seq + 1);
    }

    private void AddToBatch(FrameBuffer frames, OutboxEntry entry, byte[]? diskForm = null)
    {
        var offset = frames.Length;
        EntryFrames.Write(frames, entry, diskForm);
        _batch.Add((entry, offset, frames.Length - offset));
    }

    private bool TryAppendBatch()
    {
        if (_writer.Log.Active is not { } segment)
            return false;
        var start = segment.Bytes;
        if (!_writer.TryAppend())
            return false;
        foreach (var (entry, offset, bytes) in _batch)
            segment.Add(entry.Seq, start + offset, bytes);
        segment.NewestAt = _writer.Now;
        _writer.Written(_batch[^1].Entry.Seq);
        return true;
    }

    private void Number(JobId job)
    {
        _recent.Add(_dropped.Numbered(job, _writer.TakeSeq()) with { Bytes = EntryFrames.BytesOf(job) });
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
}
