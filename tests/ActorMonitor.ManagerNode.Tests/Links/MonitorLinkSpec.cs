using ActorMonitor.ManagerNode.Links;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using Akka.Actor;
using Akka.Pattern;
using Akka.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.ManagerNode.Tests.Links;

public class MonitorLinkSpec : RemoteSpec
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private readonly NodeId _id = NodeId.New();
    private readonly TestProbe _jobs;
    private readonly TestProbe _results;
    private readonly TestProbe _supervisor;
    private readonly TestProbe _console;
    private readonly IActorRef _links;

    public MonitorLinkSpec(ITestOutputHelper output)
        : base(output)
    {
        _jobs = CreateTestProbe();
        _results = CreateTestProbe();
        _supervisor = CreateTestProbe();
        _console = CreateTestProbe();
        Sys.EventStream.Subscribe(_console.Ref, typeof(NodeEvent));
        var world = new LinkWorld(_id, "hq", new CurrentEpoch(new Epoch(7)), new SlotClock(Time), _jobs.Ref, _results.Ref, _supervisor.Ref, Time, NullLogger.Instance);
        Monitor.IgnoreMessages(message => message is Credit);
        _links = Sys.ActorOf(LinksActor.Props([Address], world), "links");
    }

    [Fact]
    public void It_connects_when_it_starts_and_tells_the_jobs_when_it_is_admitted()
    {
        var connect = AwaitConnect();
        (connect.Protocol, connect.Manager, connect.ManagerName, connect.Epoch, connect.Token).ShouldBe((Connect.CurrentProtocol, _id, "hq", new Epoch(7), "sesame"));
        (connect.ManagerNow - Time.GetUtcNow()).Duration().ShouldBeLessThan(TimeSpan.FromMilliseconds(1));
        var link = Link;

        Monitor.Send(link, Admission(connect.Epoch));

        _jobs.ExpectMsg<MonitorUp>(Soon).Monitor.ShouldBe("eu");
        Told().ShouldBe((true, $"connected to eu at {Address.HostAndPort}"));
        var status = Status();
        (status.IsUp, status.Location, status.Domain, status.LastFailure).ShouldBe((true, "Frankfurt", "dc-1", null));
    }

    [Fact]
    public void Heartbeats_go_every_second_and_echo_the_monitor_s()
    {
        var link = Linked();

        Monitor.Send(link, new Heartbeat(Key, 1, SentMicroseconds: 5_000, EchoSentMicroseconds: 0, HeldMicroseconds: 0, Queued: 3, InFlight: 4));
        Settle();
        Scheduler.Advance(Second);

        Monitor.ExpectMsg<Heartbeat>(Soon).ShouldSatisfyAllConditions(
            heartbeat => heartbeat.Key.ShouldBe(Key),
            heartbeat => heartbeat.Sequence.ShouldBe(2),
            heartbeat => heartbeat.EchoSentMicroseconds.ShouldBe(5_000),
            heartbeat => heartbeat.HeldMicroseconds.ShouldBe(1_000_000));
        Settle();
        var status = Status();
        (status.Queued, status.InFlight).ShouldBe((3, 4));
    }

    [Fact]
    public void The_round_trip_is_told_without_what_the_monitor_held()
    {
        var link = Linked(out var first);

        Scheduler.Advance(TimeSpan.FromMilliseconds(340));
        Monitor.Send(link, new Heartbeat(Key, 1, 1, EchoSentMicroseconds: first.SentMicroseconds, HeldMicroseconds: 300_000));
        Settle();
        Scheduler.Advance(TimeSpan.FromMilliseconds(660));
        Monitor.ExpectMsg<Heartbeat>(Soon);
        Settle();

        Status().RoundTrip.ShouldBe(TimeSpan.FromMilliseconds(40));
    }

    [Fact]
    public void Without_an_answer_it_tries_again_with_a_growing_back_off_and_says_so_once()
    {
        foreach (var backoff in new[] { 0.5, 1, 2, 4, 4, 4 })
        {
            AwaitConnect();
            Settle();
            Scheduler.Advance(TimeSpan.FromSeconds(3));
            AwaitBackoff();
            Scheduler.Advance(TimeSpan.FromSeconds(backoff - 0.01));
            Child().ShouldBeNull();
            Scheduler.Advance(TimeSpan.FromSeconds((backoff * 0.2) + 0.01));
        }

        AwaitConnect();
        Told().ShouldBe((false, $"cannot connect to eu at {Address.HostAndPort}: no answer to Connect (is it running, and does it call itself {Address.HostAndPort} by akka.remote.dot-netty.tcp.hostname or public-hostname?); trying on"));
        _console.HasMessages.ShouldBeFalse();
        _jobs.HasMessages.ShouldBeFalse();
        Status().LastFailure.ShouldBe("no answer to Connect");
    }

    [Fact]
    public void Just_within_three_seconds_an_admission_is_in_time()
    {
        var connect = AwaitConnect();
        Settle();
        Scheduler.Advance(TimeSpan.FromSeconds(2.9));

        Monitor.Send(Link, Admission(connect.Epoch));

        _jobs.ExpectMsg<MonitorUp>(Soon);
        Monitor.ExpectMsg<Heartbeat>(Soon);
        Settle();
        Scheduler.Advance(Second);
        Monitor.ExpectMsg<Heartbeat>(Soon);
    }

    [Fact]
    public void Silence_takes_the_link_down_once_and_a_reconnect_brings_it_up_again()
    {
        Linked();
        Told().ShouldBe((true, $"connected to eu at {Address.HostAndPort}"));

        GoSilent();

        _jobs.ExpectMsg<MonitorDown>(Soon).Monitor.ShouldBe("eu");
        Told().ShouldBe((false, $"lost connection to eu at {Address.HostAndPort}, reconnecting"));
        AwaitBackoff();
        Scheduler.Advance(TimeSpan.FromSeconds(0.6));
        var again = Admit(SessionKey.New());
        _jobs.ExpectMsg<MonitorUp>(Soon).Link.Path.ToStringWithoutAddress().ShouldBe(again.Path.ToStringWithoutAddress());
        Told().ShouldBe((true, $"connected to eu at {Address.HostAndPort}"));
        _jobs.HasMessages.ShouldBeFalse();
    }

    [Fact]
    public void After_a_connection_the_back_off_begins_small_again()
    {
        foreach (var backoff in new[] { 0.5, 1, 2 })
        {
            AwaitConnect();
            Settle();
            Scheduler.Advance(TimeSpan.FromSeconds(3));
            AwaitBackoff();
            Scheduler.Advance(TimeSpan.FromSeconds(backoff * 1.2));
        }

        Linked();
        GoSilent();
        AwaitBackoff();
        Scheduler.Advance(TimeSpan.FromSeconds(0.6));

        AwaitConnect();
    }

    [Fact]
    public void Heartbeats_of_the_monitor_keep_the_link()
    {
        var link = Linked();

        for (var i = 1; i <= 30; i++)
        {
            Monitor.Send(link, new Heartbeat(Key, i, i, 0, 0));
            Settle();
            Scheduler.Advance(Second);
            Monitor.ExpectMsg<Heartbeat>(Soon);
        }

        Status().IsUp.ShouldBeTrue();
        _jobs.HasMessages.ShouldBeFalse();
    }

    [Fact]
    public void Messages_with_a_wrong_key_are_dropped_and_do_not_keep_the_link()
    {
        var link = Linked();
        var wrong = SessionKey.New();

        Monitor.Send(link, new Completed(wrong, Outbox, 1, new Epoch(7), 1, Sample.Result("job", new Slot(1))));
        Monitor.Send(link, new Completed(Key, Outbox, 2, new Epoch(7), 1, Sample.Result("job", new Slot(2))));
        _results.ExpectMsg<ResultArrived>(Soon).Seq.ShouldBe(2);

        for (var i = 1; i <= 3; i++)
        {
            Monitor.Send(link, new Heartbeat(wrong, i, i, 0, 0));
            Settle();
            Scheduler.Advance(Second);
            Monitor.ExpectMsg<Heartbeat>(Soon);
        }

        Settle();
        Scheduler.Advance(Second);
        _jobs.ExpectMsg<MonitorDown>(Soon);
    }

    [Fact]
    public void A_stale_epoch_fences_this_manager()
    {
        AwaitConnect();

        Monitor.Send(Link, new Refused(RefusalReason.StaleEpoch, new Epoch(12), "newer"));

        _supervisor.ExpectMsg<Fenced>(Soon).ShouldBe(new Fenced("eu", new Epoch(12), WasAdmitted: false));
    }

    [Fact]
    public void A_stale_epoch_fences_this_manager_also_when_it_is_linked()
    {
        var link = Linked();

        Monitor.Send(link, new Refused(RefusalReason.StaleEpoch, new Epoch(12), "newer"));

        _supervisor.ExpectMsg<Fenced>(Soon).Seen.ShouldBe(new Epoch(12));
        _jobs.ExpectMsg<MonitorDown>(Soon);
    }

    [Fact]
    public void Another_refusal_is_told_once_and_tried_again()
    {
        for (var i = 0; i < 3; i++)
        {
            AwaitConnect();
            Monitor.Send(Link, new Refused(RefusalReason.Token, default, "the token is missing or wrong"));
            AwaitBackoff();
            Scheduler.Advance(TimeSpan.FromSeconds(12));
        }

        AwaitConnect();
        Told().ShouldBe((false, $"cannot connect to eu at {Address.HostAndPort}: refused: the token is missing or wrong; trying on"));
        _console.HasMessages.ShouldBeFalse();
        _supervisor.HasMessages.ShouldBeFalse();
    }

    [Fact]
    public void A_slot_goes_out_with_key_and_epoch_and_its_result_comes_back_and_is_acknowledged()
    {
        var link = Linked();
        var local = _jobs.LastMessage.ShouldBeOfType<MonitorUp>().Link;
        var job = Sample.Job("shop");

        local.Tell(new Dispatch(new Slot(1_000), job.Revision, job.Check));
        var execute = Monitor.ExpectMsg<Execute>(Soon);
        (execute.Key, execute.Epoch, execute.Slot, execute.Revision, execute.Check).ShouldBe((Key, new Epoch(7), new Slot(1_000), job.Revision, job.Check));

        Monitor.Send(link, new Completed(Key, Outbox, 41, new Epoch(6), 1, Sample.Result("shop", new Slot(1_000))));
        var arrived = _results.ExpectMsg<ResultArrived>(Soon);
        (arrived.Monitor, arrived.Outbox, arrived.Seq, arrived.Result.Job.Name).ShouldBe(("eu", Outbox, 41, "shop"));

        _results.Reply(new Kept(Outbox, [new SeqRange(41, 41), new SeqRange(43, 50)]));
        var acknowledge = Monitor.ExpectMsg<Acknowledge>(Soon);
        (acknowledge.Key, acknowledge.Outbox).ShouldBe((Key, Outbox));
        acknowledge.Ranges.ShouldBe([new SeqRange(41, 41), new SeqRange(43, 50)]);
    }

    [Fact]
    public void An_admission_of_another_epoch_is_not_for_this_connection()
    {
        var connect = AwaitConnect();
        var link = Link;

        Monitor.Send(link, Admission(new Epoch(6), SessionKey.New()));
        Monitor.Send(link, Admission(connect.Epoch));

        Monitor.ExpectMsg<Heartbeat>(Soon).Key.ShouldBe(Key);
    }

    [Fact]
    public void An_admission_from_a_stranger_is_not_believed()
    {
        var connect = AwaitConnect();
        var link = Link;
        var stranger = CreateTestProbe();

        stranger.Send(Child()!, Admission(connect.Epoch, SessionKey.New()));
        stranger.Send(Child()!, new Refused(RefusalReason.StaleEpoch, new Epoch(99), "leave"));
        Monitor.Send(link, Admission(connect.Epoch));

        Monitor.ExpectMsg<Heartbeat>(Soon).Key.ShouldBe(Key);
        stranger.HasMessages.ShouldBeFalse();
        _supervisor.HasMessages.ShouldBeFalse();
    }

    private IActorRef Linked() => Linked(out _);

    private IActorRef Linked(out Heartbeat first)
    {
        var link = Admit();
        _jobs.ExpectMsg<MonitorUp>(Soon);
        first = Monitor.ExpectMsg<Heartbeat>(Soon);
        return link;
    }

    // Three heartbeats go unanswered; at the fourth the silence has lasted too long.
    private void GoSilent()
    {
        for (var i = 0; i < 3; i++)
        {
            Settle();
            Scheduler.Advance(Second);
            Monitor.ExpectMsg<Heartbeat>(Soon);
        }

        Settle();
        Scheduler.Advance(Second);
    }


    private IActorRef? Child()
    {
        Sys.ActorSelection("/user/links/eu").Tell(BackoffSupervisor.GetCurrentChild.Instance, TestActor);
        var child = ExpectMsg<BackoffSupervisor.CurrentChild>().Ref;
        return child.IsNobody() ? null : child;
    }

    private void AwaitBackoff() => AwaitAssert(() => Child().ShouldBeNull());

    private (bool Success, string Details) Told()
    {
        var told = _console.ExpectMsg<NodeEvent>();
        told.Subject.ShouldBe("client");
        return (told.Success, told.Details);
    }

    private LinkStatus Status()
    {
        _links.Tell(LinksActor.GetLinks.Instance);
        return ExpectMsg<LinksActor.Links>().Statuses.ShouldHaveSingleItem();
    }
}
