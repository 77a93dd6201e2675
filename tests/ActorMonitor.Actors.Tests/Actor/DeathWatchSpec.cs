using Akka.Actor;
using Akka.Event;
using Shouldly;
using Xunit;

namespace ActorMonitor.Actors.Tests.Actor;

public sealed class DeathWatchSpec : SystemSpec
{
    [Fact]
    public async Task Terminated_comes_exactly_once_despite_a_double_watch()
    {
        var probe = NewProbe();
        var actor = Sys.ActorOf(Props.Empty);
        probe.Watch(actor);
        probe.Watch(actor);
        await Settle(probe.Ref);

        Sys.Stop(actor);

        await probe.ExpectTerminated(actor);
        await probe.ExpectNothing();
    }

    [Fact]
    public async Task Watching_the_dead_is_answered_without_confirmation_of_existence()
    {
        var probe = NewProbe();
        var actor = Sys.ActorOf(Props.Empty);
        await actor.GracefulStop(Patience);

        probe.Watch(actor);

        var terminated = await probe.Expect<Terminated>();
        terminated.ActorRef.ShouldBe(actor);
        terminated.ExistenceConfirmed.ShouldBeFalse();
    }

    [Fact]
    public async Task Terminated_comes_after_what_the_dead_one_had_sent()
    {
        var probe = NewProbe();
        var actor = Sys.ActorOf(new FunActor.Hooks { PostStop = context => probe.Ref.Tell("last words", context.Self) }.Props);
        probe.Watch(actor);
        await Settle(probe.Ref);

        Sys.Stop(actor);

        await probe.Expect("last words");
        await probe.ExpectTerminated(actor);
    }

    [Fact]
    public async Task Unwatch_takes_back_a_notice_that_waits_in_the_mailbox()
    {
        var probe = NewProbe();
        var subject = Sys.ActorOf(Props.Empty);
        var gate = new ManualResetEventSlim();
        var watcher = Sys.ActorOf(new FunActor.Hooks
        {
            PreStart = context => context.Watch(subject),
            Receive = (message, context) =>
            {
                if (message is "block") gate.Wait(Patience);
                if (message is "unwatch") context.Unwatch(subject);

                // As text: a Terminated that is not its own is nothing to a probe.
                probe.Ref.Tell(message.ToString()!, context.Self);
            },
        }.Props);
        await Settle(watcher);
        watcher.Tell("block", ActorRefs.NoSender);
        watcher.Tell("unwatch", ActorRefs.NoSender);
        await subject.GracefulStop(Patience);

        gate.Set();
        await Settle(watcher);
        await Settle(watcher);

        await probe.Expect("block");
        await probe.Expect("unwatch");
        await probe.ExpectNothing();
    }

    [Fact]
    public async Task WatchWith_sends_the_message_instead()
    {
        var probe = NewProbe();
        var subject = Sys.ActorOf(Props.Empty);
        var watcher = Sys.ActorOf(new FunActor.Hooks
        {
            PreStart = context => context.WatchWith(subject, "it ended"),
            Receive = (message, context) => probe.Ref.Tell(message, context.Self),
        }.Props);
        await Settle(watcher);

        Sys.Stop(subject);

        await probe.Expect("it ended");
    }

    [Fact]
    public async Task An_unhandled_Terminated_stops_the_watcher_by_its_death_pact()
    {
        var probe = NewProbe();
        var errors = NewProbe();
        Sys.EventStream.Subscribe(errors.Ref, typeof(Error));
        var subject = Sys.ActorOf(Props.Empty);
        var watcher = Sys.ActorOf(Props.Create(() => new Pact(subject)));
        await Settle(watcher);
        probe.Watch(watcher);
        await Settle(probe.Ref);

        Sys.Stop(subject);

        await probe.ExpectTerminated(watcher);
        (await errors.Expect<Error>()).Cause.ShouldBeOfType<DeathPactException>().Message.ShouldContain(subject.Path.Name);
    }

    [Fact]
    public async Task Every_watch_that_races_with_the_end_is_answered_once()
    {
        for (var round = 0; round < 300; round++)
        {
            var probe = NewProbe();
            var actor = Sys.ActorOf(Props.Empty);

            var stopping = Task.Run(() => Sys.Stop(actor));
            probe.Watch(actor);

            await probe.ExpectTerminated(actor);
            await probe.ExpectNothing();
            await stopping;
        }
    }

    [Fact]
    public async Task A_parent_that_watches_its_child_is_told_once()
    {
        var probe = NewProbe();
        var parent = Sys.ActorOf(new FunActor.Hooks
        {
            PreStart = context => context.Watch(context.ActorOf(Props.Empty, "child")),
            Receive = (message, context) =>
            {
                if (message is "stop") context.Stop(context.Child("child"));
                if (message is Terminated terminated) probe.Ref.Tell(terminated.ActorRef.Path.Name, context.Self);
            },
        }.Props);

        parent.Tell("stop", ActorRefs.NoSender);

        await probe.Expect("child");
        await Settle(parent);
        await probe.ExpectNothing();
    }

    private sealed class Pact : ReceiveActor
    {
        public Pact(IActorRef subject)
        {
            Context.Watch(subject);
            Receive<string>(_ => { });
        }
    }
}
