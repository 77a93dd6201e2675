using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using Shouldly;
using Xunit;

namespace ActorMonitor.ManagerNode.Tests.Slots;

public class SlotClockTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);
    private readonly TwoClocks _time = new();

    [Fact]
    public void It_runs_with_both_clocks_while_they_agree()
    {
        var clock = new SlotClock(_time);

        _time.Pass(TimeSpan.FromSeconds(90));

        clock.Now.ShouldBe(Start.AddSeconds(90));
    }

    [Fact]
    public void A_wall_clock_set_back_slows_it_by_at_most_a_tenth_and_never_turns_it_back()
    {
        var clock = new SlotClock(_time);
        _time.StepWall(TimeSpan.FromHours(-1));
        var last = clock.Now;

        for (var second = 0; second < 100; second++)
        {
            _time.Pass(TimeSpan.FromSeconds(1));
            clock.Now.ShouldBe(last + TimeSpan.FromSeconds(0.9));
            last = clock.Now;
        }
    }

    [Fact]
    public void A_small_lead_of_the_wall_clock_is_slewed()
    {
        var clock = new SlotClock(_time);
        _time.StepWall(TimeSpan.FromSeconds(0.5));

        _time.Pass(TimeSpan.FromSeconds(1));
        clock.Now.ShouldBe(Start.AddSeconds(1.1));
        _time.Pass(TimeSpan.FromSeconds(10));

        clock.Now.ShouldBe(Start.AddSeconds(11.5));
    }

    [Fact]
    public void A_step_forward_is_followed_and_the_slots_in_it_are_known()
    {
        var clock = new SlotClock(_time);
        _time.StepWall(TimeSpan.FromHours(1));

        clock.Now.ShouldBe(Start.AddHours(1));

        clock.SteppedOver(SlotAt(Start.AddMinutes(30))).ShouldBeTrue();
        clock.SteppedOver(SlotAt(Start)).ShouldBeFalse();
        clock.SteppedOver(SlotAt(Start.AddHours(1))).ShouldBeFalse();
    }

    private static Slot SlotAt(DateTimeOffset instant) => new(instant.ToUnixTimeMilliseconds());

    private sealed class TwoClocks : TimeProvider
    {
        private DateTimeOffset _wall = Start;
        private long _ticks = 1_000;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public void Pass(TimeSpan time)
        {
            _wall += time;
            _ticks += time.Ticks;
        }

        public void StepWall(TimeSpan step) => _wall += step;

        public override DateTimeOffset GetUtcNow() => _wall;

        public override long GetTimestamp() => _ticks;
    }
}
