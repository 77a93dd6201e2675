using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Sessions;
using Shouldly;
using Xunit;

namespace ActorMonitor.MonitorNode.Tests.Sessions;

public class CheckQueueTests
{
    [Fact]
    public void The_newest_slot_is_taken_first()
    {
        var queue = new CheckQueue(10);
        foreach (var slot in new[] { 20L, 30L, 10L })
            queue.TryAdd(Waiting($"job {slot}", slot)).ShouldBeTrue();

        Slots(queue).ShouldBe([30, 20, 10]);
    }

    [Fact]
    public void Of_equal_slots_the_first_to_come_is_taken_first()
    {
        var queue = new CheckQueue(10);
        _ = queue.TryAdd(Waiting("first", 5));
        _ = queue.TryAdd(Waiting("second", 5));

        queue.TryTake(out var taken).ShouldBeTrue();
        taken.Check.Job.Name.ShouldBe("first");
    }

    [Fact]
    public void A_full_queue_takes_no_more()
    {
        var queue = new CheckQueue(1);
        _ = queue.TryAdd(Waiting("a", 1));

        queue.TryAdd(Waiting("b", 2)).ShouldBeFalse();

        queue.Holds(new JobId("b")).ShouldBeFalse();
        queue.Count.ShouldBe(1);
    }

    [Fact]
    public void Expired_checks_are_taken_out_and_the_others_keep_their_order()
    {
        var queue = new CheckQueue(10);
        foreach (var slot in new[] { 1L, 5L, 2L, 9L })
            _ = queue.TryAdd(Waiting($"job {slot}", slot));

        queue.TakeExpired(waiting => waiting.Slot.DueUnixMilliseconds < 3).Count.ShouldBe(2);

        queue.Holds(new JobId("job 1")).ShouldBeFalse();
        Slots(queue).ShouldBe([9, 5]);
    }

    private static WaitingCheck Waiting(string job, long slot) => new(
        new CheckDefinition(new JobId(job), "tcp", "127.0.0.1", 1, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), SettingMap.Empty, SettingMap.Empty),
        new Slot(slot), new Epoch(1), Revision: 1, Trigger.Execute, ArrivedMicroseconds: 1);

    private static List<long> Slots(CheckQueue queue)
    {
        var slots = new List<long>();
        while (queue.TryTake(out var waiting))
            slots.Add(waiting.Slot.DueUnixMilliseconds);
        return slots;
    }
}
