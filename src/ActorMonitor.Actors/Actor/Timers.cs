namespace Akka.Actor;

/// <summary>An actor with timers.</summary>
public interface IWithTimers
{
    /// <summary>The timers; set by the machinery after the constructor.</summary>
    ITimerScheduler Timers { get; set; }
}

/// <summary>Timers that end with the actor's instance. A key has one timer; after its end no message of it is received.</summary>
public interface ITimerScheduler
{
    /// <summary>Sends a message to the actor again and again.</summary>
    void StartPeriodicTimer(object key, object msg, TimeSpan interval);

    /// <summary>Sends a message to the actor again and again.</summary>
    void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval);

    /// <summary>Sends a message to the actor once.</summary>
    void StartSingleTimer(object key, object msg, TimeSpan timeout);

    /// <summary>Whether the timer of a key is running.</summary>
    bool IsTimerActive(object key);

    /// <summary>Ends the timer of a key.</summary>
    void Cancel(object key);

    /// <summary>Ends all timers.</summary>
    void CancelAll();
}

/// <summary>The timers of one instance. A tick carries its timer: one that was replaced or cancelled while it waited in the mailbox is dropped.</summary>
internal sealed class TimerScheduler(ActorCell cell) : ITimerScheduler
{
    private readonly Dictionary<object, Timer> _timers = [];

    public void StartPeriodicTimer(object key, object msg, TimeSpan interval) => StartPeriodicTimer(key, msg, interval, interval);

    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval)
    {
        var (timer, tick) = Make(key, msg, isPeriodic: true);
        cell.SystemImpl.Scheduler.ScheduleTellRepeatedly(initialDelay, interval, cell.Self, tick, cell.Self, timer.Cancelable);
    }

    public void StartSingleTimer(object key, object msg, TimeSpan timeout)
    {
        var (timer, tick) = Make(key, msg, isPeriodic: false);
        cell.SystemImpl.Scheduler.ScheduleTellOnce(timeout, cell.Self, tick, cell.Self, timer.Cancelable);
    }

    public bool IsTimerActive(object key) => _timers.ContainsKey(key);

    public void Cancel(object key)
    {
        if (_timers.Remove(key, out var timer)) timer.Cancelable.Cancel();
    }

    public void CancelAll()
    {
        foreach (var timer in _timers.Values) timer.Cancelable.Cancel();
        _timers.Clear();
    }

    /// <summary>The message of a tick, or null when its timer has ended.</summary>
    public object? Take(TimerTick tick)
    {
        if (!_timers.TryGetValue(tick.Timer.Key, out var timer) || !ReferenceEquals(timer, tick.Timer)) return null;
        if (!timer.IsPeriodic) _timers.Remove(timer.Key);
        return tick.Message;
    }

    private (Timer Timer, TimerTick Tick) Make(object key, object message, bool isPeriodic)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(message);
        Cancel(key);
        var timer = new Timer(key, isPeriodic, new Cancelable(cell.SystemImpl.Scheduler));
        _timers.Add(key, timer);
        return (timer, new TimerTick(timer, message));
    }

    internal sealed class Timer(object key, bool isPeriodic, ICancelable cancelable)
    {
        public object Key => key;

        public bool IsPeriodic => isPeriodic;

        public ICancelable Cancelable => cancelable;
    }
}

/// <summary>A timer's message on its way to the actor.</summary>
internal sealed class TimerTick(TimerScheduler.Timer timer, object message) : IInternalUserMessage, INoSerializationVerificationNeeded
{
    public TimerScheduler.Timer Timer => timer;

    public object Message => message;
}
