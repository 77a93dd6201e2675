using System.Globalization;
using ActorMonitor.Messages;
using Microsoft.Win32.SafeHandles;

namespace ActorMonitor.MonitorNode.Journal;

/// <summary>
/// The segments of a folder, the newest of which is appended to. Nothing here throws for what the disk does: a write that
/// fails is cut off, the segment is left at its last whole frame, and another one is begun when there is room again.
/// </summary>
internal sealed class SegmentLog : IDisposable
{
    public static readonly TimeSpan RetryAfter = TimeSpan.FromMilliseconds(500);

    private readonly string _folder;
    private readonly DiskFlusher _flusher;
    private readonly List<Segment> _segments;
    private SafeFileHandle? _handle;
    private TimeSpan _failedAt;
    private long _lastNumber;

    public SegmentLog(string folder, TimeProvider time, List<Segment> segments, long lastNumber)
    {
        (_folder, _flusher, _segments, _lastNumber) = (folder, new DiskFlusher(time), segments, lastNumber);
        TotalBytes = segments.Sum(segment => segment.Bytes);
    }

    /// <summary>Those that are needed, in order.</summary>
    public IReadOnlyList<Segment> Segments => _segments;

    /// <summary>The one that is appended to; null while the disk takes nothing.</summary>
    public Segment? Active { get; private set; }

    public string? Failure { get; private set; }

    public long TotalBytes { get; private set; }

    public static string NameOf(long number) => number.ToString("D10", CultureInfo.InvariantCulture) + ".journal";

    /// <summary>The number in a segment's name; 0 when it is no segment's.</summary>
    public static long NumberOf(string path)
        => System.IO.Path.GetExtension(path) == ".journal"
            && long.TryParse(System.IO.Path.GetFileNameWithoutExtension(path), NumberStyles.None, CultureInfo.InvariantCulture, out var number)
            && System.IO.Path.GetFileName(path) == NameOf(number)
                ? number
                : 0;

    /// <summary>Whether it is time to try again.</summary>
    public bool IsRetryDue(TimeSpan now) => Active is null && (Failure is null || now - _failedAt >= RetryAfter);

    /// <summary>Takes note of a flush that has failed since.</summary>
    public void NoticeFlush(TimeSpan now)
    {
        if (_flusher.TakeFailure() is { } failure)
            Fail(failure, now);
    }

    /// <summary>Goes on in the newest of the segments that were there, cut at its last whole frame.</summary>
    public bool TryGoOn(Segment segment, FrameBuffer frames, TimeSpan now)
    {
        try
        {
            var handle = File.OpenHandle(segment.Path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            Take(handle, segment);
            RandomAccess.SetLength(handle, segment.Bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Fail(e.Message, now);
            return false;
        }

        return TryAppend(frames, now);
    }

    /// <summary>Begins another segment; <paramref name="writeState"/> gets the frames to write behind the header.</summary>
    public bool TryBegin(OutboxId id, long nextSeq, DateTimeOffset wall, TimeSpan now, FrameBuffer frames, Action<FrameBuffer> writeState)
    {
        var header = new SegmentHeader(id, ++_lastNumber, nextSeq, JournalState.UnixMicroseconds(wall), SegmentHeader.NewSalt());
        var segment = new Segment(header.Number, System.IO.Path.Combine(_folder, NameOf(header.Number)), header.Salt) { CreatedAt = now, NewestAt = now, HasState = true };
        frames.Clear();
        frames.Salt = header.Salt;
        header.Write(frames);
        writeState(frames);
        SafeFileHandle? handle = null;
        try
        {
            _ = Directory.CreateDirectory(_folder);
            handle = File.OpenHandle(segment.Path, FileMode.CreateNew, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete);
            RandomAccess.Write(handle, frames.Written, 0);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            handle?.Dispose();
            if (handle is not null)
                TryDelete(segment.Path);
            Fail(e.Message, now);
            return false;
        }

        Take(handle, segment);
        segment.Bytes = segment.HeadBytes = frames.Length;
        _segments.Add(segment);
        TotalBytes += segment.Bytes;
        Failure = null;
        RemoveUnneeded();
        return true;
    }

    /// <summary>Writes frames that carry the active segment's salt, at once.</summary>
    public bool TryAppend(FrameBuffer frames, TimeSpan now)
    {
        if (Active is not { } segment || _handle is not { } handle)
            return false;
        try
        {
            RandomAccess.Write(handle, frames.Written, segment.Bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            Cut(handle, segment.Bytes);
            Fail(e.Message, now);
            return false;
        }

        segment.Bytes += frames.Length;
        TotalBytes += frames.Length;
        Failure = null;
        _flusher.Written();
        return true;
    }

    /// <summary>Deletes a segment.</summary>
    public void Remove(Segment segment)
    {
        if (!_segments.Remove(segment))
            return;
        TotalBytes -= segment.Bytes;
        _flusher.Delete(segment.Path);
    }

    /// <summary>Deletes the segments that have nothing to be delivered, but for the newest.</summary>
    public void RemoveUnneeded()
    {
        // The newest with a whole state is what a restart knows it from.
        var needed = _segments.FindLastIndex(segment => segment.HasState);
        for (var at = needed - 1; at >= 0; at--)
        {
            if (_segments[at].Unacknowledged == 0)
                Remove(_segments[at]);
        }
    }

    /// <summary>Deletes a file that is none of the segments any more.</summary>
    public void Delete(string path) => _flusher.Delete(path);

    /// <summary>The first segment that may hold the seq or later ones; their count when there is none.</summary>
    public int IndexOf(long seq)
    {
        var (low, high) = (0, _segments.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (LastSeqUpTo(middle) < seq)
                low = middle + 1;
            else
                high = middle;
        }

        return low;
    }

    public void Dispose() => _flusher.Dispose();

    // Only the newest can be empty; it counts as the end.
    private long LastSeqUpTo(int at) => _segments[at].Entries > 0 ? _segments[at].LastSeq : long.MaxValue;

    private void Take(SafeFileHandle handle, Segment segment)
    {
        (_handle, Active) = (handle, segment);
        _flusher.SwitchTo(handle);
    }

    private void Fail(string message, TimeSpan now)
    {
        (Failure, _failedAt, Active, _handle) = (message, now, null, null);
        _flusher.SwitchTo(null);
    }

    private static void Cut(SafeFileHandle handle, long bytes)
    {
        try
        {
            RandomAccess.SetLength(handle, bytes);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What is left behind the last whole frame is cut when it is read.
        }
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has no whole state: it is passed over when it is read.
        }
    }
}
