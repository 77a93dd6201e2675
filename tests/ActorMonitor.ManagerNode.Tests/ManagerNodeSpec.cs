using ActorMonitor.ManagerNode.Results;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using ActorMonitor.Shell;
using ActorMonitor.Storage;
using Akka;
using Akka.Actor;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.ManagerNode.Tests;

/// <summary>A manager as ManagerNodeHosting puts it together, against a monitor that the test plays.</summary>
public class ManagerNodeSpec(ITestOutputHelper output) : RemoteSpec(output)
{
    private static readonly LaneKey Lane = new(new JobId("shop"), "eu");

    [Fact]
    public void A_slot_goes_the_whole_way_to_its_record_and_its_result_is_acknowledged_when_it_is_on_disk()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(SlotRecord));
        Start();
        var link = AdmitAndGrant();

        var execute = Await<Execute>();
        (execute.Job.Name, execute.Epoch).ShouldBe(("shop", new Epoch(7)));
        Monitor.Send(link, new Completed(Key, Outbox, 1, execute.Epoch, execute.Revision, Sample.Result("shop", execute.Slot)));

        Await<Acknowledge>().Ranges.ShouldBe([new SeqRange(1, 1)]);
        Disk.Lock(() => Disk.Lanes[Lane].Records[execute.Slot].Outcome).ShouldBe(Outcome.Up);
        var record = FishForMessage<SlotRecord>(record => record.Outcome == Outcome.Up, Soon);
        (record.Job.Name, record.Monitor, record.Slot).ShouldBe(("shop", "eu", execute.Slot));
    }

    [Fact]
    public void A_manager_that_comes_back_records_the_time_between_and_grants_from_the_slot_after_the_newest()
    {
        var manager = Start();
        var link = AdmitAndGrant();
        var execute = Await<Execute>();
        Monitor.Send(link, new Completed(Key, Outbox, 1, execute.Epoch, execute.Revision, Sample.Result("shop", execute.Slot)));
        Await<Acknowledge>();
        StopAndClose(manager);
        Scheduler.Advance(TimeSpan.FromMinutes(10));
        Sys.EventStream.Subscribe(TestActor, typeof(NodeEvent));

        var again = Start();
        Monitor.FishForMessage<Connect>(_ => true, Soon);
        Disk.Lock(() =>
        {
            var lane = Disk.Lanes[Lane];
            lane.Ranges.ShouldHaveSingleItem().Slots.Count.ShouldBeInRange(298, 302);
            lane.Grant!.Value.Revision.ShouldBe(execute.Revision);
        });
        FishForMessage<NodeEvent>(told => told.Subject == "store", Soon).Details.ShouldContain("slots were not looked after");
        Monitor.Send(Monitor.LastSender, Admission(new Epoch(7), Key));
        Await<Grant>().Terms.NotBefore.ShouldBe(new Slot(execute.Slot.DueUnixMilliseconds + 1));
        Difference(again).ShouldBe(0);
    }

    [Fact]
    public void Nobody_is_connected_to_before_the_store_can_be_written()
    {
        Disk.OpenFault = StoreFault.ReadOnly;
        var manager = Start();
        AwaitAssert(() => Health.Checks.ShouldHaveSingleItem().Status.ShouldBe(HealthStatus.Failed));
        manager.Tell(GetStore.Instance, TestActor);
        ExpectMsg<CurrentStore>().Failure.ShouldNotBeNull();
        Disk.OpenFault = null;
        Disk.Fault = StoreFault.Full;
        AwaitAssert(() =>
        {
            Scheduler.Advance(TimeSpan.FromSeconds(1));
            Health.Checks[0].Message.ShouldContain("the disk is full");
        });
        Monitor.HasMessages.ShouldBeFalse();

        Disk.Fault = null;

        AwaitAssert(() =>
        {
            Scheduler.Advance(TimeSpan.FromSeconds(1));
            Monitor.HasMessages.ShouldBeTrue();
        });
        AwaitConnect();
        Health.Checks.Single(check => check.Name == "store").Status.ShouldBe(HealthStatus.Ok);
    }

    [Fact]
    public void A_store_far_in_the_future_is_not_begun_with()
    {
        Disk.LastBeat = Time.GetUtcNow().AddHours(25);
        var stopped = CreateTestProbe();
        Start(Stopping(stopped));

        stopped.ExpectMsg<string>(Soon).ShouldContain("set the clock");
        Monitor.HasMessages.ShouldBeFalse();
    }

    [Fact]
    public void A_store_a_little_in_the_future_is_gone_on_from_and_that_is_said()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(NodeEvent));
        var beat = Time.GetUtcNow().AddHours(1);
        Disk.LastBeat = beat;

        Start();

        FishForMessage<NodeEvent>(told => told.Subject == "clock", Soon).Details.ShouldContain("01:00:00 in the future");
        AwaitConnect().ManagerNow.ShouldBeGreaterThan(beat.AddMilliseconds(-1));
    }

    [Fact]
    public void A_manager_that_is_fenced_says_so_to_its_host()
    {
        Disk.IsNew = false;
        var stopped = CreateTestProbe();
        Start(Stopping(stopped));
        AwaitConnect();

        Monitor.Send(Link, new Refused(RefusalReason.StaleEpoch, new Epoch(12), "newer"));

        stopped.ExpectMsg<string>(Soon).ShouldBe("eu has seen a newer incarnation of this manager (epoch 12, this one is 7)");
    }

    [Fact]
    public void A_manager_with_a_new_store_that_is_fenced_takes_a_newer_epoch_and_connects_again()
    {
        Start();
        AwaitConnect().Epoch.ShouldBe(new Epoch(7));

        Monitor.Send(Link, new Refused(RefusalReason.StaleEpoch, new Epoch(12), "newer"));

        AwaitAssert(() =>
        {
            Scheduler.Advance(TimeSpan.FromMilliseconds(500));
            Monitor.HasMessages.ShouldBeTrue();
        });
        AwaitConnect().Epoch.ShouldBe(new Epoch(13));
    }

    [Fact]
    public void A_lane_that_is_no_longer_configured_ends_and_is_revoked_until_that_is_acknowledged()
    {
        var manager = Start();
        AdmitAndGrant();
        AwaitAssert(() =>
        {
            Scheduler.Advance(TimeSpan.FromMilliseconds(50));
            Disk.Lock(() => Disk.Lanes[Lane].Grant.ShouldNotBeNull());
        });
        StopAndClose(manager);

        Start(Parts(Sample.Job("other", intervalSeconds: 2)));
        Disk.Lock(() => Disk.Lanes[Lane].Grant.ShouldNotBeNull());
        Monitor.FishForMessage<Connect>(_ => true, Soon);
        var link = Monitor.LastSender;
        Monitor.Send(link, Admission(new Epoch(7), Key));
        Await<Revoke>(link).Job.ShouldBe(Lane.Job);
        Await<Revoke>(link).Job.ShouldBe(Lane.Job);
        Monitor.Send(link, new Granted(Key, Lane.Job, 0));

        AwaitAssert(() =>
        {
            Monitor.Send(link, new Heartbeat(Key, 1, 1, 0, 0));
            Scheduler.Advance(TimeSpan.FromMilliseconds(250));
            Disk.Lock(() => (Disk.Lanes[Lane].Grant, Disk.Lanes[Lane].InForce).ShouldBe((null, null)));
        });
    }

    private IActorRef Start(ManagerNodeParts? parts = null) => ManagerNodeHosting.Start(Sys, parts ?? Parts(Sample.Job("shop", intervalSeconds: 2)));

    private ManagerNodeParts Stopping(Akka.TestKit.TestProbe told)
        => Parts(Sample.Job("shop", intervalSeconds: 2)) with { Stop = reason => told.Ref.Tell(reason, ActorRefs.NoSender) };

    private IActorRef AdmitAndGrant()
    {
        var link = Admit();
        var grant = Await<Grant>();
        Monitor.Send(link, new Granted(Key, grant.Terms.Check.Job, grant.Terms.Revision));
        return link;
    }

    private void StopAndClose(IActorRef manager)
    {
        manager.Tell(CloseStore.Instance, TestActor);
        FishForMessage<Done>(_ => true, Soon);
        Watch(manager);
        Sys.Stop(manager);
        FishForMessage<Terminated>(_ => true, Soon);
    }

    private long Difference(IActorRef manager)
    {
        manager.Tell(GetStore.Instance, TestActor);
        var current = FishForMessage<CurrentStore>(_ => true, Soon);
        return current.Store!.LedgerAsync(null, current.Now, CancellationToken.None).GetAwaiter().GetResult().Sum(row => Math.Abs(row.Difference));
    }

    // Time passes while it is waited for: what is awaited comes by a timer.
    private T Await<T>(IActorRef? link = null)
        where T : class
    {
        T? awaited = null;
        AwaitAssert(
            () =>
            {
                while (Monitor.HasMessages)
                {
                    if (Monitor.ReceiveOne(TimeSpan.Zero) is T found)
                    {
                        awaited = found;
                        return;
                    }
                }

                Monitor.Send(link ?? Link, new Heartbeat(Key, 1, 1, 0, 0));
                Scheduler.Advance(TimeSpan.FromMilliseconds(250));
                awaited.ShouldNotBeNull();
            },
            Soon);
        return awaited!;
    }
}
