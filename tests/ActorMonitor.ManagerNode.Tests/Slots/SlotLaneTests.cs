using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using Shouldly;
using Xunit;

namespace ActorMonitor.ManagerNode.Tests.Slots;

public class SlotLaneTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Timeout = TimeSpan.FromSeconds(2);
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
    public void A_result_closes_its_slot_once()
    {
        var slot = Open();

        _lane.Settle(Result(slot, Outcome.Up))!.Outcome.ShouldBe(Outcome.Up);
        _lane.Settle(Result(slot, Outcome.Down)).ShouldBeNull();

        (_lane.Counts.Up, _lane.Counts.Down).ShouldBe((1, 0));
        Sum().ShouldBe((1, 1));
    }

    [Fact]
    public void Without_a_result_a_slot_is_lost_five_seconds_after_its_timeout()
    {
        var slot = Open();

        _lane.Expire(slot.Due + Timeout + TimeSpan.FromSeconds(4.9)).ShouldBeEmpty();
        var lost = _lane.Expire(slot.Due + Timeout + TimeSpan.FromSeconds(5)).ShouldHaveSingleItem();

        (lost.Outcome, lost.Cause).ShouldBe((Outcome.Lost, Cause.NoResult));
        Sum().ShouldBe((1, 1));
    }

    [Fact]
    public void A_late_result_replaces_a_lost_record_and_is_marked_late()
    {
        var slot = Open();
        _ = _lane.Expire(slot.Due.AddMinutes(1));

        var late = _lane.Settle(Result(slot, Outcome.Down))!;

        late.IsLate.ShouldBeTrue();
        (_lane.Counts.Lost, _lane.Counts.Down).ShouldBe((0, 1));
        _lane.Settle(Result(slot, Outcome.Up)).ShouldBeNull();
        Sum().ShouldBe((1, 1));
    }

    [Fact]
    public void The_last_record_is_the_one_that_replaced_it()
    {
        var slot = Open();
        _ = _lane.Expire(slot.Due.AddMinutes(1));

        var late = _lane.Settle(Result(slot, Outcome.Up));

        _lane.Last.ShouldBe(late);
    }

    [Fact]
    public void A_late_result_of_an_older_slot_is_not_the_last_record()
    {
        var slot = Open();
        _ = _lane.Expire(slot.Due.AddMinutes(1));
        var newer = _lane.Settle(Result(Open(), Outcome.Down));

        _ = _lane.Settle(Result(slot, Outcome.Up));

        _lane.Last.ShouldBe(newer);
    }

    [Fact]
    public void A_result_of_an_earlier_run_is_shown_once_and_not_counted()
    {
        var before = new Slot(_lane.Next.DueUnixMilliseconds - 10_000);

        _lane.Settle(Result(before, Outcome.Up))!.IsLate.ShouldBeTrue();
        _lane.Settle(Result(before, Outcome.Up)).ShouldBeNull();

        Sum().ShouldBe((0, 0));
    }

    [Fact]
    public void A_result_of_a_slot_that_is_not_due_yet_is_not_believed()
        => _lane.Settle(Result(new Slot(_lane.Next.DueUnixMilliseconds + 50_000), Outcome.Up)).ShouldBeNull();

    [Fact]
    public void It_wakes_for_the_next_slot_or_an_earlier_deadline()
    {
        _lane.NextInstant.ShouldBe(_lane.Next.Due);

        var slot = Open();

        _lane.NextInstant.ShouldBe(slot.Due + Timeout + SlotLane.ResultGrace);
    }

    [Fact]
    public void Whatever_happens_due_is_the_sum()
    {
        var random = new Random(20261122);
        var now = Start;
        for (var step = 0; step < 5_000; step++)
        {
            now += TimeSpan.FromMilliseconds(random.Next(9_000));
            while (_lane.TryOpen(now, out var slot))
            {
                if (random.Next(4) == 0)
                    _ = _lane.Skip(slot, Cause.NoMonitor, "");
            }

            _ = _lane.Expire(now);
            var settled = new Slot(_lane.Next.DueUnixMilliseconds - (10_000 * random.Next(6)));
            _ = _lane.Settle(Result(settled, (Outcome)random.Next(1, 6)));

            var (due, sum) = Sum();
            due.ShouldBe(sum);
        }

        _lane.Counts.Due.ShouldBeGreaterThan(1_000);
    }

    private Slot Open()
    {
        _lane.TryOpen(_lane.Next.Due, out var slot).ShouldBeTrue();
        return slot;
    }

    private (long Due, long Sum) Sum()
    {
        var counts = _lane.Counts;
        return (counts.Due, counts.Open + counts.Up + counts.Degraded + counts.Down + counts.Unknown + counts.Skipped + counts.Lost);
    }

    private static CheckResult Result(Slot slot, Outcome outcome)
        => new(new JobId("job"), slot, outcome, Cause.None, slot.Due, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, "127.0.0.1", "1 ms");
}
