namespace ActorMonitor.MonitorNode.Sessions;

/// <summary>How long a slot of a job is waited for, and how long it may be late.</summary>
internal static class SlotTiming
{
    private static readonly TimeSpan LeastGrace = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MostGrace = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan MostPatience = TimeSpan.FromSeconds(30);

    /// <summary>How long after its due instant an Execute is waited for, before the slot is run by the monitor's own permission.</summary>
    public static TimeSpan Grace(TimeSpan interval) => TimeSpan.FromTicks(Math.Clamp(interval.Ticks / 4, LeastGrace.Ticks, MostGrace.Ticks));

    /// <summary>How long after its due instant a slot may start; then it has expired. A check that runs once has no interval.</summary>
    public static TimeSpan Patience(TimeSpan interval) => interval > TimeSpan.Zero && interval < MostPatience ? interval : MostPatience;
}
