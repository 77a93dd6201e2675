using ActorMonitor.Probes.Quality;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.Quality;

public sealed class ProcessPulseTests : IDisposable
{
    private static readonly TimeSpan Late = TimeSpan.FromMilliseconds(250);

    private readonly ManualTime _time = new();
    private readonly ProcessPulse _pulse;
    private TimeSpan _collecting;

    public ProcessPulseTests() => _pulse = new ProcessPulse(_time, () => _collecting);

    public void Dispose() => _pulse.Dispose();

    [Fact]
    public void Beats_in_time_are_no_starvation()
    {
        for (var i = 0; i < 1000; i++)
            _time.Advance(ProcessPulse.Period);

        _pulse.Starved.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void A_beat_that_is_late_within_the_tolerance_is_no_starvation()
    {
        for (var i = 0; i < 100; i++)
            _time.Advance(ProcessPulse.Period + ProcessPulse.Tolerance);

        _pulse.Starved.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void A_late_beat_counts_as_long_as_it_was_late()
    {
        _time.Advance(ProcessPulse.Period + Late);

        _pulse.Starved.ShouldBe(Late);
    }

    [Fact]
    public void Late_beats_add_up()
    {
        _time.Advance(ProcessPulse.Period + Late);
        _time.Advance(ProcessPulse.Period);
        _time.Advance(ProcessPulse.Period + Late);

        _pulse.Starved.ShouldBe(2 * Late);
    }

    [Fact]
    public void A_beat_that_is_overdue_counts_before_it_comes()
    {
        var time = new SilentTimers(_time);
        using var pulse = new ProcessPulse(time, () => TimeSpan.Zero);

        _time.Advance(ProcessPulse.Period + Late);

        pulse.Starved.ShouldBe(Late);
    }

    [Fact]
    public void A_collection_between_two_beats_counts()
    {
        _time.Advance(ProcessPulse.Period);
        _collecting += Late;
        _pulse.Starved.ShouldBe(Late);
        _time.Advance(ProcessPulse.Period);

        _pulse.Starved.ShouldBe(Late);
    }

    [Fact]
    public void A_collection_that_delays_the_beat_counts_once()
    {
        _collecting += Late;
        _time.Advance(ProcessPulse.Period + Late);

        _pulse.Starved.ShouldBe(Late);
    }

    [Fact]
    public void A_disposed_pulse_beats_no_more()
    {
        _pulse.Dispose();

        for (var i = 0; i < 5; i++)
            _time.Advance(ProcessPulse.Period);

        _pulse.Starved.ShouldBe(4 * ProcessPulse.Period, "four beats did not come");
    }

    /// <summary>A clock whose timers never come.</summary>
    private sealed class SilentTimers(TimeProvider time) : TimeProvider
    {
        public override long TimestampFrequency => time.TimestampFrequency;

        public override long GetTimestamp() => time.GetTimestamp();

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
            => time.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }
}
