using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.ManagerNode.Start;
using ActorMonitor.Messages;
using ActorMonitor.Storage;
using Shouldly;
using Xunit;

namespace ActorMonitor.ManagerNode.Tests.Start;

public class StartPlanTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);
    private static readonly LaneKey Lane = new(new JobId("shop"), "eu");
    private static readonly SlotSchedule Schedule = SlotSchedule.Of(Lane.Job, Lane.Monitor, TimeSpan.FromSeconds(10));
    private static readonly TimeSpan OpenFor = TimeSpan.FromSeconds(9);
    private static readonly StoreOpening New = new(IsNew: true, null, null, null, null, null);
    private static readonly StoreOpening Old = new(IsNew: false, null, null, null, Now.AddMinutes(-10), new Slot(Now.AddMinutes(-11).ToUnixTimeMilliseconds()));

    [Fact]
    public void A_lane_that_is_new_gets_its_schedule_from_its_first_slot_on()
    {
        var plan = StartPlan.Of(New, [], [Sample.Job("shop")], Now);

        plan.Writes.ShouldBe(
        [
            new SetSchedule(Lane, new LaneSchedule(First, 10_000, Schedule.PhaseMilliseconds, OpenFor)),
            new Beat(Now),
        ]);
        plan.Jobs.ShouldHaveSingleItem().Lanes.ShouldHaveSingleItem().Next.Due.ShouldBe(First);
    }

    [Fact]
    public void A_lane_that_was_there_is_not_running_from_before_the_last_beat_to_its_first_slot()
    {
        var plan = StartPlan.Of(Old, [State()], [Sample.Job("shop")], Now);

        var range = plan.Writes[0].ShouldBeOfType<KeepRange>();
        (range.To, range.Outcome, range.Cause, range.ReplacesProvisional).ShouldBe((First, Outcome.NotRunning, Cause.NotRunning, false));
        range.From.ShouldBeLessThanOrEqualTo(Now.AddMinutes(-10) - OpenFor);
        plan.Writes.Length.ShouldBe(2);
    }

    [Fact]
    public void Without_a_beat_it_is_not_running_since_its_schedule_began()
    {
        var plan = StartPlan.Of(Old with { LastBeat = null }, [State()], [Sample.Job("shop")], Now);

        plan.Writes[0].ShouldBeOfType<KeepRange>().From.ShouldBe(State().Schedule!.Value.From);
    }

    [Fact]
    public void Another_interval_is_a_new_schedule_and_the_range_reaches_back_by_the_longer_time_a_slot_was_open()
    {
        var state = State() with { Schedule = State().Schedule!.Value with { OpenFor = TimeSpan.FromMinutes(5) } };

        var plan = StartPlan.Of(Old, [state], [Sample.Job("shop", intervalSeconds: 30)], Now);

        plan.Writes[0].ShouldBeOfType<KeepRange>().From.ShouldBeLessThanOrEqualTo(Now.AddMinutes(-15));
        plan.Writes[1].ShouldBeOfType<SetSchedule>().Schedule.IntervalMilliseconds.ShouldBe(30_000);
    }

    [Fact]
    public void A_lane_that_is_no_longer_configured_ends_and_what_its_monitor_holds_is_to_be_revoked()
    {
        var plan = StartPlan.Of(Old, [State() with { Grant = new LaneGrant(7, Now.AddHours(1)) }], [Sample.Job("other")], Now);

        plan.Writes.OfType<EndSchedule>().ShouldBe([new EndSchedule(Lane, Now)]);
        plan.Writes.OfType<KeepRange>().ShouldHaveSingleItem().To.ShouldBe(Now);
        plan.Revoked["eu"].ShouldBe([Lane.Job]);
    }

    [Fact]
    public void One_that_ended_before_may_have_left_slots_open_and_its_monitor_may_still_hold_it()
    {
        var plan = StartPlan.Of(Old, [State() with { Schedule = null, Grant = new LaneGrant(7, Now) }], [Sample.Job("other")], Now);

        // Ten minutes is the longest timeout: no slot of it has been open for longer.
        var range = plan.Writes.OfType<KeepRange>().ShouldHaveSingleItem();
        (range.Lane, range.From, range.To, range.Cause).ShouldBe((Lane, Old.LastBeat!.Value.AddMinutes(-11).AddSeconds(-7), Now, Cause.NotRunning));
        plan.Writes.OfType<EndSchedule>().ShouldHaveSingleItem().ShouldBe(new EndSchedule(Lane, Now));
        plan.Revoked["eu"].ShouldBe([Lane.Job]);
    }

    [Fact]
    public void The_last_record_and_the_permission_of_a_lane_are_gone_on_from()
    {
        var last = new StoredRecord(new Slot(1_000), Outcome.Down, Cause.Refused, IsProvisional: false, IsLate: false, "no", null);

        var plan = StartPlan.Of(Old, [State() with { Last = last, Grant = new LaneGrant(7, Now.AddHours(1)) }], [Sample.Job("shop")], Now);

        var job = plan.Jobs.ShouldHaveSingleItem();
        job.Lanes[0].Last!.ShouldSatisfyAllConditions(record => record.Slot.ShouldBe(last.Slot), record => record.Outcome.ShouldBe(Outcome.Down));
        job.LastOutcomes["eu"].ShouldBe((Outcome.Down, Cause.Refused));
        job.Lanes[0].TryOpen(First, out var slot).ShouldBeTrue();
        job.Lanes[0].DecideAtOnce(slot).ShouldBeNull();
    }

    [Fact]
    public void What_a_damaged_store_held_is_lost_until_its_last_beat_and_not_running_since()
    {
        var lostFrom = Now.AddDays(-1);
        var opening = New with { SetAside = "x", Damage = "y", LostFrom = lostFrom, LastBeat = Now.AddMinutes(-10) };

        var plan = StartPlan.Of(opening, [], [Sample.Job("shop")], Now);

        plan.Writes.ShouldBe(
        [
            new SetSchedule(Lane, new LaneSchedule(lostFrom, 10_000, Schedule.PhaseMilliseconds, OpenFor)),
            new KeepRange(Lane, lostFrom, Now.AddMinutes(-10), Outcome.Lost, Cause.StoreLost),
            new KeepRange(Lane, Now.AddMinutes(-10), First, Outcome.NotRunning, Cause.NotRunning),
            new Beat(Now),
        ]);
    }

    [Theory]
    [InlineData(23.9, true)]
    [InlineData(24.1, false)]
    public void A_store_more_than_a_day_ahead_is_not_begun_with(double hours, bool mayStart)
    {
        (StartPlan.Refusal(Old with { LastBeat = Now.AddHours(hours) }, Now) is null).ShouldBe(mayStart);
        (StartPlan.Refusal(Old with { NewestSlot = new Slot(Now.AddHours(hours).ToUnixTimeMilliseconds()) }, Now) is null).ShouldBe(mayStart);
    }

    [Fact]
    public void The_clock_begins_no_earlier_than_the_newest_that_is_recorded()
    {
        StartPlan.NotBefore(New).ShouldBeNull();
        StartPlan.NotBefore(Old).ShouldBe(Old.LastBeat);
        StartPlan.NotBefore(Old with { LastBeat = null }).ShouldBe(Old.NewestSlot!.Value.Due);
        StartPlan.NotBefore(Old with { NewestSlot = new Slot(Now.ToUnixTimeMilliseconds()) }).ShouldBe(Now);
    }

    private static DateTimeOffset First => Schedule.After(Now + StartPlan.FirstSlotAfter).Due;

    private static LaneState State() => new(Lane, new LaneSchedule(Now.AddDays(-1), 10_000, Schedule.PhaseMilliseconds, OpenFor), null, null);
}
