using System.Diagnostics;
using Akka.Configuration;
using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// The default scheduler. It has the name of Akka.NET's, for configurations; inside it is a heap of due times and one thread that
/// sleeps until the next, so that nothing is early and lateness is the thread's wake-up and not a tick.
/// </summary>
internal sealed class HashedWheelTimerScheduler : SchedulerBase, IDisposable
{
    private const int CompactAbove = 1024;
    private readonly Lock _lock = new();
    private readonly PriorityQueue<Scheduled, (long Due, long Number)> _entries = new();
    private readonly ManualResetEventSlim _changed = new(initialState: false, spinCount: 0);
    private readonly ILoggingAdapter _log;
    private long _wakeAt = long.MaxValue;
    private long _lastNumber;
    private int _compactAt = CompactAbove;
    private volatile bool _stopped;

    /// <summary>Starts the scheduler's thread.</summary>
    public HashedWheelTimerScheduler(Config scheduler, ILoggingAdapter log)
    {
        _log = log;
        new Thread(Run) { IsBackground = true, Name = "akka-scheduler" }.Start();
    }

    public override DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    /// <summary>Stops the thread; what is scheduled never happens.</summary>
    public void Dispose()
    {
        _stopped = true;
        _changed.Set();
    }

    // Rounded up: a fraction of a tick early is early.
    private static long Ticks(TimeSpan time) =>
        (long)Math.Min(Math.Ceiling(time.TotalSeconds * Stopwatch.Frequency), long.MaxValue / 4);

    internal override void Add(TimeSpan delay, Scheduled entry)
    {
        entry.Due = Stopwatch.GetTimestamp() + Ticks(delay);
        lock (_lock)
        {
            if (_entries.Count >= _compactAt) Compact();
            _entries.Enqueue(entry, (entry.Due, ++_lastNumber));
            if (entry.Due >= _wakeAt) return;
            _wakeAt = entry.Due;
        }

        _changed.Set();
    }

    // Receive timeouts are made and cancelled by the thousand: the cancelled ones go before the heap doubles.
    private void Compact()
    {
        var live = _entries.UnorderedItems.Where(item => !item.Element.IsCancelled).ToArray();
        _entries.Clear();
        _entries.EnqueueRange(live);
        _compactAt = Math.Max(CompactAbove, live.Length * 2);
    }

    private void Run()
    {
        var due = new List<Scheduled>();
        while (!_stopped)
        {
            _changed.Reset();
            TakeDue(due, out var wait);
            foreach (var entry in due)
            {
                Fire(entry);
                if (_stopped) return;
            }

            if (due.Count == 0) _changed.Wait(wait);
            due.Clear();
        }
    }

    private void TakeDue(List<Scheduled> due, out TimeSpan wait)
    {
        wait = Timeout.InfiniteTimeSpan;
        lock (_lock)
        {
            _wakeAt = long.MaxValue;
            var now = Stopwatch.GetTimestamp();
            while (_entries.TryPeek(out var entry, out var at))
            {
                if (entry.IsCancelled)
                {
                    _entries.Dequeue();
                    continue;
                }

                if (at.Due > now)
                {
                    _wakeAt = at.Due;

                    // Waits take whole milliseconds: one more, rather than a turn with nothing to do.
                    wait = TimeSpan.FromMilliseconds(Math.Min(Math.Ceiling((at.Due - now) * 1000.0 / Stopwatch.Frequency), 60_000));
                    return;
                }

                _entries.Dequeue();
                due.Add(entry);
            }
        }
    }

    private void Fire(Scheduled entry)
    {
        if (entry.IsCancelled) return;
        try
        {
            entry.Happen();
        }
        catch (Exception e)
        {
            // One schedule that fails must not end the others.
            _log.Error(e, "A scheduled action failed.");
        }

        if (entry.Interval == TimeSpan.Zero || entry.IsCancelled) return;

        // Counted from the due time, so that intervals do not drift; what was missed altogether is left out.
        var now = Stopwatch.GetTimestamp();
        var interval = Ticks(entry.Interval);
        entry.Due += interval * Math.Max(1, 1 + ((now - entry.Due) / interval));
        lock (_lock) _entries.Enqueue(entry, (entry.Due, ++_lastNumber));
    }
}
