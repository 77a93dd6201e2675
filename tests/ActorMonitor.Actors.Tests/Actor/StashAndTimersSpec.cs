using Akka.Actor;
using Shouldly;
using Xunit;

namespace ActorMonitor.Actors.Tests.Actor;

public sealed class StashAndTimersSpec : SystemSpec
{
    [Fact]
    public async Task Stashed_messages_come_back_in_their_order_before_all_others()
    {
        var probe = NewProbe();
        var actor = Sys.ActorOf(Props.Create(() => new Stashing(probe.Ref)));

        foreach (var message in new[] { "a", "b", "c", "open", "d" }) actor.Tell(message, ActorRefs.NoSender);

        foreach (var message in new[] { "a", "b", "c", "d" }) await probe.Expect(message);
    }

    [Fact]
    public async Task The_stash_survives_a_restart()
    {
        var probe = NewProbe();
        var actor = Sys.ActorOf(Props.Create(() => new Stashing(probe.Ref)));

        foreach (var message in new[] { "a", "b", "fail", "open" }) actor.Tell(message, ActorRefs.NoSender);

        foreach (var message in new[] { "a", "b" }) await probe.Expect(message);
    }

    [Fact]
    public async Task What_is_stashed_when_the_actor_stops_is_dead_letters()
    {
        var probe = NewProbe();
        Sys.EventStream.Subscribe(probe.Ref, typeof(Akka.Event.DeadLetter));
        var actor = Sys.ActorOf(Props.Create(() => new Stashing(probe.Ref)));

        actor.Tell("a", ActorRefs.NoSender);
        actor.Tell(PoisonPill.Instance, ActorRefs.NoSender);

        (await probe.Expect<Akka.Event.DeadLetter>()).Message.ShouldBe("a");
    }

    [Fact]
    public async Task A_message_is_stashed_once()
    {
        var actor = Sys.ActorOf(Props.Create(() => new DoubleStashing()));

        (await actor.Ask<string>("x", Patience)).ShouldBe(nameof(IllegalActorStateException));
    }

    [Fact]
    public async Task A_periodic_timer_fires_until_it_is_cancelled()
    {
        var probe = NewProbe();
        var actor = Sys.ActorOf(Props.Create(() => new Timed(probe.Ref)));

        actor.Tell(new Action<ITimerScheduler>(timers => timers.StartPeriodicTimer("key", "tick", TimeSpan.FromMilliseconds(2))), ActorRefs.NoSender);
        for (var i = 0; i < 5; i++) await probe.Expect("tick");
        actor.Tell(new Action<ITimerScheduler>(timers => timers.CancelAll()), ActorRefs.NoSender);
        actor.Tell("sentinel", ActorRefs.NoSender);

        while (await probe.Expect<string>() != "sentinel")
        {
        }

        await Settle(actor);
        await probe.ExpectNothing();
    }

    [Fact]
    public async Task The_receive_timeout_comes_after_silence_and_again()
    {
        var probe = NewProbe();
        Sys.ActorOf(new FunActor.Hooks
        {
            PreStart = context => context.SetReceiveTimeout(TimeSpan.FromMilliseconds(5)),
            Receive = (message, context) => probe.Ref.Tell(message, context.Self),
        }.Props);

        await probe.Expect<ReceiveTimeout>();
        await probe.Expect<ReceiveTimeout>();
    }

    [Fact]
    public async Task Messages_that_do_not_influence_the_receive_timeout_do_not_put_it_off()
    {
        var probe = NewProbe();
        var actor = Sys.ActorOf(new FunActor.Hooks
        {
            PreStart = context => context.SetReceiveTimeout(TimeSpan.FromMilliseconds(50)),
            Receive = (message, context) =>
            {
                if (message is ReceiveTimeout) probe.Ref.Tell(message, context.Self);
            },
        }.Props);
        Sys.Scheduler.ScheduleTellRepeatedly(
            TimeSpan.Zero, TimeSpan.FromMilliseconds(5), actor, new Background(), ActorRefs.NoSender, new Cancelable(Sys.Scheduler));

        await probe.Expect<ReceiveTimeout>();
    }

    private sealed class Background : INotInfluenceReceiveTimeout;

    private sealed class Stashing : ReceiveActor, IWithUnboundedStash
    {
        public Stashing(IActorRef to)
        {
            Receive<string>(text => text == "fail", _ => throw new InvalidOperationException());
            Receive<string>(text => text == "open", _ =>
            {
                Become(() => ReceiveAny(message => to.Tell(message)));
                Stash.UnstashAll();
            });
            ReceiveAny(_ => Stash.Stash());
        }

        public IStash Stash { get; set; } = null!;
    }

    private sealed class DoubleStashing : ReceiveActor, IWithUnboundedStash
    {
        public DoubleStashing() => ReceiveAny(_ =>
        {
            Stash.Stash();
            Sender.Tell(Record.Exception(() => Stash.Stash())?.GetType().Name ?? "");
        });

        public IStash Stash { get; set; } = null!;
    }

    internal sealed class Timed : ReceiveActor, IWithTimers
    {
        public Timed(IActorRef to)
        {
            Receive<Action<ITimerScheduler>>(action => action(Timers));
            Receive<string>(text => text == "active?", _ => Sender.Tell(Timers.IsTimerActive("key")));
            ReceiveAny(message => to.Tell(message));
        }

        public ITimerScheduler Timers { get; set; } = null!;
    }
}
