using System.Collections.Concurrent;
using Akka;
using Akka.Actor;
using Akka.Configuration;
using Shouldly;
using Xunit;

namespace ActorMonitor.Actors.Tests.Actor;

public sealed class SystemLifecycleSpec : SystemSpec
{
    private readonly ConcurrentQueue<string> _events = new();

    [Fact]
    public async Task The_shutdown_runs_its_phases_in_order_and_ends_the_system()
    {
        Sys.ActorOf(new FunActor.Hooks { PostStop = _ => _events.Enqueue("actors") }.Props);
        Sys.RegisterOnTermination(() => _events.Enqueue("callback"));
        var shutdown = CoordinatedShutdown.Get(Sys);
        foreach (var phase in new[] { CoordinatedShutdown.PhaseServiceStop, CoordinatedShutdown.PhaseBeforeServiceUnbind })
        {
            shutdown.AddTask(phase, "one", () =>
            {
                _events.Enqueue(phase);
                return Task.FromResult(Done.Instance);
            });
        }

        shutdown.AddTask(CoordinatedShutdown.PhaseServiceUnbind, "failing", () => throw new InvalidOperationException());
        await Sys.Terminate().WaitAsync(Patience);

        _events.ShouldBe([CoordinatedShutdown.PhaseBeforeServiceUnbind, CoordinatedShutdown.PhaseServiceStop, "actors", "callback"]);
    }

    [Fact]
    public async Task A_phase_that_hangs_is_left_behind_after_its_timeout()
    {
        using var system = ActorSystem.Create(
            "hanging",
            ConfigurationFactory.ParseString(
                "akka { loglevel = OFF, stdout-loglevel = OFF, coordinated-shutdown.phases.service-stop.timeout = 20ms }"));
        var never = new TaskCompletionSource<Done>(TaskCreationOptions.RunContinuationsAsynchronously);
        CoordinatedShutdown.Get(system).AddTask(CoordinatedShutdown.PhaseServiceStop, "never", () => never.Task);

        await CoordinatedShutdown.Get(system).Run(CoordinatedShutdown.ClrExitReason.Instance).WaitAsync(Patience);

        system.WhenTerminated.IsCompleted.ShouldBeTrue();
    }

    [Fact]
    public void An_extension_is_made_once()
    {
        var one = Sys.WithExtension<Counting, CountingProvider>();

        Sys.WithExtension<Counting, CountingProvider>().ShouldBe(one);
        Sys.HasExtension<Counting>().ShouldBeTrue();
    }

    [Fact]
    public void A_malformed_system_name_is_refused() => Should.Throw<ArgumentException>(() => ActorSystem.Create("no spaces"));

    [Fact]
    public async Task Nothing_can_be_made_after_the_end()
    {
        using var system = ActorSystem.Create("ended", ConfigurationFactory.ParseString("akka { loglevel = OFF, stdout-loglevel = OFF }"));
        await system.Terminate().WaitAsync(Patience);

        Should.Throw<InvalidOperationException>(() => system.ActorOf(Props.Empty));
        system.Terminate().IsCompleted.ShouldBeTrue();
    }

    private sealed class Counting : IExtension;

    private sealed class CountingProvider : ExtensionIdProvider<Counting>
    {
        public override Counting CreateExtension(ExtendedActorSystem system) => new();
    }
}
