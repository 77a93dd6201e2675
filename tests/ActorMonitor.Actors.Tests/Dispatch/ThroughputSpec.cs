using ActorMonitor.Actors.Tests.Actor;
using Akka.Actor;
using Shouldly;
using Xunit;

namespace ActorMonitor.Actors.Tests.Dispatch;

public sealed class ThroughputSpec() : SystemSpec("akka.actor.default-dispatcher.throughput = 7")
{
    [Fact]
    public async Task An_actor_gives_its_thread_to_the_others_after_its_throughput()
    {
        var here = Environment.CurrentManagedThreadId;
        var handledHere = 0;
        var probe = NewProbe();
        var system = (ActorSystemImpl)Sys;
        var provider = system.LocalProvider;
        var actor = (LocalActorRef)provider.ActorOf(
            system,
            new FunActor.Hooks
            {
                Receive = (message, _) =>
                {
                    if (Environment.CurrentManagedThreadId == here) handledHere++;
                    probe.Ref.Tell(message, ActorRefs.NoSender);
                },
            }.Props,
            provider.Guardian,
            provider.Guardian.Path / "busy",
            isSystemService: false);
        for (var i = 0; i < 100; i++) actor.Tell(i, ActorRefs.NoSender);

        // Not started: its first turn is had here.
        ((IThreadPoolWorkItem)actor.Cell.Mailbox).Execute();
        var inTheFirstTurn = handledHere;

        inTheFirstTurn.ShouldBe(7);
        for (var i = 0; i < 100; i++) await probe.Expect(i);
        actor.Stop();
    }
}
