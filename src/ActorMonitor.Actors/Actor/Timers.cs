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

/// <summary>The timers of one instance. A timer is its own tick: one that was replaced or cancelled while it waited in the mailbox is dropped.</summary>
internal sealed class TimerScheduler(ActorCell cell) : ITimerScheduler
{
    private readonly Dictionary<object, TimerTick> _timers = [];

    public void StartPeriodicTimer(object key, object msg, TimeSpan interval) => StartPeriodicTimer(key, msg, interval, interval);

    public void StartPeriodicTimer(object key, object msg, TimeSpan initialDelay, TimeSpan interval)
    {
        var tick = Replace(key, msg, isPeriodic: true);
        cell.SystemImpl.Scheduler.ScheduleTellRepeatedly(initialDelay, interval, cell.Self, tick, cell.Self, tick);
    }

    public void StartSingleTimer(object key, object msg, TimeSpan timeout)
    {
        var tick = Replace(key, msg, isPeriodic: false);
        cell.SystemImpl.Scheduler.ScheduleTellOnce(timeout, cell.Self, tick, cell.Self, tick);
    }

    public bool IsTimerActive(object key) => _timers.ContainsKey(key);

    public void Cancel(object key)
    {
        if (_timers.Remove(key, out var tick)) tick.Cancel();
    }

    public void CancelAll()
    {
        foreach (var tick in _timers.Values) tick.Cancel();
        _timers.Clear();
    }

    /// <summary>The message of a tick, or null when its timer has ended.</summary>
    public object? Take(TimerTick tick)
    {
        if (!_timers.TryGetValue(tick.Key, out var current) || !ReferenceEquals(current, tick)) return null;
        if (!tick.IsPeriodic) _timers.Remove(tick.Key);
        return tick.Message;
    }

    private TimerTick Replace(object key, object message, bool isPeriodic)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(message);
        Cancel(key);
        return _timers[key] = new TimerTick(key, message, isPeriodic);
    }
}

/// <summary>A timer, and its message on its way to the actor.</summary>
internal sealed class TimerTick(object key, object message, bool isPeriodic) : ICancelable, IInternalUserMessage, INoSerializationVerificationNeeded
{
    private volatile bool _cancelled;

    public object Key => key;

    public object Message => message;

    public bool IsPeriodic => isPeriodic;

    public bool IsCancellationRequested => _cancelled;

    public void Cancel() => _cancelled = true;
}
