using ActorMonitor.Messages;

namespace ActorMonitor.ManagerNode.Slots;

/// <summary>
/// The manager's clock for slots. It runs with the monotonic clock and follows the wall clock: it never steps back, it is
/// slewed by at most 10%, and when the wall clock is more than a second ahead it steps forward and remembers over what.
/// Thread-safe.
/// </summary>
internal sealed class SlotClock
{
    private const double MaxSlew = 0.1;
    private const int RememberedSteps = 64;
    private static readonly TimeSpan StepBound = TimeSpan.FromSeconds(1);

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly LinkedList<(DateTimeOffset From, DateTimeOffset To)> _steps = [];
    private long _lastTimestamp;
    private DateTimeOffset _lastNow;

    /// <summary>A clock that begins with the wall clock, or later when <paramref name="notBefore"/> is: at what has been recorded already.</summary>
    public SlotClock(TimeProvider time, DateTimeOffset? notBefore = null)
    {
        _time = time;
        _lastTimestamp = time.GetTimestamp();
        var wall = time.GetUtcNow();
        _lastNow = notBefore > wall ? notBefore.Value : wall;
    }

    public DateTimeOffset Now
    {
        get
        {
            lock (_lock)
                return Advance();
        }
    }

    /// <summary>The same in Unix microseconds.</summary>
    public long NowMicroseconds => (Now.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;

    /// <summary>The end of the step forward that the clock made over a slot; null when it made none over it.</summary>
    public DateTimeOffset? EndOfStepOver(Slot slot)
    {
        lock (_lock)
        {
            foreach (var (from, to) in _steps)
            {
                if (slot.Due > from && slot.Due < to)
                    return to;
            }

            return null;
        }
    }

    /// <summary>Where the first step after a slot began; null when there was none.</summary>
    public DateTimeOffset? StepAfter(Slot slot)
    {
        lock (_lock)
        {
            foreach (var (from, _) in _steps)
            {
                if (from >= slot.Due)
                    return from;
            }

            return null;
        }
    }

    private DateTimeOffset Advance()
    {
        var timestamp = _time.GetTimestamp();
        var elapsed = _time.GetElapsedTime(_lastTimestamp, timestamp);
        var steady = _lastNow + elapsed;
        var ahead = _time.GetUtcNow() - steady;
        if (ahead > StepBound)
        {
            _ = _steps.AddLast((steady, steady + ahead));
            if (_steps.Count > RememberedSteps)
                _steps.RemoveFirst();
            _lastNow = steady + ahead;
        }
        else
        {
            var most = elapsed * MaxSlew;
            _lastNow = steady + (ahead > most ? most : ahead < -most ? -most : ahead);
        }

        _lastTimestamp = timestamp;
        return _lastNow;
    }
}
