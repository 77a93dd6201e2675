using System.Diagnostics;
using Akka.Configuration;
using Akka.Event;

namespace Akka.Actor;

/// <summary>
/// The default scheduler. It has the name of Akka.NET's, for configurations; inside it is a heap of due times and one thread that
/// sleeps until the next, so that nothing is early and lateness is the thread's wake-up and not a tick.
/// </summary>
public class HashedWheelTimerScheduler : SchedulerBase, IDisposable
{
    private const int CompactAbove = 1024;
    private readonly Lock _lock = new();
    private readonly PriorityQueue<Entry, (long Due, long Number)> _entries = new();
    private readonly ManualResetEventSlim _changed = new(initialState: false, spinCount: 0);
    private readonly Thread _thread;
    private long _wakeAt = long.MaxValue;
    private long _lastNumber;
    private int _compactAt = CompactAbove;
    private volatile bool _stopped;

    /// <summary>Starts the scheduler's thread.</summary>
    public HashedWheelTimerScheduler(Config scheduler, ILoggingAdapter log)
        : base(scheduler, log)
    {
        _thread = new Thread(Run) { IsBackground = true, Name = "akka-scheduler" };
        _thread.Start();
    }

    /// <inheritdoc />
    public override TimeSpan MonotonicClock => HighResMonotonicClock;

    /// <inheritdoc />
    public override TimeSpan HighResMonotonicClock => Stopwatch.GetElapsedTime(0);

    /// <inheritdoc />
    protected override DateTimeOffset TimeNow => TimeProvider.System.GetUtcNow();

    /// <summary>Stops the thread; what is scheduled never happens.</summary>
    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    /// <inheritdoc />
    protected override void InternalScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Add(new Entry { Receiver = receiver, Message = message, Sender = sender, Cancelable = cancelable }, delay);

    /// <inheritdoc />
    protected override void InternalScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        Add(new Entry { Receiver = receiver, Message = message, Sender = sender, Cancelable = cancelable, Interval = Ticks(interval) }, initialDelay);

    /// <inheritdoc />
    protected override void InternalScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) =>
        Add(new Entry { Action = action, Cancelable = cancelable }, delay);

    /// <inheritdoc />
    protected override void InternalScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable) =>
        Add(new Entry { Action = action, Cancelable = cancelable, Interval = Ticks(interval) }, initialDelay);

    /// <summary>Stops the thread.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (!disposing) return;
        _stopped = true;
        _changed.Set();
    }

    // Rounded up: a fraction of a tick early is early.
    private static long Ticks(TimeSpan time) =>
        (long)Math.Min(Math.Ceiling(time.TotalSeconds * Stopwatch.Frequency), long.MaxValue / 4);

    private void Add(Entry entry, TimeSpan delay)
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
        var live = _entries.UnorderedItems.Where(item => item.Element.Cancelable is not { IsCancellationRequested: true }).ToArray();
        _entries.Clear();
        _entries.EnqueueRange(live);
        _compactAt = Math.Max(CompactAbove, live.Length * 2);
    }

    private void Run()
    {
        var due = new List<Entry>();
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

    private void TakeDue(List<Entry> due, out TimeSpan wait)
    {
        wait = Timeout.InfiniteTimeSpan;
        lock (_lock)
        {
            _wakeAt = long.MaxValue;
            var now = Stopwatch.GetTimestamp();
            while (_entries.TryPeek(out var entry, out var at))
            {
                if (entry.Cancelable is { IsCancellationRequested: true })
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

    private void Fire(Entry entry)
    {
        if (entry.Cancelable is { IsCancellationRequested: true }) return;
        try
        {
            if (entry.Action is { } action) action();
            else entry.Receiver!.Tell(entry.Message!, entry.Sender!);
        }
        catch (Exception e)
        {
            // One schedule that fails must not end the others.
            Log.Error(e, "A scheduled action failed.");
        }

        if (entry.Interval == 0 || entry.Cancelable is { IsCancellationRequested: true }) return;

        // Counted from the due time, so that intervals do not drift; what was missed altogether is left out.
        var now = Stopwatch.GetTimestamp();
        entry.Due += entry.Interval * Math.Max(1, 1 + ((now - entry.Due) / entry.Interval));
        lock (_lock) _entries.Enqueue(entry, (entry.Due, ++_lastNumber));
    }

    private sealed class Entry
    {
        public long Due { get; set; }

        public long Interval { get; init; }

        public Action? Action { get; init; }

        public ICanTell? Receiver { get; init; }

        public object? Message { get; init; }

        public IActorRef? Sender { get; init; }

        public ICancelable? Cancelable { get; init; }
    }
}
