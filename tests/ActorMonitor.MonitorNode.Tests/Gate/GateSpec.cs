using ActorMonitor.Configuration;
using ActorMonitor.Messages;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.MonitorNode.Tests.Gate;

public class GateSpec(ITestOutputHelper output) : MonitorSpec(output, Default with { ChecksPerProbe = 3, Probes = new PoolBounds(2, 4) })
{
    [Fact]
    public void No_more_checks_run_than_probe_actors_times_checks_per_probe()
    {
        var manager = Connected();
        for (var i = 0; i < 10; i++)
            manager.Execute($"job {i}");
        Settle();

        var gate = Occupancy();

        (gate.Probes, gate.Capacity, gate.InUse, gate.Waiting).ShouldBe((2, 6, 6, 4));
        (manager.Status().Queued, manager.Status().InFlight).ShouldBe((4, 6));
    }

    [Fact]
    public void A_check_that_ends_gives_its_place_to_the_next()
    {
        var manager = Connected();
        for (var i = 0; i < 7; i++)
            manager.Execute($"job {i}");
        var runs = Enumerable.Range(0, 6).Select(_ => NextRun()).ToList();

        runs[3].Up();

        NextRun();
        Settle();
        (Occupancy().InUse, Occupancy().Waiting).ShouldBe((6, 0));
    }

    [Fact]
    public void A_manager_with_hundreds_waiting_does_not_keep_another_with_one()
    {
        var greedy = Connected();
        for (var i = 0; i < 300; i++)
            greedy.Execute($"greedy {i}", timeoutSeconds: 60);
        var running = new Queue<ScriptedProbe.Run>(Enumerable.Range(0, 6).Select(_ => NextRun()));
        Settle();
        var modest = Connected();
        modest.Execute("modest");
        Settle();

        // Of the next two places one is the modest manager's.
        running.Dequeue().Up();
        running.Dequeue().Up();

        new[] { NextRun().Job, NextRun().Job }.ShouldContain("modest");
    }

    [Fact]
    public void Five_busy_seconds_grow_the_pool_up_to_its_bound_and_thirty_idle_ones_shrink_it_again()
    {
        var manager = Connected();
        for (var i = 0; i < 20; i++)
            manager.Execute($"job {i}", intervalSeconds: 3_600, timeoutSeconds: 600);
        Settle();

        Pass(TimeSpan.FromSeconds(5), manager);
        PoolSize().ShouldBe(2);
        Pass(TimeSpan.FromSeconds(1), manager);
        (PoolSize(), Occupancy().Probes, Occupancy().Capacity, Occupancy().InUse).ShouldBe((3, 3, 9, 9));
        Pass(TimeSpan.FromSeconds(5), manager);
        (PoolSize(), Occupancy().Capacity).ShouldBe((4, 12));
        Pass(TimeSpan.FromSeconds(12), manager);
        (PoolSize(), Occupancy().Capacity, Occupancy().InUse).ShouldBe((4, 12, 12));

        for (var i = 0; i < 20; i++)
        {
            NextRun().Up();
            manager.TakeResult();
            Settle();
        }

        Pass(TimeSpan.FromSeconds(29), manager);
        PoolSize().ShouldBe(4);
        Pass(TimeSpan.FromSeconds(2), manager);
        (PoolSize(), Occupancy().Capacity).ShouldBe((3, 9));
        Pass(TimeSpan.FromSeconds(31), manager);
        PoolSize().ShouldBe(2);
        Pass(TimeSpan.FromSeconds(60), manager);
        (PoolSize(), Occupancy().Capacity, Occupancy().InUse).ShouldBe((2, 6, 0));
    }

    [Fact]
    public void A_wall_clock_set_back_does_not_keep_the_pool_from_growing()
    {
        var manager = Connected();
        for (var i = 0; i < 20; i++)
            manager.Execute($"job {i}", intervalSeconds: 3_600, timeoutSeconds: 600);
        Settle();
        Pass(TimeSpan.FromSeconds(2), manager);

        StepWall(TimeSpan.FromHours(-1));
        Pass(TimeSpan.FromSeconds(4), manager);

        PoolSize().ShouldBe(3);
    }

    [Fact]
    public void A_check_of_a_probe_actor_that_is_taken_away_still_answers()
    {
        var manager = Connected();
        for (var i = 0; i < 12; i++)
            manager.Execute($"job {i}", intervalSeconds: 3_600, timeoutSeconds: 600);
        Settle();
        Pass(TimeSpan.FromSeconds(12), manager);
        PoolSize().ShouldBe(4);
        var runs = Enumerable.Range(0, 12).Select(_ => NextRun()).ToList();

        // One check of each probe actor stays: the pool shrinks under them.
        foreach (var run in runs.Skip(4))
        {
            run.Up();
            manager.TakeResult();
        }

        Settle();
        Pass(TimeSpan.FromSeconds(32), manager);
        PoolSize().ShouldBe(3);

        foreach (var run in runs.Take(4))
        {
            run.Up();
            manager.TakeResult().Result.Outcome.ShouldBe(Outcome.Up);
        }

        (Occupancy().InUse, manager.Status().LateAnswers).ShouldBe((0, 0));
    }
}

public class PoolBoundsSpec(ITestOutputHelper output) : MonitorSpec(output, Default with { Probes = new PoolBounds(3, 5) }, probes: 1)
{
    [Fact]
    public void A_pool_that_starts_smaller_than_its_bounds_grows_into_them()
    {
        Pass(TimeSpan.FromSeconds(10));

        (PoolSize(), Occupancy().Probes, Occupancy().Capacity).ShouldBe((3, 3, 6));
    }
}

public class PoolLoadSpec(ITestOutputHelper output) : MonitorSpec(output, Default with { ChecksPerProbe = 4, Probes = new PoolBounds(1, 8), Queue = 10_000 }, probes: 1)
{
    private readonly List<ScriptedProbe.Run> _running = [];
    private readonly List<CheckResult> _results = [];

    [Fact]
    public void No_check_is_lost_while_the_pool_grows_and_shrinks_under_load()
    {
        var random = new Random(20261122);
        var manager = Connected();
        var sent = 0;
        var sizes = new HashSet<int>();

        // A busy minute, then three in which little comes.
        for (var second = 0; second < 240; second++)
        {
            for (var i = second < 60 ? random.Next(3, 12) : random.Next(2); i > 0; i--)
                manager.Execute($"job {sent++}", intervalSeconds: 3_600, timeoutSeconds: 600);
            Pass(TimeSpan.FromSeconds(1), manager);
            Collect(manager);
            for (var ends = random.Next(second < 60 ? 5 : 12); ends > 0 && _running.Count > 0; ends--)
            {
                var at = random.Next(_running.Count);
                _running[at].Up();
                _running.RemoveAt(at);
            }

            sizes.Add(PoolSize());
        }

        AwaitAssert(() =>
        {
            Collect(manager);
            _running.ForEach(run => run.Up());
            _running.Clear();
            _results.Count.ShouldBe(sent);
        });

        _results.Select(result => result.Job).Distinct().Count().ShouldBe(sent);
        _results.ShouldAllBe(result => result.Outcome == Outcome.Up || result.Cause == Cause.Expired);
        _results.Count(result => result.Outcome == Outcome.Up).ShouldBeGreaterThan(100);
        sizes.Count.ShouldBeGreaterThan(3);
        Settle();
        (manager.Status().LateAnswers, Occupancy().InUse, Occupancy().Waiting).ShouldBe((0, 0, 0));
    }

    private void Collect(FakeManager manager)
    {
        while (Probing.HasMessages)
            _running.Add(NextRun());
        while (manager.Link.HasMessages)
            _results.Add(manager.TakeResult().Result);
    }
}
