using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Sessions;
using Shouldly;
using Xunit;

namespace ActorMonitor.MonitorNode.Tests.Sessions;

public class OutboxQueueTests
{
    [Fact]
    public void With_a_manager_that_acknowledges_nothing_the_queues_stay_bounded_too()
    {
        const int bound = 2 * Outbox.Window;
        var outbox = new Outbox(bound);
        for (var n = 1; n <= 20 * bound; n++)
        {
            outbox.Add(new Epoch(1), 1, new CheckResult(
                new JobId("job"), new Slot(n), Outcome.Up, Cause.None, DateTimeOffset.UnixEpoch, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, null, ""));
            outbox.Expire(n * 100_000L);
            while (outbox.TryNext(n * 100_000L, out _))
            {
                // On the way; nobody ever says that it arrived.
            }
        }

        outbox.Count.ShouldBe(bound);
        outbox.Waiting.ShouldBeLessThanOrEqualTo(2 * bound);
    }
}
