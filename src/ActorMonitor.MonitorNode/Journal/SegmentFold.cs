using ActorMonitor.Messages;
using Microsoft.Win32.SafeHandles;

namespace ActorMonitor.MonitorNode.Journal;

/// <summary>Gives up the results of a segment: reads it by small steps, and gathers by job what is not acknowledged.</summary>
internal sealed class SegmentFold : IDisposable
{
    private readonly List<Read> _read = [];
    private readonly HashSet<JobId> _jobs = [];
    private SafeFileHandle? _handle;
    private FrameScanner? _scanner;

    public SegmentFold(Segment segment)
    {
        Segment = segment;
        segment.IsFolding = true;
    }

    public Segment Segment { get; }

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
                if (EntryFrames.SeqOf(frame) is > 0 and var seq && Segment.IsOpen(seq))
                    Take(EntryFrames.TryRead(frame));
            }

            return false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // What cannot be read cannot be told of either; the manager will miss it by itself.
            return true;
        }
    }

    /// <summary>What is still not acknowledged of what was read, and how many results that are that had not been given up before.</summary>
    public (DroppedRanges Ranges, long Results) Gather()
    {
        var ranges = new DroppedRanges();
        var results = 0L;
        foreach (var (seq, job, first, last, count, isResult) in _read)
        {
            if (!Segment.IsOpen(seq))
                continue;
            ranges.Add(job, first, last, count);
            results += isResult ? 1 : 0;
        }

        return (ranges, results);
    }

    public void Dispose()
    {
        _scanner?.Dispose();
        _handle?.Dispose();
        Segment.IsFolding = false;
    }

    private void Take(OutboxEntry? entry)
    {
        if (entry is ResultEntry { Result: var result })
            _read.Add(new Read(entry.Seq, Known(result.Job), result.Slot, result.Slot, 1, IsResult: true));
        else if (entry is DroppedEntry dropped)
            _read.Add(new Read(entry.Seq, Known(dropped.Job), dropped.First, dropped.Last, dropped.Count, IsResult: false));
    }

    // A hundred thousand results share a few names.
    private JobId Known(JobId job)
    {
        if (_jobs.TryGetValue(job, out var known))
            return known;
        _ = _jobs.Add(job);
        return job;
    }

    private readonly record struct Read(long Seq, JobId Job, Slot First, Slot Last, long Count, bool IsResult);
}
