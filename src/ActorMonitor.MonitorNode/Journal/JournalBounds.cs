namespace ActorMonitor.MonitorNode.Journal;

/// <summary>
/// The bounds of size and age: the oldest segment goes, by small steps. What it still held becomes one Dropped a job.
/// </summary>
/// <remarks>
/// No result counts twice by this, whenever the process dies. The Dropped of a segment are written at once between a Folding
/// and a Folded that name it. Without the Folded a restart takes them for nothing and the segment for whole; with it the
/// segment is nothing, though its file may still be there: it is deleted after they have been flushed. While it is read the
/// segment is not delivered from, and what is acknowledged meanwhile is left out. What was on the way before may have reached
/// the manager all the same: then the slot has its record before the Dropped comes, and a Dropped only counts slots without one.
/// </remarks>
internal sealed class JournalBounds(JournalWriter writer, EntryLog entries, JournalSettings settings) : IDisposable
{
    private SegmentFold? _fold;

    /// <summary>Does its part of what is to be done; it reads so many frames at most.</summary>
    public void Keep(int frames)
    {
        if (!writer.IsHealthy)
        {
            Dispose();
            return;
        }

        if (_fold is null && Oldest() is { } oldest)
            _fold = new SegmentFold(oldest);
        if (_fold is null)
            return;
        if (_fold.Segment.Unacknowledged == 0)
        {
            // All was acknowledged meanwhile.
            Dispose();
            entries.RemoveUnneeded();
            return;
        }

        if (!_fold.Step(frames))
            return;
        _ = entries.TryReplace(_fold);
        Dispose();
    }

    public void Dispose()
    {
        _fold?.Dispose();
        _fold = null;
    }

    // The segment that is to go; null when there is none.
    private Segment? Oldest()
    {
        var log = writer.Log;
        var oldest = log.Segments[0];
        var isOld = oldest.Unacknowledged > 0 && writer.Now - oldest.NewestAt > settings.MaxAge;
        if (!isOld && log.TotalBytes <= settings.MaxBytes)
            return null;
        return log.Active != oldest || (isOld && writer.TryBegin()) ? oldest : null;
    }
}
