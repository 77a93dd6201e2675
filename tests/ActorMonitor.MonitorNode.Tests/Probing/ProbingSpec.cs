using ActorMonitor.Configuration;
using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Probing;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.MonitorNode.Tests.Probing;

public class ProbingSpec(ITestOutputHelper output) : MonitorSpec(output, Default with { ChecksPerProbe = 4, Probes = new PoolBounds(1, 1) }, probes: 1)
{
    [Fact]
    public void Two_seconds_after_its_timeout_a_check_without_an_answer_is_unknown_as_probe_lost()
    {
        var manager = Connected();
        manager.Execute("slow", timeoutSeconds: 3);
        NextRun();

        Pass(TimeSpan.FromSeconds(4.5), manager);
        manager.Status().InFlight.ShouldBe(1);
        Pass(TimeSpan.FromSeconds(0.5), manager);

        var result = manager.NextResult().Result;
        (result.Outcome, result.Cause).ShouldBe((Outcome.Unknown, Cause.ProbeLost));
        (manager.Status().InFlight, Occupancy().InUse).ShouldBe((0, 0));
    }

    [Fact]
    public void An_answer_that_comes_later_still_is_counted_and_makes_no_second_result()
    {
        var manager = Connected();
        manager.Execute("slow", timeoutSeconds: 1);
        var run = NextRun();
        Pass(TimeSpan.FromSeconds(3), manager);
        manager.NextResult().Result.Cause.ShouldBe(Cause.ProbeLost);

        run.Up();

        AwaitAssert(() => manager.Status().LateAnswers.ShouldBe(1));
        manager.Status().Completed.ShouldBe(1);
    }

    [Fact]
    public void A_lost_check_does_not_keep_the_next_slot_from_running()
    {
        var manager = Connected();
        manager.Execute("slow", timeoutSeconds: 1);
        NextRun();
        Pass(TimeSpan.FromSeconds(3), manager);
        manager.NextResult();

        manager.Execute("slow");

        NextRun().Up();
        manager.NextResult().Result.Outcome.ShouldBe(Outcome.Up);
    }

    [Fact]
    public void A_probe_that_throws_restarts_its_actor_and_loses_no_check_of_it()
    {
        var manager = Connected();
        var runs = new[] { "crashing", "other 1", "other 2" }.Select(job =>
        {
            manager.Execute(job);
            return NextRun();
        }).ToList();

        EventFilter.Exception<ProbeCrashedException>().ExpectOne(() =>
        {
            runs[0].Throw(new InvalidOperationException("a bug"));
            var crashed = manager.NextResult().Result;
            (crashed.Job.Name, crashed.Outcome, crashed.Cause).ShouldBe(("crashing", Outcome.Unknown, Cause.ProbeFailed));
            crashed.Message.ShouldBe("the probe failed: InvalidOperationException: a bug");
        });

        runs[1].Up();
        manager.NextResult().Result.Outcome.ShouldBe(Outcome.Up);
        runs[2].Up();
        manager.NextResult().Result.Outcome.ShouldBe(Outcome.Up);
        PoolSize().ShouldBe(1);
        manager.Execute("crashing", new Slot(Time.GetUtcNow().ToUnixTimeMilliseconds() + 1));
        NextRun().Up();
        manager.NextResult().Result.Outcome.ShouldBe(Outcome.Up);
        Occupancy().InUse.ShouldBe(0);
    }

    [Fact]
    public void A_probe_that_throws_again_and_again_is_restarted_each_time()
    {
        var manager = Connected();

        EventFilter.Exception<ProbeCrashedException>().Expect(50, () =>
        {
            for (var i = 0; i < 50; i++)
            {
                manager.Execute($"job {i}");
                NextRun().Throw(new InvalidOperationException("a bug"));
                manager.NextResult().Result.Cause.ShouldBe(Cause.ProbeFailed);
            }
        });

        manager.Execute("sentinel");
        NextRun().Up();
        manager.NextResult().Result.Outcome.ShouldBe(Outcome.Up);
        PoolSize().ShouldBe(1);
    }

    [Fact]
    public void When_the_monitor_stops_a_check_ends_as_cancelled_and_not_as_a_bug()
    {
        var manager = Connected();
        manager.Execute("job");
        var run = NextRun();

        Stopping.Cancel();
        run.CancellationToken.IsCancellationRequested.ShouldBeTrue();
        run.Throw(new OperationCanceledException());

        var result = manager.NextResult().Result;
        (result.Outcome, result.Cause).ShouldBe((Outcome.Unknown, Cause.Cancelled));
    }

    [Fact]
    public void A_cancellation_that_nobody_asked_for_is_a_bug_of_the_probe()
    {
        var manager = Connected();
        manager.Execute("job");

        EventFilter.Exception<ProbeCrashedException>().ExpectOne(() =>
        {
            NextRun().Throw(new OperationCanceledException());
            manager.NextResult().Result.Cause.ShouldBe(Cause.ProbeFailed);
        });
    }
}
