namespace ActorMonitor.Probes.Quality;

/// <summary>
/// Beats every 10 ms by a timer on the thread pool, the way that a socket's answer takes too: a beat that comes late says
/// that the process stood still or had no processor, that its memory was collected, or that its pool was busy for so long.
/// </summary>
public sealed class ProcessPulse : IPulse, IDisposable
{
    /// <summary>From one beat to the next.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(10);

    /// <summary>A beat that is later than this counts; less is what timers are off by, and what a busy node's checks cost each other.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(10);

    private readonly TimeProvider _time;
    private readonly Func<TimeSpan> _collecting;
    private readonly ITimer _timer;
    private volatile Beat _last;

    /// <summary>Begins to beat.</summary>
    /// <param name="time">The clock; a node's is the system's.</param>
    public ProcessPulse(TimeProvider time)
        : this(time, GC.GetTotalPauseDuration)
    {
    }

    /// <summary>Begins to beat.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="collecting">How long the process has stood still for garbage collections so far.</param>
    internal ProcessPulse(TimeProvider time, Func<TimeSpan> collecting)
    {
        (_time, _collecting) = (time, collecting);
        _last = new Beat(TimeSpan.Zero, time.GetTimestamp(), collecting());
        _timer = time.CreateTimer(static state => ((ProcessPulse)state!).OnBeat(), this, Period, Timeout.InfiniteTimeSpan);
    }

    /// <inheritdoc/>
    /// <remarks>A beat that is overdue counts already: after a standstill an answer may be looked at before the timer is.</remarks>
    public TimeSpan Starved
    {
        get
        {
            var last = _last;
            return last.Starved + Since(last, _collecting());
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _timer.Dispose();

    private void OnBeat()
    {
        var last = _last;
        var collected = _collecting();
        _last = new Beat(last.Starved + Since(last, collected), _time.GetTimestamp(), collected);
        _ = _timer.Change(Period, Timeout.InfiniteTimeSpan);
    }

    // A collection between two beats that are on time delays neither, hence it is looked at by itself.
    private TimeSpan Since(Beat last, TimeSpan collected)
    {
        var late = _time.GetElapsedTime(last.Timestamp) - Period;
        var paused = collected - last.Collected;
        var longer = late > paused ? late : paused;
        return longer > Tolerance ? longer : TimeSpan.Zero;
    }

    private sealed record Beat(TimeSpan Starved, long Timestamp, TimeSpan Collected);
}
