using Akka.Actor;
using Akka.Configuration;
using Akka.Event;

namespace Akka.TestKit;

/// <summary>A scheduler whose time stands still until the test advances it. Its monotonic clocks stay real.</summary>
public class TestScheduler : SchedulerBase
{
    private readonly Lock _gate = new();
    private readonly PriorityQueue<Scheduled, (DateTimeOffset Due, long Order)> _items = new();
    private DateTimeOffset _now = TimeProvider.System.GetUtcNow();
    private long _order;

    /// <summary>Made by the actor system, from <c>akka.scheduler.implementation</c>.</summary>
    public TestScheduler(Config schedulerConfig, ILoggingAdapter log)
    {
    }

    /// <summary>The virtual time.</summary>
    public override DateTimeOffset Now
    {
        get
        {
            lock (_gate)
            {
                return _now;
            }
        }
    }

    /// <summary>
    /// Moves the time and delivers on this thread what is due by then, in the order of the due times. What repeats is
    /// delivered once an advance and then counts its interval from the new time.
    /// </summary>
    public void Advance(TimeSpan offset)
    {
        var due = new List<Scheduled>();
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
            item.Happen();
            if (item.Interval > TimeSpan.Zero && !item.IsCancelled)
            {
                Add(item.Interval, item);
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

    internal override void Add(TimeSpan delay, Scheduled scheduled)
    {
        lock (_gate)
        {
            _items.Enqueue(scheduled, (_now + delay, _order++));
        }
    }
}
