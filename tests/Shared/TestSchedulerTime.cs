using Akka.Actor;
using Akka.TestKit;

namespace ActorMonitor.Tests;

/// <summary>The virtual time of a <see cref="TestScheduler"/> as a TimeProvider: now, elapsed and timers move with Advance alone.</summary>
internal sealed class TestSchedulerTime(TestScheduler scheduler) : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>The time of a system that was configured with <c>TestConfigs.TestSchedulerConfig</c>.</summary>
    public static TestSchedulerTime Of(ActorSystem system) => new((TestScheduler)system.Scheduler);

    public override DateTimeOffset GetUtcNow() => scheduler.Now.ToUniversalTime();

    public override long GetTimestamp() => scheduler.Now.UtcTicks;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new Timer(scheduler, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    private sealed class Timer(TestScheduler scheduler, Action callback) : ITimer
    {
        private readonly Lock _gate = new();
        private ICancelable? _armed;
        private bool _disposed;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (_gate)
            {
                if (_disposed)
                {
                    return false;
                }

                _armed?.Cancel();
                _armed = null;
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    Arm(dueTime, period);
                }

                return true;
            }
        }

        public void Dispose()
        {
            Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            lock (_gate)
            {
                _disposed = true;
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Arm(TimeSpan dueTime, TimeSpan period)
        {
            var armed = new Cancelable(scheduler.Advanced);
            _armed = armed;
            if (period > TimeSpan.Zero)
            {
                scheduler.Advanced.ScheduleRepeatedly(dueTime, period, callback, armed);
            }
            else
            {
                scheduler.Advanced.ScheduleOnce(dueTime, callback, armed);
            }
        }
    }
}
