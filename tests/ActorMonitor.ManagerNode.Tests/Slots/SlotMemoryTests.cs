using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using ActorMonitor.Storage;
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
            Settle(slot, EffectKind.Inserted).ShouldNotBeNull();
            Settle(slot, EffectKind.Repeated).ShouldBeNull();
        }

        _lane.Remembered.ShouldBe(0);
        (_lane.Counts.Due, _lane.Counts.Up).ShouldBe((1000, 1000));
    }

    [Fact]
    public void Slots_recorded_before_they_are_due_are_remembered_up_to_a_bound()
    {
        for (var n = 0; n < 10_000; n++)
            _ = Settle(new Slot(_lane.Next.DueUnixMilliseconds + (10_000L * n)), EffectKind.Inserted);

        _lane.Remembered.ShouldBe(4096);
    }

    private SlotRecord? Settle(Slot slot, EffectKind kind)
        => _lane.Settle(new KeepResult(_lane.Key, Sample.Result("job", slot), 1), new WriteEffect(kind));
}
