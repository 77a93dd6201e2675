using ActorMonitor.Messages;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.MonitorNode.Tests.Sessions;

public class LinkSpec(ITestOutputHelper output) : MonitorSpec(output)
{
    [Fact]
    public void A_manager_that_comes_back_finds_what_waited_what_ran_and_what_it_has_not_acknowledged()
    {
        var manager = Connected(epoch: 1);
        var kept = manager.Execute("kept");
        NextRun().Up();
        manager.NextResult();
        var running = Enumerable.Range(0, 4).Select(i =>
        {
            manager.Execute($"running {i}", timeoutSeconds: 60);
            return NextRun();
        }).ToList();
        manager.Execute("waiting", intervalSeconds: 3_600);
        Settle();

        var back = Connected(manager.Id, epoch: 2);

        (back.Admission.Outbox, back.Admission.OldestSeq, back.Admission.NewestSeq).ShouldBe((manager.Admission.Outbox, 1, 1));
        var again = back.NextResult();
        (again.Key, again.Seq, again.Epoch, again.Result.Slot).ShouldBe((back.Admission.Key, 1, new Epoch(1), kept));
        (back.Status().Queued, back.Status().InFlight, back.Status().Unacknowledged).ShouldBe((1, 4, 1));

        running[0].Up();
        var completed = back.NextResult();
        (completed.Key, completed.Seq, completed.Result.Job.Name, completed.Epoch).ShouldBe((back.Admission.Key, 2, "running 0", new Epoch(1)));
        NextRun().Job.ShouldBe("waiting");
    }

    [Fact]
    public void After_a_reconnect_new_results_go_before_the_backlog()
    {
        var manager = Connected();
        for (var i = 0; i < 3; i++)
        {
            manager.Execute($"job {i}");
            NextRun().Up();
            manager.NextResult();
        }

        manager.Acknowledge(2, 2);
        Settle();

        var back = Connected(manager.Id);
        new[] { back.NextResult(), back.NextResult() }.Select(completed => completed.Seq).ShouldBe([1, 3]);
        back.Execute("new");
        NextRun().Up();
        back.NextResult().Seq.ShouldBe(4);
    }

    [Fact]
    public void The_old_end_of_a_link_hears_no_more()
    {
        var manager = Connected();
        var back = Connected(manager.Id);
        back.Execute("job");
        NextRun().Up();

        back.NextResult();

        manager.Link.HasMessages.ShouldBeFalse();
    }

    [Fact]
    public void A_message_with_a_wrong_key_is_counted_and_does_nothing()
    {
        var manager = Connected();
        manager.Execute("kept");
        NextRun().Up();
        manager.NextResult();

        manager.Execute("job", key: SessionKey.New());
        manager.SendHeartbeat(key: SessionKey.New());
        manager.Link.Send(manager.Session, new Acknowledge(SessionKey.New(), manager.Admission.Outbox, [new SeqRange(1, 1)]));
        manager.Link.Send(manager.Session, new Acknowledge(default, manager.Admission.Outbox, [new SeqRange(1, 1)]));

        var status = manager.Status();
        (status.WrongKey, status.Unacknowledged, status.InFlight, status.Queued).ShouldBe((4, 1, 0, 0));
        manager.Execute("sentinel");
        NextRun().Job.ShouldBe("sentinel");
    }

    [Fact]
    public void The_key_of_an_earlier_connection_is_wrong_too()
    {
        var manager = Connected();
        _ = Connected(manager.Id);

        manager.Execute("job");

        manager.Status().WrongKey.ShouldBe(1);
        manager.Status().InFlight.ShouldBe(0);
    }

    [Fact]
    public void Messages_with_a_wrong_key_do_not_keep_a_link_alive()
    {
        var manager = Connected();

        for (var second = 0; second < 5; second++)
        {
            manager.SendHeartbeat(key: SessionKey.New());
            Pass(TimeSpan.FromSeconds(1));
        }

        manager.Status().IsLinked.ShouldBeFalse();
    }

    [Fact]
    public void Three_seconds_of_silence_cut_the_link_off_once_and_the_work_goes_on()
    {
        var manager = Connected(name: "hq");
        manager.Execute("job", timeoutSeconds: 60);
        var run = NextRun();
        Sys.EventStream.Subscribe(TestActor, typeof(NodeEvent));

        Pass(TimeSpan.FromSeconds(3));
        manager.Status().IsLinked.ShouldBeTrue();
        Pass(TimeSpan.FromSeconds(1));
        manager.Status().IsLinked.ShouldBeFalse();
        Pass(TimeSpan.FromSeconds(10));

        ExpectMsg<NodeEvent>().ShouldSatisfyAllConditions(
            told => told.Success.ShouldBeFalse(), told => told.Subject.ShouldBe("client"), told => told.Details.ShouldStartWith("lost hq at "));
        run.Up();
        AwaitAssert(() => manager.Status().Unacknowledged.ShouldBe(1));

        var back = Connected(manager.Id);
        back.NextResult().Result.Outcome.ShouldBe(Outcome.Up);
        ExpectMsg<NodeEvent>().ShouldSatisfyAllConditions(told => told.Success.ShouldBeTrue(), told => told.Details.ShouldStartWith("manager connected from "));
    }

    [Fact]
    public void A_manager_that_sends_heartbeats_stays_linked()
    {
        var manager = Connected();

        Pass(TimeSpan.FromSeconds(60), manager);

        manager.Status().IsLinked.ShouldBeTrue();
    }

    [Fact]
    public void A_result_is_sent_again_every_thirty_seconds_until_it_is_acknowledged()
    {
        var manager = Connected();
        manager.Execute("job");
        NextRun().Up();
        var first = manager.NextResult();

        Pass(TimeSpan.FromSeconds(29), manager);
        manager.Link.HasMessages.ShouldBeFalse();
        Pass(TimeSpan.FromSeconds(2), manager);
        manager.NextResult().ShouldBe(first);
        Pass(TimeSpan.FromSeconds(31), manager);
        manager.NextResult().ShouldBe(first);

        manager.Acknowledge(1, 1);
        Pass(TimeSpan.FromSeconds(62), manager);
        manager.Link.HasMessages.ShouldBeFalse();
        manager.Status().Unacknowledged.ShouldBe(0);
    }

    [Fact]
    public void An_acknowledgement_of_another_outbox_forgets_nothing()
    {
        var manager = Connected();
        manager.Execute("job");
        NextRun().Up();
        manager.NextResult();

        manager.Link.Send(manager.Session, new Acknowledge(manager.Admission.Key, OutboxId.New(), [new SeqRange(1, long.MaxValue)]));

        manager.Status().Unacknowledged.ShouldBe(1);
    }

    [Fact]
    public void A_heartbeat_comes_every_second_and_echoes_the_manager_s()
    {
        var manager = Connected();
        manager.Execute("job", timeoutSeconds: 60);
        NextRun();

        manager.NextHeartbeat().ShouldSatisfyAllConditions(
            heartbeat => heartbeat.Key.ShouldBe(manager.Admission.Key),
            heartbeat => heartbeat.Sequence.ShouldBe(2),
            heartbeat => heartbeat.EchoSentMicroseconds.ShouldBe(0),
            heartbeat => heartbeat.HeldMicroseconds.ShouldBe(0),
            heartbeat => heartbeat.InFlight.ShouldBe(1),
            heartbeat => heartbeat.Queued.ShouldBe(0));

        manager.SendHeartbeat();
        Settle();
        var sent = (Time.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;
        manager.NextHeartbeat().ShouldSatisfyAllConditions(
            heartbeat => heartbeat.Sequence.ShouldBe(3),
            heartbeat => heartbeat.EchoSentMicroseconds.ShouldBe(sent),
            heartbeat => heartbeat.HeldMicroseconds.ShouldBe(1_000_000));
    }

    [Fact]
    public void The_heartbeats_tell_the_manager_s_clock_with_an_error_of_half_the_round_trip()
    {
        var manager = Connected();
        manager.Status().ClockError.ShouldBe(TimeSpan.FromSeconds(1));
        var heartbeat = manager.NextHeartbeat();

        // 400 ms after it was sent an answer comes that the manager had held for 300 ms.
        Scheduler.Advance(TimeSpan.FromMilliseconds(400));
        manager.SendHeartbeat(echo: heartbeat.SentMicroseconds, held: 300_000);

        manager.Status().ClockError.ShouldBe(TimeSpan.FromMilliseconds(50));
        manager.Execute("job");
        NextRun().Up();
        manager.NextResult().Result.ClockError.ShouldBe(TimeSpan.FromMilliseconds(50));
    }

    [Theory]
    [InlineData(long.MaxValue, 0)]
    [InlineData(1, long.MaxValue)]
    public void A_heartbeat_that_cannot_be_true_leaves_the_clock_as_it_was(long echo, long held)
    {
        var manager = Connected();
        Pass(TimeSpan.FromSeconds(1), manager);

        manager.SendHeartbeat(echo, held);

        manager.Status().ClockError.ShouldBe(TimeSpan.FromSeconds(1));
        manager.Execute("job");
        NextRun().Up();
        manager.NextResult().Result.Outcome.ShouldBe(Outcome.Up);
    }

    [Fact]
    public void A_session_that_is_restarted_by_an_exception_forgets_nothing()
    {
        var manager = Connected();
        manager.Execute("kept");
        NextRun().Up();
        manager.NextResult();
        var running = Enumerable.Range(0, 4).Select(i =>
        {
            manager.Execute($"running {i}", timeoutSeconds: 60);
            return NextRun();
        }).ToList();
        manager.Execute("waiting");

        // No date is that far away; from the wire it would have been refused.
        EventFilter.Exception<ArgumentOutOfRangeException>().ExpectOne(() => manager.Execute("bad", new Slot(long.MaxValue)));

        var status = manager.Status();
        (status.IsLinked, status.Queued, status.InFlight, status.Unacknowledged, status.WrongKey).ShouldBe((true, 1, 4, 1, 0));
        manager.NextHeartbeat().InFlight.ShouldBe(4);
        running[0].Up();
        manager.NextResult().Result.Job.Name.ShouldBe("running 0");
        NextRun().Job.ShouldBe("waiting");
        manager.Acknowledge(1, 2);
        manager.Status().Unacknowledged.ShouldBe(0);
    }

    [Fact]
    public void The_start_of_a_check_is_told_on_the_manager_s_clock()
    {
        // The manager's clock is an hour ahead of the monitor's.
        var ahead = Time.GetUtcNow().AddHours(1);
        var link = CreateTestProbe();
        link.Send(Monitor, new Connect(Connect.CurrentProtocol, NodeId.New(), "ahead", new Epoch(1), "", ahead));
        var key = link.ExpectMsg<Connected>().Key;
        var session = link.Sender;
        link.ExpectMsg<Heartbeat>();

        link.Send(session, new Credit(key, 1 << 20));
        link.Send(session, new Execute(key, new Epoch(1), new JobId("job"), new Slot(ahead.ToUnixTimeMilliseconds()), 1, new CheckDefinition(
            new JobId("job"), ScriptedProbe.Service, "h", 1, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(1), SettingMap.Empty, SettingMap.Empty)));
        NextRun().Up();

        (link.ExpectMsg<Completed>().Result.Started - ahead).Duration().ShouldBeLessThan(TimeSpan.FromMilliseconds(1));
    }
}
