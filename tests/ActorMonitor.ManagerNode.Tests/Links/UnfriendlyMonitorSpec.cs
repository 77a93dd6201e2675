using ActorMonitor.ManagerNode.Links;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using Akka.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.ManagerNode.Tests.Links;

public class UnfriendlyMonitorSpec : RemoteSpec
{
    private readonly TestProbe _supervisor;

    public UnfriendlyMonitorSpec(ITestOutputHelper output)
        : base(output)
    {
        _supervisor = CreateTestProbe();
        var world = new LinkWorld(NodeId.New(), "hq", new CurrentEpoch(new Epoch(7)), new SlotClock(Time), CreateTestProbe().Ref, CreateTestProbe().Ref, _supervisor.Ref, Time, NullLogger.Instance);
        _ = Sys.ActorOf(LinksActor.Props([Address], world), "links");
    }

    [Fact]
    public void Only_a_newer_epoch_stops_the_manager()
    {
        _ = AwaitConnect();
        Monitor.Send(Link, new Refused(RefusalReason.StaleEpoch, new Epoch(7), "an older one than mine"));
        AwaitNextConnect();
        Monitor.Send(Link, new Refused(RefusalReason.StaleEpoch, new Epoch(8), "a newer one"));

        _supervisor.ExpectMsg<Fenced>(Soon).Seen.ShouldBe(new Epoch(8));
    }

    [Fact]
    public void A_monitor_that_was_gone_for_long_is_connected_to_within_fifteen_seconds()
    {
        _ = AwaitConnect();
        for (var tries = 0; tries < 8; tries++)
            _ = AwaitNextConnect();

        // What starts just after a Connect was sent waits for the next one.
        AwaitNextConnect().ShouldBeLessThan(TimeSpan.FromSeconds(13));
    }

    private TimeSpan AwaitNextConnect()
    {
        var before = Time.GetUtcNow();
        AwaitAssert(() =>
        {
            Scheduler.Advance(TimeSpan.FromMilliseconds(100));
            Monitor.HasMessages.ShouldBeTrue();
        });
        _ = AwaitConnect();
        return Time.GetUtcNow() - before;
    }
}
