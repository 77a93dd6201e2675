using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Sessions;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.MonitorNode.Tests.Sessions;

public class OneShotSpec(ITestOutputHelper output) : MonitorSpec(output)
{
    [Fact]
    public void A_one_shot_check_is_run_at_once_and_told_with_its_evidence()
    {
        var manager = Connected();
        manager.Admission.OneShots.ShouldBe(OneShots.MostAtOnce);

        Ask(manager, 7);
        var run = NextRun();
        manager.Link.ExpectMsg<OnceStarted>().ShouldBe(new OnceStarted(manager.Admission.Key, 7));
        run.Up();

        var ended = manager.Link.ExpectMsg<OnceEnded>();
        (ended.Key, ended.Id).ShouldBe((manager.Admission.Key, 7));
        (ended.Result.Job.Name, ended.Result.Outcome, ended.Result.Message).ShouldBe(("one-shot check", Outcome.Up, "7 ms"));
        ended.Result.Attempts.ShouldHaveSingleItem();
        run.Request.Timeout.ShouldBe(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void Nothing_of_it_is_written_down_counted_or_delivered_later()
    {
        var manager = Connected();
        Ask(manager, 1);
        NextRun().Up();
        manager.Link.ExpectMsg<OnceStarted>();
        manager.Link.ExpectMsg<OnceEnded>();

        var status = manager.Status();
        (status.Completed, status.Unacknowledged, status.OneShots, Occupancy().InUse).ShouldBe((0, 0, 0, 0));
        var found = Reopened(manager.Id);
        found.Accepted.ShouldBeEmpty();
        found.Unfinished.ShouldBeEmpty();
    }

    [Fact]
    public void It_is_no_slot_of_a_job_of_its_name()
    {
        var manager = Connected();
        manager.Execute("shop");
        var slot = NextRun();

        Ask(manager, 1, "shop");
        NextRun().Up();
        manager.Link.ExpectMsg<OnceStarted>();
        manager.Link.ExpectMsg<OnceEnded>();
        slot.Up();

        manager.NextResult().Result.Outcome.ShouldBe(Outcome.Up);
    }

    [Fact]
    public void It_takes_the_next_free_place_before_the_slots_that_wait()
    {
        var manager = Connected();
        var running = Fill(manager);
        manager.Execute("waiting");
        Ask(manager, 1);
        manager.Status().OneShots.ShouldBe(1);

        running.Up();

        NextRun().Job.ShouldBe("one-shot check");
        (manager.Status().Queued, Occupancy().Waiting).ShouldBe((1, 1));
    }

    [Fact]
    public void More_than_there_may_be_are_refused_at_once()
    {
        var manager = Connected();
        for (var id = 1; id <= OneShots.MostAtOnce; id++)
            Ask(manager, id);
        Ask(manager, 99);

        var refused = manager.Link.FishForMessage<OnceEnded>(_ => true);
        (refused.Id, refused.Result.Outcome, refused.Result.Cause).ShouldBe((99, Outcome.Skipped, Cause.Overload));
        manager.Status().OneShots.ShouldBe(OneShots.MostAtOnce);
    }

    [Fact]
    public void One_that_finds_no_place_in_time_is_told_so()
    {
        var manager = Connected();
        Fill(manager, timeoutSeconds: 120);
        Ask(manager, 1);

        Pass(TimeSpan.FromSeconds(31), manager);

        var ended = manager.Link.ExpectMsg<OnceEnded>();
        (ended.Result.Cause, ended.Result.Message).ShouldBe((Cause.Expired, "it found no free place within 30 s"));
        (manager.Status().OneShots, Occupancy().Waiting).ShouldBe((0, 0));
    }

    [Fact]
    public void A_probe_that_does_not_answer_is_given_up_like_a_slot_s()
    {
        var manager = Connected();
        Ask(manager, 1);
        NextRun();
        manager.Link.ExpectMsg<OnceStarted>();

        Pass(TimeSpan.FromSeconds(4.5), manager);

        manager.Link.ExpectMsg<OnceEnded>().Result.Cause.ShouldBe(Cause.ProbeLost);
        Occupancy().InUse.ShouldBe(0);
    }

    [Fact]
    public void One_that_nobody_waits_for_any_more_is_ended_and_gives_its_place_back()
    {
        var manager = Connected();
        Ask(manager, 1);
        var run = NextRun();
        manager.Link.ExpectMsg<OnceStarted>();

        manager.Link.Send(manager.Session, new Cancel(manager.Admission.Key, 1));

        AwaitAssert(() => run.CancellationToken.IsCancellationRequested.ShouldBeTrue());
        run.Throw(new OperationCanceledException(run.CancellationToken));
        AwaitAssert(() => (manager.Status().OneShots, Occupancy().InUse).ShouldBe((0, 0)));
        Ask(manager, 2);
        NextRun();
        manager.Link.ExpectMsg<OnceStarted>().Id.ShouldBe(2);
    }

    [Fact]
    public void One_that_waits_and_is_cancelled_is_not_run()
    {
        var manager = Connected();
        var running = Fill(manager);
        Ask(manager, 1);
        manager.Link.Send(manager.Session, new Cancel(manager.Admission.Key, 1));
        (manager.Status().OneShots, Occupancy().Waiting).ShouldBe((0, 0));

        running.Up();
        manager.NextResult();
        manager.Execute("after");

        NextRun().Job.ShouldBe("after");
    }

    [Fact]
    public void A_new_connection_ends_what_the_one_before_asked_for_and_may_use_its_numbers()
    {
        var manager = Connected();
        Ask(manager, 1);
        var run = NextRun();
        manager.Link.ExpectMsg<OnceStarted>();

        var again = Connected(manager.Id);
        Ask(again, 1);
        var second = NextRun();
        AwaitAssert(() => run.CancellationToken.IsCancellationRequested.ShouldBeTrue());
        run.Up();
        second.Up();

        again.Link.ExpectMsg<OnceStarted>();
        again.Link.ExpectMsg<OnceEnded>().Key.ShouldBe(again.Admission.Key);
        AwaitAssert(() => (again.Status().OneShots, Occupancy().InUse).ShouldBe((0, 0)));
        (again.Link.HasMessages, manager.Link.HasMessages).ShouldBe((false, false));
    }

    [Fact]
    public void An_older_incarnation_of_the_manager_is_refused()
    {
        var manager = Connected(epoch: 5);

        manager.Link.Send(manager.Session, new CheckOnce(manager.Admission.Key, new Epoch(4), 1, Definition("one-shot check")));

        manager.Link.ExpectMsg<Refused>().Reason.ShouldBe(RefusalReason.StaleEpoch);
        manager.Status().OneShots.ShouldBe(0);
    }

    [Fact]
    public void A_wrong_key_asks_for_nothing()
    {
        var manager = Connected();

        manager.Link.Send(manager.Session, new CheckOnce(SessionKey.New(), new Epoch(1), 1, Definition("one-shot check")));

        manager.Status().ShouldSatisfyAllConditions(status => status.OneShots.ShouldBe(0), status => status.WrongKey.ShouldBe(1));
    }

    private static void Ask(FakeManager manager, long id, string job = "one-shot check")
        => manager.Link.Send(manager.Session, new CheckOnce(manager.Admission.Key, new Epoch(1), id, Definition(job)));

    // Both probes have two checks each then; returns the last.
    private ScriptedProbe.Run Fill(FakeManager manager, double timeoutSeconds = 20)
    {
        foreach (var job in new[] { "a", "b", "c", "d" })
            manager.Execute(job, intervalSeconds: 300, timeoutSeconds: timeoutSeconds);
        _ = NextRun();
        _ = NextRun();
        _ = NextRun();
        return NextRun();
    }

    private static CheckDefinition Definition(string job) => new(
        new JobId(job), ScriptedProbe.Service, "host.example", 80, TimeSpan.Zero, TimeSpan.FromSeconds(2), SettingMap.Empty, SettingMap.Empty);
}
