using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using Shouldly;
using Xunit;

namespace ActorMonitor.ManagerNode.Tests.Slots;

public class SlotScheduleTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 15, 1, 234, TimeSpan.Zero);

    [Fact]
    public void Slots_are_at_phase_plus_multiples_of_the_interval()
    {
        var schedule = new SlotSchedule(10_000, 1_234);

        schedule.After(DateTimeOffset.FromUnixTimeMilliseconds(0)).ShouldBe(new Slot(1_234));
        schedule.After(DateTimeOffset.FromUnixTimeMilliseconds(1_233)).ShouldBe(new Slot(1_234));
        schedule.After(DateTimeOffset.FromUnixTimeMilliseconds(1_234)).ShouldBe(new Slot(11_234));
        schedule.Next(new Slot(11_234)).ShouldBe(new Slot(21_234));
    }

    [Fact]
    public void The_slot_at_an_instant_or_after_it_is_found()
    {
        var schedule = new SlotSchedule(10_000, 1_234);

        schedule.AtOrAfter(new Slot(11_234).Due).ShouldBe(new Slot(11_234));
        schedule.AtOrAfter(new Slot(11_234).Due.AddTicks(1)).ShouldBe(new Slot(21_234));
        schedule.AtOrAfter(new Slot(11_234).Due.AddTicks(-1)).ShouldBe(new Slot(11_234));
        schedule.CountUpTo(new Slot(11_234), new Slot(11_233).Due).ShouldBe(0);
        schedule.CountUpTo(new Slot(11_234), new Slot(11_234).Due).ShouldBe(1);
        schedule.CountUpTo(new Slot(11_234), new Slot(31_233).Due).ShouldBe(2);
    }

    [Fact]
    public void A_restart_finds_the_same_slots()
    {
        var first = SlotSchedule.Of(new JobId("shop"), "eu", TimeSpan.FromSeconds(15));
        var second = SlotSchedule.Of(new JobId("shop"), "eu", TimeSpan.FromSeconds(15));

        second.After(Now).ShouldBe(first.After(Now));
        (second.After(Now.AddHours(3)).DueUnixMilliseconds - first.After(Now).DueUnixMilliseconds).ShouldBe(3 * 3_600_000);
    }

    [Fact]
    public void Job_and_monitor_both_move_the_phase()
    {
        var phases = new[] { ("shop", "eu"), ("shop", "us"), ("shope", "u"), ("sho", "peu") }
            .Select(pair => SlotSchedule.Of(new JobId(pair.Item1), pair.Item2, TimeSpan.FromDays(1)).PhaseMilliseconds);

        phases.Distinct().Count().ShouldBe(4);
    }

    [Fact]
    public void A_thousand_jobs_spread_over_the_interval()
    {
        var perSecond = new int[10];

        for (var job = 0; job < 1_000; job++)
            perSecond[SlotSchedule.Of(new JobId($"job-{job}"), "m", TimeSpan.FromSeconds(10)).PhaseMilliseconds / 1000]++;

        perSecond.ShouldAllBe(count => count > 50 && count < 150);
    }
}
