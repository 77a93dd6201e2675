using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Sessions;
using Shouldly;
using Xunit;

namespace ActorMonitor.MonitorNode.Tests.Sessions;

public class AcceptedSlotsTests
{
    [Fact]
    public void Only_a_newer_slot_of_a_job_is_accepted()
    {
        var accepted = new AcceptedSlots();

        accepted.TryAccept(new JobId("a"), new Slot(5)).ShouldBeTrue();
        accepted.TryAccept(new JobId("a"), new Slot(5)).ShouldBeFalse();
        accepted.TryAccept(new JobId("a"), new Slot(4)).ShouldBeFalse();
        accepted.TryAccept(new JobId("b"), new Slot(4)).ShouldBeTrue();
        accepted.TryAccept(new JobId("a"), new Slot(6)).ShouldBeTrue();
    }

    [Fact]
    public void However_many_names_a_peer_makes_up_no_more_than_the_bound_are_kept_and_those_the_newest()
    {
        var accepted = new AcceptedSlots(bound: 10);

        for (var n = 1; n <= 10_000; n++)
        {
            accepted.TryAccept(new JobId($"job {n}"), new Slot(n)).ShouldBeTrue();
            accepted.Count.ShouldBeLessThanOrEqualTo(10);
        }

        accepted.TryAccept(new JobId("job 10000"), new Slot(10_000)).ShouldBeFalse();
        accepted.TryAccept(new JobId("job 9997"), new Slot(9_997)).ShouldBeFalse();
    }

    [Fact]
    public void A_known_job_at_the_bound_makes_nobody_forgotten()
    {
        var accepted = new AcceptedSlots(bound: 2);
        _ = accepted.TryAccept(new JobId("a"), new Slot(1));
        _ = accepted.TryAccept(new JobId("b"), new Slot(1));

        accepted.TryAccept(new JobId("a"), new Slot(2)).ShouldBeTrue();

        accepted.TryAccept(new JobId("b"), new Slot(1)).ShouldBeFalse();
    }
}
