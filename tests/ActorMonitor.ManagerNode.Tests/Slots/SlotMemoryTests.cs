using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using Shouldly;
using Xunit;

namespace ActorMonitor.ManagerNode.Tests.Slots;

public class SlotMemoryTests
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);
    private readonly SlotLane _lane = new(new JobId("job"), "eu", TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(2), Start);

    [Fact]
    public void A_lane_whose_slots_have_their_results_remembers_none_of_them()
    {
        for (var n = 0; n < 1000; n++)
        {
            _lane.TryOpen(_lane.Next.Due, out var slot).ShouldBeTrue();
            _lane.Settle(Sample.Result("job", slot)).ShouldNotBeNull();
            _lane.Settle(Sample.Result("job", slot, Outcome.Down)).ShouldBeNull();
        }

        _lane.Remembered.ShouldBe(0);
        (_lane.Counts.Due, _lane.Counts.Up).ShouldBe((1000, 1000));
    }

    [Fact]
    public void A_lost_slot_is_remembered_until_its_result_has_come()
    {
        _lane.TryOpen(_lane.Next.Due, out var slot).ShouldBeTrue();
        _lane.Expire(slot.Due.AddMinutes(1)).Count.ShouldBe(1);
        _lane.Remembered.ShouldBe(1);

        _lane.Settle(Sample.Result("job", slot))!.IsLate.ShouldBeTrue();

        _lane.Remembered.ShouldBe(0);
        _lane.Settle(Sample.Result("job", slot)).ShouldBeNull();
    }

    [Fact]
    public void Slots_of_earlier_runs_are_remembered_up_to_a_bound()
    {
        for (var n = 1; n <= 10_000; n++)
            _ = _lane.Settle(Sample.Result("job", new Slot(n)));

        _lane.Remembered.ShouldBe(4096);
        _lane.Settle(Sample.Result("job", new Slot(10_000))).ShouldBeNull();
    }
}
