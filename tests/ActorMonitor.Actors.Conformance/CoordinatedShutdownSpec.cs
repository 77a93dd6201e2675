using System.Collections.Concurrent;
using Akka;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.Actors.Conformance;

public class CoordinatedShutdownSpec(ITestOutputHelper output) : TestKit(output: output)
{
    [Fact]
    public async Task The_phases_run_in_order_and_end_with_the_system()
    {
        var ran = new ConcurrentQueue<string>();
        var shutdown = CoordinatedShutdown.Get(Sys);
        Add(CoordinatedShutdown.PhaseBeforeActorSystemTerminate, "last");
        Add(CoordinatedShutdown.PhaseServiceStop, "middle");
        Add(CoordinatedShutdown.PhaseBeforeServiceUnbind, "first");

        await shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance);

        ran.ShouldBe(["first", "middle", "last"]);
        await Sys.WhenTerminated.WaitAsync(TimeSpan.FromSeconds(5));

        void Add(string phase, string name) => shutdown.AddTask(phase, name, () =>
        {
            ran.Enqueue(name);
            return Task.FromResult(Done.Instance);
        });
    }

    [Fact]
    public async Task Terminate_runs_the_tasks_too()
    {
        var ran = false;
        CoordinatedShutdown.Get(Sys).AddTask(CoordinatedShutdown.PhaseServiceUnbind, "task", () =>
        {
            ran = true;
            return Task.FromResult(Done.Instance);
        });

        await Sys.Terminate();

        ran.ShouldBeTrue();
    }

    [Fact]
    public async Task A_task_that_fails_does_not_hold_up_the_rest()
    {
        var ran = false;
        var shutdown = CoordinatedShutdown.Get(Sys);
        shutdown.AddTask(CoordinatedShutdown.PhaseBeforeServiceUnbind, "bad", () => throw new InvalidOperationException("no"));
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "good", () =>
        {
            ran = true;
            return Task.FromResult(Done.Instance);
        });

        await Sys.Terminate();

        ran.ShouldBeTrue();
    }

    [Fact]
    public async Task It_runs_once()
    {
        var runs = 0;
        var shutdown = CoordinatedShutdown.Get(Sys);
        shutdown.AddTask(CoordinatedShutdown.PhaseServiceStop, "task", () =>
        {
            Interlocked.Increment(ref runs);
            return Task.FromResult(Done.Instance);
        });

        await Task.WhenAll(shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance), shutdown.Run(CoordinatedShutdown.ClrExitReason.Instance));

        runs.ShouldBe(1);
    }
}
