namespace Akka.Actor;

/// <summary>The clock of a system.</summary>
public interface ITimeProvider
{
    /// <summary>The time.</summary>
    DateTimeOffset Now { get; }

    /// <summary>Elapsed time that never goes back.</summary>
    TimeSpan MonotonicClock { get; }
}

/// <summary>Sends messages later.</summary>
public interface ITellScheduler
{
    /// <summary>Sends a message once.</summary>
    void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender);

    /// <summary>Sends a message once, unless cancelled.</summary>
    void ScheduleTellOnce(TimeSpan delay, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable);

    /// <summary>Sends a message again and again, until cancelled.</summary>
    void ScheduleTellRepeatedly(
        TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender, ICancelable cancelable);
}

/// <summary>Runs code later. It runs on the scheduler's thread: it must be short and must not touch an actor's state.</summary>
public interface IActionScheduler
{
    /// <summary>Runs code once, unless cancelled.</summary>
    void ScheduleOnce(TimeSpan delay, Action action, ICancelable cancelable);

    /// <summary>Runs code once.</summary>
    void ScheduleOnce(TimeSpan delay, Action action);

    /// <summary>Runs code again and again, until cancelled.</summary>
    void ScheduleRepeatedly(TimeSpan initialDelay, TimeSpan interval, Action action, ICancelable cancelable);
}

/// <summary>The parts of a scheduler that want care.</summary>
public interface IAdvancedScheduler : IActionScheduler;

/// <summary>Sends messages and runs code later; never early.</summary>
public interface IScheduler : ITellScheduler, ITimeProvider
{
    /// <summary>Running code later.</summary>
    IAdvancedScheduler Advanced { get; }
}

/// <summary>Something that can be cancelled.</summary>
public interface ICancelable
{
    /// <summary>Whether it has been cancelled.</summary>
    bool IsCancellationRequested { get; }

    /// <summary>Cancels it.</summary>
    void Cancel();
}

/// <summary>Schedules that are cancelled by what they return.</summary>
public static class SchedulerExtensions
{
    /// <summary>Sends a message once, unless the result is cancelled.</summary>
    public static ICancelable ScheduleTellOnceCancelable(this IScheduler scheduler, TimeSpan delay, ICanTell receiver, object message, IActorRef sender)
    {
        var cancelable = new Cancelable(scheduler);
        scheduler.ScheduleTellOnce(delay, receiver, message, sender, cancelable);
        return cancelable;
    }

    /// <summary>Sends a message again and again, until the result is cancelled.</summary>
    public static ICancelable ScheduleTellRepeatedlyCancelable(
        this IScheduler scheduler, TimeSpan initialDelay, TimeSpan interval, ICanTell receiver, object message, IActorRef sender)
    {
        var cancelable = new Cancelable(scheduler);
        scheduler.ScheduleTellRepeatedly(initialDelay, interval, receiver, message, sender, cancelable);
        return cancelable;
    }
}
