using ActorMonitor.Messages;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.MonitorNode.Tests.Sessions;

/// <summary>What a monitor runs by its grants, and what it does not.</summary>
public class GrantSpec(ITestOutputHelper output) : MonitorSpec(output)
{
    [Fact]
    public void A_grant_is_answered_with_what_is_on_the_disk()
    {
        var manager = Connected();

        manager.Grant("job", revision: 7);

        manager.Status().Grants.ShouldBe(1);
        Reopened(manager.Id).Grants[new JobId("job")].Revision.ShouldBe(7);
    }

    [Fact]
    public void A_slot_whose_Execute_does_not_come_is_run_after_the_grace_and_marked_so()
    {
        ToWholeSeconds(10);
        var manager = Connected(epoch: 3);
        manager.Grant("job", intervalSeconds: 10);
        var slot = NextSlot(10);

        Pass(slot.Due - Time.GetUtcNow() + TimeSpan.FromMilliseconds(999), manager);
        Probing.HasMessages.ShouldBeFalse();
        Pass(TimeSpan.FromMilliseconds(1), manager);
        NextRun().Up();

        var completed = manager.TakeResult();
        (completed.Result.Slot, completed.Result.Trigger, completed.Revision, completed.Epoch).ShouldBe((slot, Trigger.Grant, 5, new Epoch(3)));
        completed.Result.Started.ShouldBe(slot.Due.AddSeconds(1));
    }

    [Fact]
    public void An_Execute_in_time_has_the_slot_run_and_a_late_one_is_counted()
    {
        ToWholeSeconds(10);
        var manager = Connected();
        manager.Grant("job", intervalSeconds: 10);
        var slot = NextSlot(10);
        Pass(slot.Due - Time.GetUtcNow(), manager);

        manager.ExecuteGranted("job", slot);
        NextRun().Up();
        manager.TakeResult().Result.Trigger.ShouldBe(Trigger.Execute);
        Pass(TimeSpan.FromSeconds(9), manager);
        Probing.HasMessages.ShouldBeFalse();

        Pass(TimeSpan.FromSeconds(2), manager);
        NextRun().Up();
        var second = manager.TakeResult().Result;
        (second.Trigger, second.Slot).ShouldBe((Trigger.Grant, NextOf(slot, 10)));
        manager.ExecuteGranted("job", NextOf(slot, 10));
        manager.ExecuteGranted("job", NextOf(slot, 10));

        manager.Status().RepeatedSlots.ShouldBe(2);
        Probing.HasMessages.ShouldBeFalse();
    }

    [Fact]
    public void An_Execute_of_a_revision_that_is_not_held_is_answered_with_what_is_and_its_slot_is_not_accepted()
    {
        var manager = Connected();
        manager.Grant("job", intervalSeconds: 3_600, revision: 5);
        var slot = new Slot(Time.GetUtcNow().ToUnixTimeMilliseconds());

        manager.ExecuteGranted("job", slot, revision: 6);
        manager.Link.ExpectMsg<Granted>().ShouldBe(new Granted(manager.Admission.Key, new JobId("job"), 5));
        manager.ExecuteGranted("other", slot, revision: 6);
        manager.Link.ExpectMsg<Granted>().ShouldBe(new Granted(manager.Admission.Key, new JobId("other"), 0));

        manager.Execute("job", slot);
        NextRun().Job.ShouldBe("job");
        manager.Status().RepeatedSlots.ShouldBe(0);
    }

    [Fact]
    public void Cut_off_it_goes_on_with_every_slot_once_and_delivers_when_the_manager_is_back_live_first()
    {
        ToWholeSeconds(1);
        var manager = Connected(name: "hq");
        manager.Grant("job", intervalSeconds: 1);
        var first = NextSlot(1);

        var cutOff = RunFor(TimeSpan.FromSeconds(20));
        manager.Status().IsLinked.ShouldBeFalse();
        while (manager.Link.HasMessages)
            _ = manager.NextResult(); // what it had been sent before it was taken for lost, and never acknowledged
        cutOff.Count.ShouldBeInRange(19, 20);
        manager.Status().Unacknowledged.ShouldBe(cutOff.Count);

        var back = NewManager(manager.Id, epoch: 2);
        back.Connect(creditBytes: 0);
        back.Admission.NewestSeq.ShouldBe(cutOff.Count);
        back.Execute("live");
        NextRun().Up();
        AwaitAssert(() => back.Status().Unacknowledged.ShouldBe(cutOff.Count + 1));
        back.SendCredit(1 << 20);

        back.NextResult().Result.Job.Name.ShouldBe("live");
        var backlog = Enumerable.Range(0, cutOff.Count).Select(_ => back.NextResult().Result).ToList();
        backlog.Select(result => result.Slot).ShouldBe(Enumerable.Range(0, cutOff.Count).Select(n => NextOf(first, n)));
        backlog.ShouldAllBe(result => result.Trigger == Trigger.Grant && result.Outcome == Outcome.Up);
    }

    [Fact]
    public void Nothing_is_sent_before_the_manager_has_given_credit_and_no_more_than_that_is_on_the_way()
    {
        var manager = NewManager();
        manager.Connect(creditBytes: 0);
        for (var i = 0; i < 3; i++)
        {
            manager.Execute($"job {i}");
            NextRun().Up();
        }

        AwaitAssert(() => manager.Status().Unacknowledged.ShouldBe(3));
        manager.Link.HasMessages.ShouldBeFalse();

        manager.SendCredit(1);
        manager.NextResult().Seq.ShouldBe(1);
        _ = manager.Status();
        manager.Link.HasMessages.ShouldBeFalse();
        manager.Acknowledge(1, 1);
        manager.NextResult().Seq.ShouldBe(2);
    }

    [Fact]
    public void At_the_end_of_a_grant_the_monitor_stops_and_a_heartbeat_s_autonomy_renews_it()
    {
        ToWholeSeconds(1);
        var manager = Connected();
        manager.Grant("job", intervalSeconds: 1, validFor: TimeSpan.FromSeconds(2.5));

        RunFor(TimeSpan.FromSeconds(6), manager).Count.ShouldBe(2);

        manager.SendHeartbeat(autonomy: TimeSpan.FromSeconds(10));
        RunFor(TimeSpan.FromSeconds(2), manager).Count.ShouldBe(2);
        manager.Status().GrantsEnd!.Value.ShouldBe(Time.GetUtcNow().AddSeconds(8), TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public void A_job_that_is_revoked_while_it_runs_ends_its_check_and_is_not_run_again()
    {
        ToWholeSeconds(1);
        var manager = Connected();
        manager.Grant("job", intervalSeconds: 1, timeoutSeconds: 60);
        Pass(TimeSpan.FromSeconds(1.5), manager);
        var run = NextRun();

        manager.SendRevoke("job");
        manager.Link.ExpectMsg<Granted>().ShouldBe(new Granted(manager.Admission.Key, new JobId("job"), 0));
        run.Up();

        manager.TakeResult().Result.Outcome.ShouldBe(Outcome.Up);
        Pass(TimeSpan.FromSeconds(5), manager);
        Probing.HasMessages.ShouldBeFalse();
        manager.Status().Grants.ShouldBe(0);
        Reopened(manager.Id).Grants.ShouldBeEmpty();
    }

    [Fact]
    public void A_new_revision_that_comes_while_the_old_one_runs_has_the_next_slots()
    {
        ToWholeSeconds(2);
        var manager = Connected();
        manager.Grant("job", intervalSeconds: 2, revision: 5, timeoutSeconds: 60);
        Pass(TimeSpan.FromSeconds(2.5), manager);
        var run = NextRun();

        var next = NextSlot(1);
        manager.Grant("job", intervalSeconds: 1, revision: 6, notBefore: next);
        run.Up();
        manager.TakeResult().Revision.ShouldBe(5);
        Pass(TimeSpan.FromSeconds(1), manager);
        NextRun().Up();

        var completed = manager.TakeResult();
        (completed.Revision, completed.Result.Slot).ShouldBe((6, next));
    }

    [Fact]
    public void The_commands_of_an_older_incarnation_are_refused_and_do_nothing()
    {
        var manager = Connected(epoch: 10);
        manager.Grant("job", intervalSeconds: 3_600, revision: 5);
        var slot = new Slot(Time.GetUtcNow().ToUnixTimeMilliseconds());

        manager.SendGrant("other", incarnation: 9);
        manager.SendRevoke("job", incarnation: 9);
        manager.ExecuteGranted("job", slot, incarnation: 9);

        for (var i = 0; i < 3; i++)
            manager.Link.ExpectMsg<Refused>().ShouldSatisfyAllConditions(
                refused => refused.Reason.ShouldBe(RefusalReason.StaleEpoch), refused => refused.SeenEpoch.ShouldBe(new Epoch(10)));
        manager.Status().Grants.ShouldBe(1);
        manager.ExecuteGranted("job", slot);
        NextRun().Job.ShouldBe("job");
    }

    [Fact]
    public void Commands_with_a_wrong_key_are_counted_and_do_nothing()
    {
        var manager = Connected();
        manager.Grant("job", intervalSeconds: 3_600);

        manager.SendCredit(0, key: SessionKey.New());
        manager.Link.Send(manager.Session, new Revoke(SessionKey.New(), new Epoch(1), new JobId("job")));

        (manager.Status().WrongKey, manager.Status().Grants, manager.Status().CreditBytes).ShouldBe((2, 1, 1 << 20));
    }

    [Fact]
    public void The_rules_for_what_is_skipped_hold_for_slots_by_grant_too()
    {
        ToWholeSeconds(1);
        var manager = Connected();
        manager.Grant("job", intervalSeconds: 1, timeoutSeconds: 60);

        Pass(TimeSpan.FromSeconds(2.5), manager);

        var run = NextRun();
        var skipped = manager.TakeResult().Result;
        (skipped.Outcome, skipped.Cause, skipped.Trigger).ShouldBe((Outcome.Skipped, Cause.Overrun, Trigger.Grant));
        run.Up();
        manager.TakeResult().Result.Outcome.ShouldBe(Outcome.Up);
    }

    [Fact]
    public void A_session_that_is_restarted_by_an_exception_goes_on_by_its_grants()
    {
        ToWholeSeconds(1);
        var manager = Connected();
        manager.Grant("job", intervalSeconds: 1);

        // No date is that far away; from the wire it would have been refused.
        EventFilter.Exception<ArgumentOutOfRangeException>().ExpectOne(() => manager.Execute("bad", new Slot(long.MaxValue)));

        RunFor(TimeSpan.FromSeconds(3.5), manager).Count.ShouldBe(3);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_step_of_the_manager_s_clock_by_an_hour_makes_no_burst(int hours)
    {
        ToWholeSeconds(10);
        var manager = Connected();
        for (var i = 0; i < 50; i++)
            manager.Grant($"job {i}", intervalSeconds: 10);

        // The monitor's clock is the same as the manager's in these specs; here it is told another time.
        Pass(TimeSpan.FromSeconds(1));
        var heartbeat = manager.NextHeartbeat();
        manager.SendHeartbeatAt(Time.GetUtcNow().AddHours(hours), heartbeat.SentMicroseconds);
        Settle();
        Pass(TimeSpan.FromSeconds(7));

        Probing.HasMessages.ShouldBeFalse();
        manager.Status().Completed.ShouldBe(0);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_step_of_the_monitor_s_wall_clock_changes_nothing(int hours)
    {
        ToWholeSeconds(10);
        var manager = Connected();
        manager.Grant("job", intervalSeconds: 10);
        var slot = NextSlot(10);
        Pass(TimeSpan.FromSeconds(5));

        StepWall(TimeSpan.FromHours(hours));
        Pass(TimeSpan.FromSeconds(5.5));
        Probing.HasMessages.ShouldBeFalse();
        Pass(TimeSpan.FromSeconds(1));

        NextRun().Up();
        AwaitAssert(() => manager.Status().Unacknowledged.ShouldBe(1));
        StepWall(-TimeSpan.FromHours(hours));
        Connected(manager.Id).NextResult().Result.Slot.ShouldBe(slot);
    }

    [Fact]
    public void Ten_thousand_grants_cost_little()
    {
        ToWholeSeconds(60);
        var manager = NewManager();
        manager.Connect();
        for (var i = 0; i < 10_000; i++)
            manager.SendGrant($"job {i}", intervalSeconds: 600);
        manager.Link.ReceiveN(10_000, TimeSpan.FromSeconds(60)).ShouldAllBe(message => message is Granted);

        var started = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < 100; i++)
            manager.SendHeartbeat(autonomy: TimeSpan.FromHours(1));
        manager.Status().Grants.ShouldBe(10_000);
        TimeProvider.System.GetElapsedTime(started).ShouldBeLessThan(TimeSpan.FromSeconds(5));
    }
}
