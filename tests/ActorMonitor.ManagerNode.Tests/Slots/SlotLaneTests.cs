using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using ActorMonitor.Storage;
using Shouldly;
using Xunit;

namespace ActorMonitor.ManagerNode.Tests.Slots;

public class SlotLaneTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);
    private readonly SetTime _time = new(Start);
    private readonly SlotLane _lane = new(new JobId("job"), "eu", Interval, Timeout, Start);

    [Fact]
    public void A_slot_opens_when_it_is_due_and_not_before()
    {
        var next = _lane.Next;

        _lane.TryOpen(next.Due.AddMilliseconds(-1), out _).ShouldBeFalse();
        _lane.TryOpen(next.Due, out var slot).ShouldBeTrue();

        slot.ShouldBe(next);
        _lane.Next.ShouldBe(new Slot(next.DueUnixMilliseconds + 10_000));
        Sum().ShouldBe((1, 1));
    }

    [Fact]
    public void A_stored_result_closes_its_slot_once()
    {
        var slot = Open();

        Stored(slot, Outcome.Up)!.Outcome.ShouldBe(Outcome.Up);
        Settle(slot, Outcome.Down, EffectKind.Repeated).ShouldBeNull();

        (_lane.Counts.Up, _lane.Counts.Down, _lane.Counts.Open).ShouldBe((1, 0, 0));
        Sum().ShouldBe((1, 1));
    }

    [Fact]
    public void Five_seconds_after_its_timeout_a_slot_that_was_asked_for_is_decided_as_lost_and_stays_open_until_that_is_stored()
    {
        var slot = Open();
        _lane.Asked(slot);

        _lane.Expire(slot.Due + Timeout + TimeSpan.FromSeconds(4.9)).ShouldBeEmpty();
        var decision = _lane.Expire(slot.Due + Timeout + TimeSpan.FromSeconds(5)).ShouldHaveSingleItem();

        (decision.Slot, decision.Outcome, decision.Cause, decision.IsProvisional).ShouldBe((slot, Outcome.Lost, Cause.NoResult, true));
        (_lane.Counts.Open, _lane.Counts.Lost).ShouldBe((1, 0));
        _lane.Expire(slot.Due.AddHours(1)).ShouldBeEmpty();

        var record = _lane.Settle(decision, new WriteEffect(EffectKind.Inserted))!;
        (record.Outcome, record.IsProvisional, record.IsLate).ShouldBe((Outcome.Lost, true, false));
        (_lane.Counts.Open, _lane.Counts.Lost).ShouldBe((0, 1));
        Sum().ShouldBe((1, 1));
    }

    [Fact]
    public void A_decision_that_a_result_has_overtaken_is_nothing()
    {
        var slot = Open();
        var decision = _lane.Expire(slot.Due.AddMinutes(1)).ShouldHaveSingleItem();

        Stored(slot, Outcome.Up).ShouldNotBeNull();
        _lane.Settle(decision, new WriteEffect(EffectKind.Repeated)).ShouldBeNull();

        _lane.Counts.ShouldBe(new SlotCounts(Due: 1, 0, Up: 1, 0, 0, 0, 0, 0));
    }

    [Fact]
    public void A_late_result_replaces_a_lost_record_and_is_a_correction()
    {
        var slot = Open();
        Lose(slot);

        var late = Corrected(slot, Outcome.Down, Outcome.Lost)!;

        (late.IsLate, late.Replaced).ShouldBe((true, Outcome.Lost));
        (_lane.Counts.Lost, _lane.Counts.Down).ShouldBe((0, 1));
        _lane.Last.ShouldBe(late);
        Sum().ShouldBe((1, 1));
    }

    [Fact]
    public void A_late_result_of_an_older_slot_is_not_the_last_record()
    {
        var slot = Open();
        Lose(slot);
        var newer = Stored(Open(), Outcome.Down);

        _ = Corrected(slot, Outcome.Up, Outcome.Lost);

        _lane.Last.ShouldBe(newer);
    }

    [Fact]
    public void Without_a_monitor_that_was_ever_permitted_a_slot_is_decided_at_once()
    {
        var slot = Open();

        var decision = _lane.DecideAtOnce(slot)!;

        (decision.Outcome, decision.Cause, decision.IsProvisional).ShouldBe((Outcome.Skipped, Cause.NoMonitor, true));
        _lane.Expire(slot.Due.AddMinutes(1)).ShouldBeEmpty();
    }

    [Fact]
    public void A_monitor_that_holds_a_valid_permission_is_waited_for()
    {
        var slot = Open();
        _lane.Granted(true, slot.Due.AddSeconds(1));
        _lane.DecideAtOnce(slot).ShouldBeNull();

        _lane.Expire(slot.Due.AddMinutes(1)).ShouldHaveSingleItem().Outcome.ShouldBe(Outcome.Lost);
    }

    [Fact]
    public void A_permission_that_had_ended_leaves_its_slots_without_a_monitor()
    {
        _lane.Granted(true, Start);
        var slot = Open();

        _lane.DecideAtOnce(slot).ShouldBeNull();
        var decision = _lane.Expire(slot.Due.AddMinutes(1)).ShouldHaveSingleItem();

        (decision.Outcome, decision.Cause).ShouldBe((Outcome.Skipped, Cause.NoMonitor));
    }

    [Fact]
    public void While_the_monitor_is_linked_its_permission_does_not_end()
    {
        _lane.Linked(true, DateTimeOffset.MaxValue);
        _lane.Granted(true, Start);
        var slot = Open();
        _lane.Linked(false, slot.Due.AddHours(1));

        _lane.Expire(slot.Due.AddMinutes(1)).ShouldHaveSingleItem().Outcome.ShouldBe(Outcome.Lost);
    }

    [Fact]
    public void A_result_that_comes_before_its_slot_is_due_here_counts_and_is_not_opened_again()
    {
        var early = _lane.Next;

        Stored(early, Outcome.Up).ShouldNotBeNull();

        _lane.Counts.ShouldBe(new SlotCounts(Due: 1, 0, Up: 1, 0, 0, 0, 0, 0));
        _lane.TryOpen(early.Due, out _).ShouldBeFalse();
        _lane.TryOpen(early.Due.AddSeconds(10), out var next).ShouldBeTrue();
        next.Due.ShouldBe(early.Due.AddSeconds(10));
        _lane.Remembered.ShouldBe(0);
    }

    [Fact]
    public void A_result_of_an_earlier_run_is_published_and_not_counted()
    {
        var before = new Slot(_lane.Next.DueUnixMilliseconds - 10_000);

        Corrected(before, Outcome.Up, Outcome.NotRunning)!.IsLate.ShouldBeTrue();

        Sum().ShouldBe((0, 0));
    }

    [Theory]
    [InlineData(EffectKind.Repeated)]
    [InlineData(EffectKind.TooOld)]
    [InlineData(EffectKind.NotDue)]
    [InlineData((EffectKind)99)]
    public void A_slot_whose_decision_the_store_does_not_take_is_settled_and_nothing_is_published(EffectKind kind)
    {
        var slot = Open();
        var decision = _lane.Expire(slot.Due.AddMinutes(1)).ShouldHaveSingleItem();

        _lane.Settle(decision, new WriteEffect(kind)).ShouldBeNull();

        Sum().ShouldBe((0, 0));
        _lane.Last.ShouldBeNull();
    }

    [Fact]
    public void Results_that_a_monitor_gave_up_close_the_open_slots_in_their_bounds()
    {
        var slots = new[] { Open(), Open(), Open() };
        var dropped = new KeepRange(_lane.Key, slots[0].Due, slots[1].Due.AddMilliseconds(1), Outcome.Lost, Cause.OutboxFull, ReplacesProvisional: true);

        var record = _lane.Settle(dropped, new WriteEffect(EffectKind.Inserted, Count: 2))!;

        (record.Count, record.Outcome, record.Cause).ShouldBe((2, Outcome.Lost, Cause.OutboxFull));
        (_lane.Counts.Lost, _lane.Counts.Open).ShouldBe((2, 1));
        Sum().ShouldBe((3, 3));
    }

    [Fact]
    public void The_slots_that_the_clock_stepped_over_are_one_range()
    {
        var clock = new SlotClock(_time);
        var first = _lane.Next;
        _time.Pass(first.Due - Start);
        _time.StepWall(TimeSpan.FromHours(1));
        var now = clock.Now;

        _lane.PassOver(now, clock).ShouldBeEmpty();
        _lane.TryOpen(now, out var opened).ShouldBeTrue();
        var passed = _lane.PassOver(now, clock).ShouldHaveSingleItem();

        opened.ShouldBe(first);
        (passed.From, passed.To, passed.Outcome, passed.Cause).ShouldBe((first.Due.AddSeconds(10), first.Due.AddHours(1), Outcome.Skipped, Cause.Clock));
        _lane.Next.Due.ShouldBe(first.Due.AddHours(1));
        var record = _lane.Settle(passed, new WriteEffect(EffectKind.Inserted, Count: 359))!;
        (record.Count, record.Message).ShouldBe((359, "the clock stepped over 359 slots"));
        Sum().ShouldBe((360, 360));
    }

    [Fact]
    public void After_a_standstill_the_slots_that_nobody_can_answer_for_are_one_range()
    {
        var clock = new SlotClock(_time);
        var first = _lane.Next;
        _time.Pass(TimeSpan.FromHours(1));
        var now = clock.Now;

        var passed = _lane.PassOver(now, clock).ShouldHaveSingleItem();

        (passed.From, passed.Outcome).ShouldBe((first.Due, Outcome.NotRunning));
        (now - passed.To).ShouldBeLessThan(TimeSpan.FromSeconds(10));
        (now - passed.To).ShouldBeGreaterThanOrEqualTo(TimeSpan.Zero - Interval);
        _lane.PassOver(now, clock).ShouldBeEmpty();
    }

    [Fact]
    public void A_decision_that_was_given_up_stays_open_until_a_range_counts_its_slot()
    {
        var slot = Open();
        var decision = _lane.Expire(slot.Due.AddMinutes(1)).ShouldHaveSingleItem();

        _lane.Settle(decision, effect: null).ShouldBeNull();
        _lane.Counts.Open.ShouldBe(1);
        var range = new KeepRange(_lane.Key, slot.Due, slot.Due.AddMilliseconds(1), Outcome.NotRunning, Cause.NotRunning);
        _lane.Settle(range, new WriteEffect(EffectKind.Inserted, Count: 1)).ShouldNotBeNull();

        _lane.Counts.ShouldBe(new SlotCounts(Due: 1, 0, 0, 0, 0, 0, 0, 0, NotRunning: 1));
    }

    [Fact]
    public void It_wakes_for_the_next_slot_or_an_earlier_deadline()
    {
        _lane.NextInstant.ShouldBe(_lane.Next.Due);

        var slot = Open();

        _lane.NextInstant.ShouldBe(slot.Due + Timeout + SlotLane.ResultGrace);
    }

    private Slot Open()
    {
        _lane.TryOpen(_lane.Next.Due, out var slot).ShouldBeTrue();
        return slot;
    }

    private void Lose(Slot slot)
    {
        _lane.Asked(slot);
        foreach (var decision in _lane.Expire(slot.Due.AddSeconds(8)))
            _lane.Settle(decision, new WriteEffect(EffectKind.Inserted)).ShouldNotBeNull();
    }

    private SlotRecord? Stored(Slot slot, Outcome outcome) => Settle(slot, outcome, EffectKind.Inserted);

    private SlotRecord? Corrected(Slot slot, Outcome outcome, Outcome replaced)
        => _lane.Settle(new KeepResult(_lane.Key, Result(slot, outcome), 1), new WriteEffect(EffectKind.Corrected, replaced));

    private SlotRecord? Settle(Slot slot, Outcome outcome, EffectKind kind)
        => _lane.Settle(new KeepResult(_lane.Key, Result(slot, outcome), 1), new WriteEffect(kind));

    private (long Due, long Sum) Sum()
    {
        var counts = _lane.Counts;
        return (counts.Due, counts.Open + counts.Up + counts.Degraded + counts.Down + counts.Unknown + counts.Skipped + counts.Lost + counts.NotRunning);
    }

    private static CheckResult Result(Slot slot, Outcome outcome) => Sample.Result("job", slot, outcome);
}
