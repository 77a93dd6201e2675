using ActorMonitor.Messages;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.MonitorNode.Tests.Sessions;

public class ExecuteSpec(ITestOutputHelper output) : MonitorSpec(output, Default with { Queue = 3 })
{
    [Fact]
    public void A_slot_is_run_once_and_its_result_is_sent()
    {
        var manager = Connected(epoch: 3);

        var slot = manager.Execute("shop", timeoutSeconds: 2);
        var run = NextRun();
        run.Up();

        run.Request.ShouldSatisfyAllConditions(
            () => run.Request.Job.ShouldBe("shop"),
            () => run.Request.Host.ShouldBe("host.example"),
            () => run.Request.Port.ShouldBe(80),
            () => run.Request.Timeout.ShouldBe(TimeSpan.FromSeconds(2)));
        var completed = manager.NextResult();
        (completed.Key, completed.Outbox, completed.Seq).ShouldBe((manager.Admission.Key, manager.Admission.Outbox, 1));
        (completed.Epoch, completed.Revision).ShouldBe((new Epoch(3), 5));
        var result = completed.Result;
        (result.Job.Name, result.Slot, result.Outcome, result.Cause, result.Message).ShouldBe(("shop", slot, Outcome.Up, Cause.None, "7 ms"));
        result.Elapsed.ShouldBe(TimeSpan.FromMilliseconds(7));
        result.Attempts.ShouldHaveSingleItem().Outcome.ShouldBe(Outcome.Up);
    }

    [Fact]
    public void A_slot_that_is_sent_again_or_is_older_is_not_run()
    {
        var manager = Connected();
        var slot = manager.Execute("shop");
        NextRun().Up();
        manager.NextResult();

        manager.Execute("shop", slot);
        manager.Execute("shop", new Slot(slot.DueUnixMilliseconds - 1));
        manager.Execute("shop", new Slot(slot.DueUnixMilliseconds + 1));

        // The newer slot is the next to run: the two before it were dropped.
        NextRun().Up();
        manager.NextResult().Result.Slot.ShouldBe(new Slot(slot.DueUnixMilliseconds + 1));
        manager.Status().RepeatedSlots.ShouldBe(2);
    }

    [Fact]
    public void A_slot_that_was_skipped_is_decided_and_is_not_run_later_either()
    {
        var manager = Connected();
        manager.Execute("shop");
        var run = NextRun();
        var overrun = manager.Execute("shop", Later(1));
        manager.NextResult().Result.Cause.ShouldBe(Cause.Overrun);

        run.Up();
        manager.NextResult();
        manager.Execute("shop", overrun);

        manager.Status().RepeatedSlots.ShouldBe(1);
        manager.Status().Completed.ShouldBe(2);
    }

    [Fact]
    public void While_the_previous_slot_runs_the_next_is_skipped_as_overrun()
    {
        var manager = Connected();
        manager.Execute("shop");
        NextRun();

        var next = manager.Execute("shop", Later(1));

        var result = manager.NextResult().Result;
        (result.Slot, result.Outcome, result.Cause).ShouldBe((next, Outcome.Skipped, Cause.Overrun));
        result.Attempts.ShouldBeEmpty();
    }

    [Fact]
    public void While_the_previous_slot_waits_the_next_is_skipped_as_overrun()
    {
        var manager = Connected();
        FillTheGate(manager);
        manager.Execute("shop");

        var next = manager.Execute("shop", Later(1));

        var result = manager.NextResult().Result;
        (result.Slot, result.Cause).ShouldBe((next, Cause.Overrun));
    }

    [Fact]
    public void A_slot_that_comes_after_its_deadline_is_skipped_as_expired()
    {
        var manager = Connected();

        var slot = manager.Execute("shop", Later(-10_001), intervalSeconds: 10);
        manager.Execute("in time", Later(-9_000), intervalSeconds: 10);

        var result = manager.NextResult().Result;
        (result.Slot, result.Outcome, result.Cause, result.Message).ShouldBe((slot, Outcome.Skipped, Cause.Expired, "it came after its deadline"));
        NextRun().Job.ShouldBe("in time");
    }

    [Fact]
    public void Nobody_waits_longer_than_thirty_seconds_whatever_the_interval()
    {
        var manager = Connected();

        manager.Execute("hourly", Later(-30_001), intervalSeconds: 3_600);
        manager.Execute("once", Later(-30_001), intervalSeconds: 0);
        manager.Execute("in time", Later(-29_000), intervalSeconds: 3_600);

        manager.NextResult().Result.Cause.ShouldBe(Cause.Expired);
        manager.NextResult().Result.Cause.ShouldBe(Cause.Expired);
        NextRun().Job.ShouldBe("in time");
    }

    [Fact]
    public void A_slot_that_waits_past_its_deadline_is_skipped_as_expired_and_never_run()
    {
        var manager = Connected();
        var running = FillTheGate(manager);
        manager.Execute("shop", intervalSeconds: 1);

        Pass(TimeSpan.FromSeconds(2), manager);
        var result = manager.NextResult().Result;
        (result.Job.Name, result.Cause).ShouldBe(("shop", Cause.Expired));
        result.QueueWait.ShouldBeGreaterThanOrEqualTo(TimeSpan.FromSeconds(1));

        Occupancy().Waiting.ShouldBe(0);

        // The next place goes to the next one.
        manager.Execute("sentinel");
        running[0].Up();
        NextRun().Job.ShouldBe("sentinel");
        (Occupancy().InUse, Occupancy().Waiting).ShouldBe((4, 0));
    }

    [Fact]
    public void At_the_bound_of_the_queue_a_slot_is_skipped_as_overload()
    {
        var manager = Connected();
        FillTheGate(manager);
        foreach (var job in new[] { "a", "b", "c" })
            manager.Execute(job);

        var slot = manager.Execute("d");

        var result = manager.NextResult().Result;
        (result.Job.Name, result.Slot, result.Outcome, result.Cause).ShouldBe(("d", slot, Outcome.Skipped, Cause.Overload));
        (manager.Status().Queued, manager.Status().QueueBound).ShouldBe((3, 3));
    }

    [Fact]
    public void The_newest_slot_is_run_first()
    {
        var manager = Connected();
        var running = FillTheGate(manager);
        manager.Execute("old", Later(-3_000));
        manager.Execute("new", Later(-1_000));
        manager.Execute("middle", Later(-2_000));
        Settle();

        foreach (var job in new[] { "new", "middle", "old" })
        {
            running[0].Up();
            running.RemoveAt(0);
            NextRun().Job.ShouldBe(job);
        }
    }

    [Fact]
    public void A_service_that_the_monitor_does_not_have_is_unknown_as_unsupported()
    {
        var manager = Connected();

        manager.Execute("shop", service: "telepathy");

        var result = manager.NextResult().Result;
        (result.Outcome, result.Cause).ShouldBe((Outcome.Unknown, Cause.Unsupported));
        Occupancy().InUse.ShouldBe(0);
    }

    [Fact]
    public void A_command_of_an_older_incarnation_is_refused_even_with_the_key()
    {
        var manager = Connected(epoch: 10);

        manager.Execute("shop", incarnation: 9);

        manager.Link.ExpectMsg<Refused>().ShouldSatisfyAllConditions(
            refused => refused.Reason.ShouldBe(RefusalReason.StaleEpoch), refused => refused.SeenEpoch.ShouldBe(new Epoch(10)));
        manager.Status().InFlight.ShouldBe(0);
    }

    private Slot Later(long milliseconds) => new(Time.GetUtcNow().ToUnixTimeMilliseconds() + milliseconds);

    private List<ScriptedProbe.Run> FillTheGate(FakeManager manager)
    {
        var running = new List<ScriptedProbe.Run>();
        for (var i = 0; i < 4; i++)
        {
            manager.Execute($"filler {i}", timeoutSeconds: 60);
            running.Add(NextRun());
        }

        return running;
    }
}
