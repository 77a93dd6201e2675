using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.ManagerNode.Tests;

/// <summary>A manager as ManagerNodeHosting puts it together, against a monitor that the test plays.</summary>
public class ManagerNodeSpec(ITestOutputHelper output) : RemoteSpec(output)
{
    [Fact]
    public void A_slot_goes_the_whole_way_to_its_record_and_its_result_is_acknowledged()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(SlotRecord));
        Start();
        Monitor.IgnoreMessages(message => message is Heartbeat);
        var link = Admit();
        Settle();

        var execute = AwaitSlot();
        execute.Job.Name.ShouldBe("shop");
        execute.Epoch.ShouldBe(new Epoch(7));
        Monitor.Send(link, new Completed(Key, Outbox, 1, execute.Epoch, execute.Revision, Sample.Result("shop", execute.Slot)));

        var record = ExpectMsg<SlotRecord>(Soon);
        (record.Job.Name, record.Monitor, record.Slot, record.Outcome).ShouldBe(("shop", "eu", execute.Slot, Outcome.Up));
        AwaitAssert(
            () =>
            {
                Scheduler.Advance(TimeSpan.FromMilliseconds(50));
                Monitor.ExpectMsg<Acknowledge>(TimeSpan.FromMilliseconds(100)).Ranges.ShouldBe([new SeqRange(1, 1)]);
            },
            Soon);
    }

    [Fact]
    public void A_manager_that_is_fenced_says_so_to_its_host()
    {
        var fenced = CreateTestProbe();
        Start(reason => fenced.Ref.Tell(reason, Akka.Actor.ActorRefs.NoSender));
        AwaitConnect();

        Monitor.Send(Link, new Refused(RefusalReason.StaleEpoch, new Epoch(12), "newer"));

        fenced.ExpectMsg<string>(Soon).ShouldBe("eu has seen a newer incarnation of this manager (epoch 12, this one is 7)");
    }

    private void Start(Action<string>? fenced = null) => ManagerNodeHosting.Start(Sys, new ManagerNodeParts(
        NodeId.New(), new Epoch(7), ManagerSettings.Default with { Name = "hq", Monitors = [Address] }, [Sample.Job("shop", intervalSeconds: 2)], Time,
        NullLogger.Instance, fenced ?? (_ => { })));

    // The job may still be learning of the monitor when its first slot comes: the first that is sent will do.
    private Execute AwaitSlot()
    {
        Execute? execute = null;
        AwaitAssert(
            () =>
            {
                Monitor.Send(Link, new Heartbeat(Key, 1, 1, 0, 0));
                Scheduler.Advance(TimeSpan.FromMilliseconds(250));
                execute = Monitor.ExpectMsg<Execute>(TimeSpan.FromMilliseconds(300));
            },
            Soon);
        return execute!;
    }
}
