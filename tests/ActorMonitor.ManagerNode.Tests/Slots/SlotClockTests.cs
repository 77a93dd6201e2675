using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using Shouldly;
using Xunit;

namespace ActorMonitor.ManagerNode.Tests.Slots;

public class SlotClockTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);
    private readonly SetTime _time = new(Start);

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

        clock.EndOfStepOver(SlotAt(Start.AddMinutes(30))).ShouldBe(Start.AddHours(1));
        clock.EndOfStepOver(SlotAt(Start)).ShouldBeNull();
        clock.EndOfStepOver(SlotAt(Start.AddHours(1))).ShouldBeNull();
        clock.StepAfter(SlotAt(Start)).ShouldBe(Start);
        clock.StepAfter(SlotAt(Start.AddSeconds(1))).ShouldBeNull();
    }

    [Fact]
    public void It_begins_no_earlier_than_what_is_recorded_and_lets_the_wall_clock_catch_up()
    {
        var clock = new SlotClock(_time, Start.AddMinutes(10));
        clock.Now.ShouldBe(Start.AddMinutes(10));

        _time.Pass(TimeSpan.FromSeconds(100));

        clock.Now.ShouldBe(Start.AddMinutes(10).AddSeconds(90));
    }

    [Fact]
    public void What_is_recorded_of_the_past_does_not_hold_it_back()
        => new SlotClock(_time, Start.AddMinutes(-10)).Now.ShouldBe(Start);

    private static Slot SlotAt(DateTimeOffset instant) => new(instant.ToUnixTimeMilliseconds());
}
