namespace ActorMonitor.MonitorNode.Tallies;

/// <summary>The times of the last five to ten minutes: of this piece of five minutes and the one before. Not thread-safe.</summary>
internal sealed class LatencyWindow
{
    private static readonly TimeSpan Piece = TimeSpan.FromMinutes(5);

    private LatencyHistogram _current = new();
    private LatencyHistogram _before = new();
    private long _piece;

    /// <summary>Counts a time.</summary>
    /// <param name="now">The time since any fixed moment.</param>
    /// <param name="time">What is counted.</param>
    public void Add(TimeSpan now, TimeSpan time)
    {
        MoveTo(now);
        _current.Add(time);
    }

    public LatencyReading Read(TimeSpan now)
    {
        MoveTo(now);
        return new LatencyReading(
            LatencyHistogram.Percentile(_current, _before, 50),
            LatencyHistogram.Percentile(_current, _before, 95),
            LatencyHistogram.Percentile(_current, _before, 99));
    }

    private void MoveTo(TimeSpan now)
    {
        var piece = now.Ticks / Piece.Ticks;
        if (piece == _piece)
            return;
        (_current, _before) = (_before, _current);
        _current.Clear();
        if (piece != _piece + 1)
            _before.Clear();
        _piece = piece;
    }
}

/// <summary>Percentiles; null without times.</summary>
internal sealed record LatencyReading(TimeSpan? P50, TimeSpan? P95, TimeSpan? P99);
