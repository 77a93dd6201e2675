using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Sessions;
using ActorMonitor.Shell;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.MonitorNode.Tests.Sessions;

/// <summary>What is left when the monitor's process has been killed and started again.</summary>
public class RestartSpec(ITestOutputHelper output) : MonitorSpec(output, Default with { MaxClients = 2 })
{
    [Fact]
    public void What_had_ended_is_delivered_and_what_ran_is_lost()
    {
        var manager = Connected(epoch: 4, name: "hq");
        manager.Execute("ended");
        NextRun().Up();
        manager.NextResult();
        manager.Execute("acknowledged");
        NextRun().Up();
        manager.TakeResult().Seq.ShouldBe(2);
        var slot = manager.Execute("running", timeoutSeconds: 60);
        NextRun();

        Pass(TimeSpan.FromMilliseconds(500)); // the acknowledgement is written down
        KillAndRestart();
        Clients().ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            client => client.Name.ShouldBe("hq"), client => client.IsLinked.ShouldBeFalse(), client => client.Epoch.ShouldBe(new Epoch(4)), client => client.Unacknowledged.ShouldBe(2));
        var back = Connected(manager.Id, epoch: 5);

        back.Admission.Outbox.ShouldBe(manager.Admission.Outbox);
        var results = new[] { back.NextResult(), back.NextResult() };
        results.Select(completed => completed.Result.Job.Name).ShouldBe(["ended", "running"]);
        results[0].Seq.ShouldBe(1);
        results[1].Seq.ShouldBeGreaterThan(2);
        (results[1].Epoch, results[1].Revision).ShouldBe((new Epoch(4), 5));
        var lost = results[1].Result;
        (lost.Slot, lost.Outcome, lost.Cause, lost.Trigger).ShouldBe((slot, Outcome.Lost, Cause.MonitorRestarted, Trigger.Execute));
        lost.Message.ShouldBe("the monitor ended while the check ran");
    }

    [Fact]
    public void A_slot_that_was_started_or_skipped_before_is_not_accepted_again()
    {
        var manager = Connected();
        var started = manager.Execute("job");
        NextRun();
        var skipped = manager.Execute("job", NextOf(started, 1));
        manager.NextResult().Result.Cause.ShouldBe(Cause.Overrun);

        KillAndRestart();
        var back = Connected(manager.Id, epoch: 2);
        back.Execute("job", started);
        back.Execute("job", skipped);

        back.Status().RepeatedSlots.ShouldBe(2);
        back.Execute("job", NextOf(skipped, 1));
        NextRun().Job.ShouldBe("job");
    }

    [Fact]
    public void An_older_incarnation_is_refused_by_what_was_written_down()
    {
        var manager = Connected(epoch: 10);

        KillAndRestart();

        var stale = NewManager(manager.Id, epoch: 9);
        stale.SendConnect();
        stale.Link.ExpectMsg<Refused>().SeenEpoch.ShouldBe(new Epoch(10));
    }

    [Fact]
    public void Grants_go_on_without_a_manager_and_no_slot_runs_twice_nor_late()
    {
        ToWholeSeconds(1);
        var manager = Connected();
        manager.Grant("job", intervalSeconds: 1);
        var first = NextSlot(1);
        RunFor(TimeSpan.FromSeconds(5)).Count.ShouldBeInRange(4, 5);

        KillAndRestart(deadFor: TimeSpan.FromSeconds(30.4));
        RunFor(TimeSpan.FromSeconds(5)).Count.ShouldBeInRange(5, 6);
        KillAndRestart();
        RunFor(TimeSpan.FromSeconds(5)).Count.ShouldBeInRange(5, 6);

        var slots = Delivered(manager.Id).Select(result => result.Slot.DueUnixMilliseconds - first.DueUnixMilliseconds).Order().ToList();
        slots.ShouldBeUnique();
        slots.ShouldAllBe(slot => slot % 1_000 == 0);
        slots.ShouldAllBe(slot => slot < 5_000 || slot >= 33_000);
        slots.Count(slot => slot > 35_000).ShouldBeInRange(9, 11);
    }

    [Fact]
    public void A_grant_that_ended_meanwhile_starts_nothing()
    {
        ToWholeSeconds(1);
        var manager = Connected();
        manager.Grant("job", intervalSeconds: 1, validFor: TimeSpan.FromSeconds(60));

        KillAndRestart(deadFor: TimeSpan.FromSeconds(61));

        RunFor(TimeSpan.FromSeconds(3)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(1)]
    [InlineData(-1)]
    public void A_wall_clock_that_stepped_while_the_process_was_dead_makes_no_burst_and_no_slot_twice(int hours)
    {
        ToWholeSeconds(1);
        var manager = Connected();
        manager.Grant("job", intervalSeconds: 1);
        RunFor(TimeSpan.FromSeconds(3));

        KillAndRestart(deadFor: TimeSpan.FromSeconds(2), wallStep: TimeSpan.FromHours(hours));
        RunFor(TimeSpan.FromSeconds(5)).Count.ShouldBeLessThanOrEqualTo(6);
        StepWall(TimeSpan.FromHours(-hours));
        var back = Connected(manager.Id, epoch: 2);
        back.SendGrant("job", intervalSeconds: 1);
        RunFor(TimeSpan.FromSeconds(5), back).Count.ShouldBeLessThanOrEqualTo(6);

        KillAndRestart();
        Delivered(manager.Id).Select(result => result.Slot).ShouldBeUnique();
    }

    [Fact]
    public void A_wall_clock_that_steps_while_the_process_runs_does_no_harm_after_it_is_killed()
    {
        ToWholeSeconds(10);
        var manager = Connected();
        manager.Grant("job", intervalSeconds: 10);
        var slot = NextSlot(10);
        Pass(TimeSpan.FromSeconds(1), manager);
        StepWall(TimeSpan.FromHours(1));
        Pass(TimeSpan.FromSeconds(1));

        KillAndRestart(deadFor: TimeSpan.FromSeconds(2));
        RunFor(TimeSpan.FromSeconds(8)).Count.ShouldBe(1);

        Delivered(manager.Id).ShouldHaveSingleItem().Slot.ShouldBe(slot);
    }

    [Fact]
    public void A_silent_manager_with_a_valid_grant_keeps_its_place_for_an_hour_and_then_its_folder_goes()
    {
        var gone = Connected(name: "gone");
        gone.Grant("job", intervalSeconds: 86_400);
        var alive = Connected(name: "alive");
        Pass(TimeSpan.FromSeconds(5), alive);
        var other = NewManager(name: "other");
        other.SendConnect();
        other.Link.ExpectMsg<Refused>().Reason.ShouldBe(RefusalReason.TooManyClients);

        for (var minute = 0; minute < 61; minute++)
        {
            Scheduler.Advance(TimeSpan.FromMinutes(1));
            Settle();
        }

        _ = Connected(alive.Id, epoch: 2);
        other.Connect();
        AwaitAssert(() => Directory.Exists(Path.Combine(Data, "clients", gone.Id.ToString())).ShouldBeFalse());
        Directory.Exists(Path.Combine(Data, "clients", other.Id.ToString())).ShouldBeTrue();
    }

    [Fact]
    public void A_manager_whose_folder_cannot_be_used_is_refused_and_the_health_says_so_until_it_can()
    {
        var id = NodeId.New();
        var folder = Path.Combine(Data, "clients", id.ToString());
        _ = Directory.CreateDirectory(Path.GetDirectoryName(folder)!);
        File.WriteAllText(folder, "in the way");
        var manager = NewManager(id);

        manager.SendConnect();

        manager.Link.ExpectMsg<Refused>().Reason.ShouldBe(RefusalReason.NoOutbox);
        Health.Checks.Single(check => check.Name == OutboxHealth.CheckName).Status.ShouldBe(HealthStatus.Failed);
        File.Delete(folder);
        manager.Connect();
        Health.Checks.Single(check => check.Name == OutboxHealth.CheckName).Status.ShouldBe(HealthStatus.Ok);
    }

    [Fact]
    public void Other_folders_are_left_alone()
    {
        var stranger = Path.Combine(Data, "clients", "notes");
        _ = Directory.CreateDirectory(stranger);

        KillAndRestart();

        Clients().ShouldBeEmpty();
        Directory.Exists(Path.Combine(Data, "clients", "notes")).ShouldBeTrue();
    }

    /// <summary>All results that nobody has acknowledged.</summary>
    private List<CheckResult> Delivered(NodeId id)
    {
        var manager = Connected(id, epoch: 100);
        var results = new List<CheckResult>();
        var unacknowledged = manager.Status().Unacknowledged;
        while (results.Count < unacknowledged)
            results.Add(manager.NextResult().Result);
        return results;
    }
}
