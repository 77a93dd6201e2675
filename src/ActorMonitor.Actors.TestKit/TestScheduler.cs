using Akka.Actor;
using Akka.Configuration;
using Akka.Event;

namespace Akka.TestKit;

/// <summary>A scheduler whose time stands still until the test advances it. Its monotonic clocks stay real.</summary>
public class TestScheduler : IScheduler, IAdvancedScheduler
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<Item, (DateTimeOffset Due, long Order)> _items = new();
    private readonly long _created = TimeProvider.System.GetTimestamp();
    private DateTimeOffset _now = TimeProvider.System.GetUtcNow();
    private long _order;

    /// <summary>Made by the actor system, from <c>akka.scheduler.implementation</c>.</summary>
    public TestScheduler(Config schedulerConfig, ILoggingAdapter log)
    {
    }

    /// <inheritdoc/>
    public IAdvancedScheduler Advanced => this;

    /// <summary>The virtual time.</summary>
    public DateTimeOffset Now
    {
        get
        {
            lock (_gate)
            {
                return _now;
            }
        }
    }

    /// <inheritdoc/>
    public TimeSpan MonotonicClock => HighResMonotonicClock;

    /// <inheritdoc/>
    public TimeSpan HighResMonotonicClock => TimeProvider.System.GetElapsedTime(_created);

    /// <summary>
    /// Moves the time and delivers on this thread what is due by then, in the order of the due times. What repeats is
    /// delivered once an advance and then counts its interval from the new time.
    /// </summary>
    public void Advance(TimeSpan offset)
    {
        var due = new List<Item>();
        lock (_gate)
        {
            _now += offset;
            while (_items.TryPeek(out var item, out var priority) && priority.Due <= _now)
            {
                _items.Dequeue();
                due.Add(item);
            }
        }

        foreach (var item in due.Where(item => !item.IsCancelled))
        {
            item.Deliver();
            if (item.Interval is { } interval && !item.IsCancelled)
            {
                Add(interval, item);
            }
        }
    }

    /// <summary>Moves the time to an instant that is not past.</summary>
    public void AdvanceTo(DateTimeOffset when)
    {
        var now = Now;
        if (when < now)
        {
            throw new InvalidOperationException($"Time does not run backwards: it is {now:O}, {when:O} is past.");
        }

        Advance(when - now);
    }

    /// <inheritdoc/>
    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender)
        => Add(delay, new Item(() => receiver.Tell(message, sender), null, null));

    /// <inheritdoc/>
    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable)
        => Add(delay, new Item(() => receiver.Tell(message, sender), null, cancelable));

    /// <inheritdoc/>
    public void ScheduleTellRepeatedly(TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender)
        => Add(initialDelay, new Item(() => receiver.Tell(message, sender), interval, null));

    /// <inheritdoc/>
    public void ScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable? cancelable)
        => Add(initialDelay, new Item(() => receiver.Tell(message, sender), interval, cancelable));

    /// <inheritdoc/>
    public void ScheduleOnce(TimeSpan delay, Action action) => Add(delay, new Item(action, null, null));

    /// <inheritdoc/>
    public void ScheduleOnce(TimeSpan delay, Action action, ICancelable? cancelable) => Add(delay, new Item(action, null, cancelable));

    /// <inheritdoc/>
    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action) => Add(initialDelay, new Item(action, interval, null));

    /// <inheritdoc/>
    public void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable? cancelable)
        => Add(initialDelay, new Item(action, interval, cancelable));

    private void Add(TimeSpan delay, Item item)
    {
        lock (_gate)
        {
            _items.Enqueue(item, (_now + delay, _order++));
        }
    }

    private sealed record Item(Action Deliver, TimeSpan? Interval, ICancelable? Cancelable)
    {
        internal bool IsCancelled => Cancelable?.IsCancellationRequested == true;
    }
}
