using ActorMonitor.Messages;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.MonitorNode.Tests.Sessions;

public class AdmissionSpec(ITestOutputHelper output) : MonitorSpec(output, Default with { Token = "sesame", MaxClients = 2 })
{
    [Fact]
    public void A_manager_with_the_token_is_admitted_and_told_who_the_monitor_is()
    {
        var manager = NewManager(epoch: 7, token: "sesame");

        manager.Connect();

        var connected = manager.Admission;
        connected.Monitor.ShouldBe(Id);
        (connected.MonitorName, connected.Location, connected.Domain).ShouldBe(("eu-1", "Frankfurt", "dc-1"));
        (connected.OldestSeq, connected.NewestSeq, connected.Epoch).ShouldBe((0, 0, new Epoch(7)));
        connected.Services.ShouldBe([ScriptedProbe.Service]);
        var status = Clients().ShouldHaveSingleItem();
        (status.Manager, status.Name, status.IsLinked).ShouldBe((manager.Id, "manager", true));
    }

    [Fact]
    public void The_first_heartbeat_follows_the_admission()
    {
        var manager = NewManager(token: "sesame");

        manager.SendConnect();

        var connected = manager.Link.ExpectMsg<Connected>();
        var heartbeat = manager.Link.ExpectMsg<Heartbeat>();
        heartbeat.Key.ShouldBe(connected.Key);
        (heartbeat.Sequence, heartbeat.EchoSentMicroseconds).ShouldBe((1, 0));
        heartbeat.SentMicroseconds.ShouldBeGreaterThan(0);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Sesame")]
    [InlineData("sesame ")]
    public void A_missing_or_wrong_token_is_refused(string token)
    {
        Sys.EventStream.Subscribe(TestActor, typeof(NodeEvent));
        var manager = NewManager(token: token);

        manager.SendConnect();

        manager.Link.ExpectMsg<Refused>().Reason.ShouldBe(RefusalReason.Token);
        Clients().ShouldBeEmpty();
        ExpectMsg<NodeEvent>(told => told.ShouldSatisfyAllConditions(
            () => told.Success.ShouldBeFalse(), () => told.Subject.ShouldBe("client"), () => told.Details.ShouldContain("refused")));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    [InlineData(int.MaxValue)]
    public void Another_protocol_is_refused_before_the_token_is_looked_at(int protocol)
    {
        var manager = NewManager(token: "wrong");

        manager.SendConnect(protocol);

        manager.Link.ExpectMsg<Refused>().Reason.ShouldBe(RefusalReason.Protocol);
    }

    [Fact]
    public void A_stale_epoch_is_refused_with_the_epoch_that_was_seen()
    {
        var id = NodeId.New();
        NewManager(id, epoch: 10, token: "sesame").Connect();
        var stale = NewManager(id, epoch: 9, token: "sesame");

        stale.SendConnect();

        stale.Link.ExpectMsg<Refused>().ShouldBe(new Refused(RefusalReason.StaleEpoch, new Epoch(10), "a newer incarnation of this manager has been seen"));
        Clients().ShouldHaveSingleItem().Epoch.ShouldBe(new Epoch(10));
    }

    [Fact]
    public void The_same_epoch_connects_again_and_gets_another_key()
    {
        var id = NodeId.New();
        var first = NewManager(id, epoch: 10, token: "sesame");
        first.Connect();
        var again = NewManager(id, epoch: 10, token: "sesame");

        again.Connect();

        again.Session.ShouldBe(first.Session);
        again.Admission.Key.ShouldNotBe(first.Admission.Key);
        again.Admission.Outbox.ShouldBe(first.Admission.Outbox);
    }

    [Fact]
    public void One_manager_more_than_allowed_is_refused()
    {
        NewManager(token: "sesame").Connect();
        NewManager(token: "sesame").Connect();
        var third = NewManager(token: "sesame");

        third.SendConnect();

        third.Link.ExpectMsg<Refused>().Reason.ShouldBe(RefusalReason.TooManyClients);
        Clients().Count.ShouldBe(2);
    }

    [Fact]
    public void A_manager_that_is_gone_and_owed_nothing_makes_room_for_another()
    {
        var gone = NewManager(token: "sesame");
        gone.Connect();
        var alive = NewManager(token: "sesame");
        alive.Connect();
        Watch(gone.Session);
        Pass(TimeSpan.FromSeconds(5), alive);

        var third = NewManager(token: "sesame");
        third.Connect();

        ExpectTerminated(gone.Session);
        Clients().Select(client => client.Manager).ShouldBe([alive.Id, third.Id], ignoreOrder: true);
    }

    [Fact]
    public void A_manager_that_is_gone_and_owed_a_result_is_not_forgotten()
    {
        var gone = NewManager(token: "sesame");
        gone.Connect();
        gone.Execute("job");
        NextRun().Up();
        gone.NextResult();
        var alive = NewManager(token: "sesame");
        alive.Connect();
        Pass(TimeSpan.FromSeconds(5), alive);

        var third = NewManager(token: "sesame");
        third.SendConnect();

        third.Link.ExpectMsg<Refused>().Reason.ShouldBe(RefusalReason.TooManyClients);
        var back = NewManager(gone.Id, token: "sesame");
        back.Connect();
        back.NextResult().Result.Job.Name.ShouldBe("job");
    }
}
