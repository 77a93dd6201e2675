using System.Diagnostics;

namespace Akka.Actor;

/// <summary>What schedulers have in common. One that is named in <c>akka.scheduler.implementation</c> is made with the configuration and a log.</summary>
public abstract class SchedulerBase : IScheduler, IAdvancedScheduler
{
    /// <inheritdoc />
    public IAdvancedScheduler Advanced => this;

    /// <inheritdoc />
    public abstract DateTimeOffset Now { get; }

    /// <inheritdoc />
    public TimeSpan MonotonicClock => Stopwatch.GetElapsedTime(0);

    /// <inheritdoc />
    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender) =>
        ScheduleTellOnce(delay, receiver, message, sender, null!);

    /// <inheritdoc />
    public void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable) =>
        AddChecked(delay, new Scheduled { Receiver = receiver, Message = message, Sender = sender, Cancelable = cancelable });

    /// <inheritdoc />
    public void ScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        AddChecked(
            initialDelay,
            new Scheduled { Receiver = receiver, Message = message, Sender = sender, Cancelable = cancelable, Interval = interval });
    }

    void IActionScheduler.ScheduleOnce(TimeSpan delay, Action action) => Advanced.ScheduleOnce(delay, action, null!);

    void IActionScheduler.ScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable) =>
        AddChecked(delay, new Scheduled { Action = action, Cancelable = cancelable });

    void IActionScheduler.ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable)
    {
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(interval, TimeSpan.Zero);
        AddChecked(initialDelay, new Scheduled { Action = action, Cancelable = cancelable, Interval = interval });
    }

    internal abstract void Add(TimeSpan delay, Scheduled scheduled);

    private void AddChecked(TimeSpan delay, Scheduled scheduled)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(delay, TimeSpan.Zero);
        Add(delay, scheduled);
    }
}

/// <summary>A message or an action that waits for its time.</summary>
internal sealed class Scheduled
{
    /// <summary>The timestamp that it is due at, for schedulers that run on timestamps.</summary>
    public long Due { get; set; }

    /// <summary>Zero for what happens once.</summary>
    public TimeSpan Interval { get; init; }

    public Action? Action { get; init; }

    public ICanTell? Receiver { get; init; }

    public object? Message { get; init; }

    public IActorRef? Sender { get; init; }

    public ICancelable? Cancelable { get; init; }

    public bool IsCancelled => Cancelable is { IsCancellationRequested: true };

    public void Happen()
    {
        if (Action is { } action) action();
        else Receiver!.Tell(Message!, Sender!);
    }
}
