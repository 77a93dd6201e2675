namespace ActorMonitor.Probes.Quality;

/// <summary>
/// Sees when this process was kept from running: when a beat of its own thread comes late it stood still or had no processor,
/// when its memory was collected, when the thread pool took long to begin a piece of work, and, where the system tells, when a
/// single thread waited for a processor.
/// </summary>
/// <remarks>
/// Measured on two cores with a dozen busy processes beside it, checks every 1 and 10 ms against a local listener, whose slowness
/// is our own: of 532 that took more than 10 ms 526 were seen (the others within the first second, when its threads were not
/// listed yet), of 742 over 5 ms 692, and 3 of 16,800 others were flagged. Late beats alone saw one in ten: it is mostly one
/// thread that waits. Beating by a timer on the pool, whose threads spin before they sleep, cost three times as much.
/// </remarks>
public sealed class ProcessPulse : IPulse, IDisposable
{
    /// <summary>From one beat to the next.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromMilliseconds(20);

    /// <summary>What is late by more than this counts; less is what timers are off by, and what a busy node's checks cost each other.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(5);

    /// <summary>With each of so many beats the threads and the pool are looked at.</summary>
    internal const int BeatsALook = 5;

    // Slow checks that end together look once: what has been waited for since is below what counts.
    private static readonly TimeSpan LookAgain = Tolerance;

    private readonly Lock _looking = new();
    private readonly ManualResetEventSlim _stop = new(initialState: false, spinCount: 0);
    private readonly TimeProvider _time;
    private readonly Func<TimeSpan> _collecting;
    private readonly IThreadWaits? _waits;
    private readonly PoolWait _pool;
    private volatile Beat _last;
    private long _looked;
    private int _beats;

    /// <summary>Begins to beat, on a thread of its own.</summary>
    public ProcessPulse()
        : this(TimeProvider.System, GC.GetTotalPauseDuration, ThreadWaits.Open(), item => ThreadPool.UnsafeQueueUserWorkItem(item, preferLocal: false))
        => new Thread(BeatUntilStopped) { IsBackground = true, Name = "pulse" }.Start();

    /// <summary>One that beats when it is told to.</summary>
    /// <param name="time">The clock.</param>
    /// <param name="collecting">How long the process has stood still for garbage collections so far.</param>
    /// <param name="waits">How long its threads wait; null when the system does not tell.</param>
    /// <param name="queue">Gives a piece of work to the thread pool.</param>
    internal ProcessPulse(TimeProvider time, Func<TimeSpan> collecting, IThreadWaits? waits, Action<IThreadPoolWorkItem> queue)
    {
        (_time, _collecting, _waits) = (time, collecting, waits);
        _pool = new PoolWait(time, queue);
        _looked = time.GetTimestamp();
        _last = new Beat(TimeSpan.Zero, TimeSpan.Zero, _looked, collecting());
    }

    /// <summary>The beats so far.</summary>
    internal int Beats => Volatile.Read(ref _beats);

    /// <inheritdoc/>
    /// <remarks>A beat that is overdue counts already: after a standstill an answer may be looked at before the next beat.</remarks>
    public TimeSpan Starved
    {
        get
        {
            var last = _last;
            return last.Starved + Counted(Since(last, _collecting(), last.Waited));
        }
    }

    /// <inheritdoc/>
    public TimeSpan StarvedNow()
    {
        lock (_looking)
        {
            if (!_stop.IsSet && _time.GetElapsedTime(_looked) >= LookAgain)
            {
                // Not a beat: its lateness goes on being counted from the last one.
                var last = _last;
                _last = last with { Waited = Longer(last.Waited, Look()) };
            }
        }

        return Starved;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_looking)
        {
            if (_stop.IsSet)
                return;
            _stop.Set();
            _waits?.Dispose();
        }
    }

    internal void OnBeat()
    {
        lock (_looking)
        {
            if (_stop.IsSet)
                return;
            var last = _last;
            var isLook = ++_beats % BeatsALook == 0;
            var waited = isLook ? Longer(last.Waited, Look()) : last.Waited;
            var collected = _collecting();
            _last = new Beat(last.Starved + Counted(Since(last, collected, waited)), TimeSpan.Zero, _time.GetTimestamp(), collected);
            if (isLook)
                _pool.Ask();
        }
    }

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;

    private static TimeSpan Counted(TimeSpan late) => late > Tolerance ? late : TimeSpan.Zero;

    private void BeatUntilStopped()
    {
        while (!_stop.Wait(Period))
            OnBeat();
    }

    private TimeSpan Look()
    {
        _looked = _time.GetTimestamp();
        return Longer(_waits?.Longest() ?? TimeSpan.Zero, _pool.Take());
    }

    // One standstill shows in all of them, but a collection between two beats that are on time delays neither, and one thread may
    // wait while others run.
    private TimeSpan Since(Beat last, TimeSpan collected, TimeSpan waited)
        => Longer(Longer(_time.GetElapsedTime(last.Timestamp) - Period, collected - last.Collected), waited);

    /// <summary>A beat, and what has been seen since of threads and work that waited.</summary>
    private sealed record Beat(TimeSpan Starved, TimeSpan Waited, long Timestamp, TimeSpan Collected);
}
