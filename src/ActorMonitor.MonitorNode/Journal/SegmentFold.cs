using Microsoft.Win32.SafeHandles;

namespace ActorMonitor.MonitorNode.Journal;

/// <summary>Gives up the results of a segment: reads it by small steps, and gathers what is not acknowledged by job.</summary>
internal sealed class SegmentFold : IDisposable
{
    private SafeFileHandle? _handle;
    private FrameScanner? _scanner;

    public SegmentFold(Segment segment)
    {
        Segment = segment;
        segment.IsFolding = true;
    }

    public Segment Segment { get; }

    public DroppedRanges Ranges { get; } = new();

    /// <summary>Reads so many frames more; true when all are read, or as many as can be.</summary>
    public bool Step(int frames)
    {
        try
        {
            _handle ??= File.OpenHandle(Segment.Path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, FileOptions.SequentialScan);
            _scanner ??= new FrameScanner(_handle, Segment.Salt, Segment.HeadBytes, Segment.Bytes);
            for (; frames > 0; frames--)
            {
                if (!_scanner.TryNext(out var frame))
                    return true;
                if (EntryFrames.SeqOf(frame) is > 0 and var seq && Segment.IsOpen(seq) && EntryFrames.TryRead(frame) is { } entry)
                    Ranges.Add(entry);
            }

            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What cannot be read cannot be told of either; the manager will miss it by itself.
            return true;
        }
    }

    public void Dispose()
    {
        _scanner?.Dispose();
        _handle?.Dispose();
        Segment.IsFolding = false;
    }
}
