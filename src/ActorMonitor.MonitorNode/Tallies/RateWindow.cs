namespace ActorMonitor.MonitorNode.Tallies;

/// <summary>How many there were in each of the last sixty seconds. Not thread-safe.</summary>
internal sealed class RateWindow
{
    private const int Seconds = 60;

    private readonly int[] _counts = new int[Seconds];
    private long _second;

    public void Add(TimeSpan now)
    {
        MoveTo(now);
        _counts[_second % Seconds]++;
    }

    /// <summary>How many a second. In the first minute only the time that there has been counts.</summary>
    /// <param name="now">The time since the beginning.</param>
    public double Read(TimeSpan now)
    {
        MoveTo(now);

        // Of the current second only a part is over: the window is what came before, and this part.
        var covered = Math.Min(now.TotalSeconds, Seconds - 1 + (now.TotalSeconds - _second));
        return covered > 0 ? _counts.Sum() / Math.Max(1, covered) : 0;
    }

    private void MoveTo(TimeSpan now)
    {
        var second = now.Ticks / TimeSpan.TicksPerSecond;
        for (var passed = Math.Max(_second + 1, second - Seconds + 1); passed <= second; passed++)
            _counts[passed % Seconds] = 0;
        _second = Math.Max(_second, second);
    }
}
