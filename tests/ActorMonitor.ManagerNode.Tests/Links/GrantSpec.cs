using System.Collections.Immutable;
using ActorMonitor.ManagerNode.Links;
using ActorMonitor.ManagerNode.Results;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using ActorMonitor.Storage;
using Akka.Actor;
using Akka.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.ManagerNode.Tests.Links;

/// <summary>What a link tells its monitor beside the slots: how much may be on the way, and what it may run by itself.</summary>
public class GrantSpec : RemoteSpec
{
    private static readonly TimeSpan Autonomy = TimeSpan.FromSeconds(20);

    private readonly TestProbe _jobs;
    private readonly TestProbe _results;
    private readonly IActorRef _links;

    public GrantSpec(ITestOutputHelper output)
        : base(output)
    {
        _jobs = CreateTestProbe();
        _results = CreateTestProbe();
        var world = new LinkWorld(
            NodeId.New(), "hq", new CurrentEpoch(new Epoch(7)), new SlotClock(Time), _jobs.Ref, _results.Ref, CreateTestProbe().Ref, Time, NullLogger.Instance)
        {
            Autonomy = Autonomy,
            Credit = 4_096,
            Grants = ImmutableDictionary<string, GrantBook>.Empty.Add("eu", new GrantBook([new JobId("shop")], [new JobId("gone")])),
        };
        _links = Sys.ActorOf(LinksActor.Props([Address], world), "links");
    }

    [Fact]
    public void Credit_is_given_at_once_and_said_again_now_and_then()
    {
        _ = Admit();

        Monitor.ExpectMsg<Credit>(Soon).Bytes.ShouldBe(4_096);
        Monitor.ExpectMsg<Heartbeat>(Soon).Autonomy.ShouldBe(Autonomy);
        var again = 0;
        for (var second = 0; second < 10; second++)
        {
            Beat();
            while (Monitor.HasMessages)
                again += Monitor.ReceiveOne(Soon) is Credit { Bytes: 4_096 } ? 1 : 0;
        }

        again.ShouldBe(2);
    }

    [Fact]
    public void A_job_that_is_offered_is_granted_until_the_monitor_has_it_on_its_disk_and_that_is_stored_and_told()
    {
        Monitor.IgnoreMessages(message => message is Credit or Heartbeat or Revoke);
        var (link, local) = Linked();
        var job = Sample.Job("shop");

        local.Tell(new Offer(job.Revision, job.Check, 1_234, new Slot(99)));
        var grant = Monitor.ExpectMsg<Grant>(Soon);
        (grant.Key, grant.Epoch).ShouldBe((Key, new Epoch(7)));
        (grant.Terms.Revision, grant.Terms.Check, grant.Terms.PhaseMilliseconds, grant.Terms.NotBefore).ShouldBe((job.Revision, job.Check, 1_234, new Slot(99)));
        (grant.Terms.ValidUntil - Time.GetUtcNow() - Autonomy).Duration().ShouldBeLessThan(TimeSpan.FromSeconds(1));

        // Not acknowledged: the definition goes with each slot, and the grant again.
        local.Tell(new Dispatch(new Slot(1_000), job.Revision, job.Check));
        Monitor.ExpectMsg<Execute>(Soon).Check.ShouldBe(job.Check);
        for (var second = 0; second < 5; second++)
            Beat();
        Monitor.ExpectMsg<Grant>(Soon).Terms.Revision.ShouldBe(job.Revision);

        Monitor.Send(link, new Granted(Key, job.Job, job.Revision));
        var stored = _results.ExpectMsg<Decision>(Soon).Write.ShouldBeOfType<SetGrant>();
        (stored.Lane, stored.Grant!.Value.Revision).ShouldBe((new LaneKey(job.Job, "eu"), job.Revision));
        var told = _jobs.ExpectMsg<LaneGranted>(Soon);
        (told.Monitor, told.Job, told.IsGranted).ShouldBe(("eu", job.Job, true));
        local.Tell(new Dispatch(new Slot(2_000), job.Revision, job.Check));
        Monitor.ExpectMsg<Execute>(Soon).ShouldSatisfyAllConditions(execute => execute.Check.ShouldBeNull(), execute => execute.Revision.ShouldBe(job.Revision));
        Beat();
        _links.Tell(LinksActor.GetLinks.Instance);
        ExpectMsg<LinksActor.Links>().Statuses.ShouldHaveSingleItem().Granted.ShouldBe(1);
    }

    [Fact]
    public void A_monitor_that_does_not_hold_what_it_is_asked_for_is_granted_again_and_asked_with_the_definition()
    {
        Monitor.IgnoreMessages(message => message is Credit or Heartbeat or Revoke);
        var (link, local) = Linked();
        var job = Sample.Job("shop");
        local.Tell(new Offer(job.Revision, job.Check, 0, new Slot(1)));
        Monitor.ExpectMsg<Grant>(Soon);
        Monitor.Send(link, new Granted(Key, job.Job, job.Revision));
        _jobs.ExpectMsg<LaneGranted>(Soon).IsGranted.ShouldBeTrue();

        Monitor.Send(link, new Granted(Key, job.Job, 0));

        Monitor.ExpectMsg<Grant>(Soon).Terms.Revision.ShouldBe(job.Revision);
        _jobs.ExpectMsg<LaneGranted>(Soon).IsGranted.ShouldBeFalse();
        local.Tell(new Dispatch(new Slot(2_000), job.Revision, job.Check));
        Monitor.ExpectMsg<Execute>(Soon).Check.ShouldBe(job.Check);
    }

    [Fact]
    public void A_job_that_is_no_longer_configured_is_revoked_until_that_is_acknowledged()
    {
        Monitor.IgnoreMessages(message => message is Credit or Heartbeat);
        var (link, _) = Linked();

        Monitor.ExpectMsg<Revoke>(Soon).Job.Name.ShouldBe("gone");
        for (var second = 0; second < 5; second++)
            Beat();
        Monitor.ExpectMsg<Revoke>(Soon).Job.Name.ShouldBe("gone");

        Monitor.Send(link, new Granted(Key, new JobId("gone"), 0));
        _results.ExpectMsg<Decision>(Soon).Write.ShouldBe(new SetGrant(new LaneKey(new JobId("gone"), "eu"), null));
    }

    [Fact]
    public void A_result_of_a_job_that_the_monitor_runs_unasked_is_taken_and_the_job_revoked()
    {
        Monitor.IgnoreMessages(message => message is Credit or Heartbeat or Revoke { Job.Name: "gone" });
        var (link, _) = Linked();

        Monitor.Send(link, new Completed(Key, Outbox, 3, new Epoch(5), 1, Sample.Result("stranger", new Slot(1_000)) with { Trigger = Trigger.Grant }));

        Monitor.ExpectMsg<Revoke>(Soon).Job.Name.ShouldBe("stranger");
        _results.ExpectMsg<ResultArrived>(Soon).Seq.ShouldBe(3);
    }

    [Fact]
    public void What_a_monitor_had_to_give_up_is_handed_on()
    {
        var (link, _) = Linked();

        Monitor.Send(link, new Dropped(Key, Outbox, 12, new JobId("shop"), new Slot(1_000), new Slot(9_000), 5));

        _results.ExpectMsg<DroppedArrived>(Soon).ShouldBe(new DroppedArrived("eu", Outbox, 12, new JobId("shop"), new Slot(1_000), new Slot(9_000), 5));
    }

    [Fact]
    public void What_is_granted_is_stored_anew_before_the_half_of_it_has_passed()
    {
        Monitor.IgnoreMessages(message => message is Credit or Heartbeat or Revoke);
        var (link, local) = Linked();
        var job = Sample.Job("shop");
        local.Tell(new Offer(job.Revision, job.Check, 0, new Slot(1)));
        Monitor.ExpectMsg<Grant>(Soon);
        Monitor.Send(link, new Granted(Key, job.Job, job.Revision));
        var first = _results.ExpectMsg<Decision>(Soon).Write.ShouldBeOfType<SetGrant>().Grant!.Value.ValidUntil;
        for (var second = 0; second < 9; second++)
            Beat();
        _results.HasMessages.ShouldBeFalse();

        Beat();

        var renewed = _results.ExpectMsg<Decision>(Soon).Write.ShouldBeOfType<SetGrant>().Grant!.Value;
        renewed.Revision.ShouldBe(job.Revision);
        (renewed.ValidUntil - first).ShouldBeInRange(TimeSpan.FromSeconds(9), TimeSpan.FromSeconds(11));
    }

    private (IActorRef Remote, IActorRef Local) Linked()
    {
        var remote = Admit();
        return (remote, _jobs.ExpectMsg<MonitorUp>(Soon).Link);
    }

    // A second in which the monitor is alive.
    private void Beat()
    {
        Monitor.Send(Link, new Heartbeat(Key, 1, 1, 0, 0));
        SettleApart();
        Scheduler.Advance(TimeSpan.FromSeconds(1));
        SettleApart();
    }
}
