namespace ActorMonitor.Tests;

/// <summary>Another provider's time with a wall clock that can be set; its monotonic clock goes on undisturbed.</summary>
internal sealed class SteppingTime(TimeProvider time) : TimeProvider
{
    private long _offsetTicks;

    public override long TimestampFrequency => time.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => time.LocalTimeZone;

    /// <summary>Sets the wall clock forward, or back.</summary>
    public void StepWall(TimeSpan step) => Interlocked.Add(ref _offsetTicks, step.Ticks);

    public override DateTimeOffset GetUtcNow() => time.GetUtcNow().AddTicks(Interlocked.Read(ref _offsetTicks));

    public override long GetTimestamp() => time.GetTimestamp();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) => time.CreateTimer(callback, state, dueTime, period);
}
