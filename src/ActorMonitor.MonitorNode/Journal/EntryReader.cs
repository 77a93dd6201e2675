using Microsoft.Win32.SafeHandles;

namespace ActorMonitor.MonitorNode.Journal;

/// <summary>Reads entries back from segments; in the order of their seqs it reads on where it was, by large chunks.</summary>
internal sealed class EntryReader : IDisposable
{
    private Segment? _segment;
    private SafeFileHandle? _handle;
    private FrameScanner? _scanner;
    private long _nextSeq;

    /// <summary>The entry; null when it cannot be read.</summary>
    public OutboxEntry? Read(Segment segment, long seq)
    {
        try
        {
            if (!ReferenceEquals(segment, _segment))
                Open(segment);
            return Find(segment, seq);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Tried again when it would be sent again.
            Dispose();
            return null;
        }
    }

    public void Forget(Segment segment)
    {
        if (ReferenceEquals(segment, _segment))
            Dispose();
    }

    public void Dispose()
    {
        _scanner?.Dispose();
        _handle?.Dispose();
        (_segment, _scanner, _handle) = (null, null, null);
    }

    private void Open(Segment segment)
    {
        Dispose();
        _handle = File.OpenHandle(segment.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
        _scanner = new FrameScanner(_handle, segment.Salt, segment.HeadBytes, segment.Bytes);
        (_segment, _nextSeq) = (segment, 0);
    }

    private OutboxEntry? Find(Segment segment, long seq)
    {
        var scanner = _scanner!;
        scanner.End = segment.Bytes;
        var before = segment.OffsetBefore(seq);
        if (seq < _nextSeq || before > scanner.Offset)
            scanner.Seek(before);
        while (scanner.TryNext(out var frame))
        {
            var found = EntryFrames.SeqOf(frame);
            if (found == 0)
                continue;
            _nextSeq = found + 1;
            if (found >= seq)
                return found == seq ? EntryFrames.TryRead(frame) : null;
        }

        return null;
    }
}
