using Akka.Actor;
using Akka.Event;
using Shouldly;
using Xunit;

namespace ActorMonitor.Actors.Tests.Actor;

public sealed class BehaviourSpec : SystemSpec
{
    [Fact]
    public async Task The_first_handler_that_matches_wins()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Matching()));

        (await actor.Ask<string>(7, Patience)).ShouldBe("int below 10");
        (await actor.Ask<string>(70, Patience)).ShouldBe("int");
        (await actor.Ask<string>(new ArgumentNullException(), Patience)).ShouldBe("argument");
        (await actor.Ask<string>(new InvalidOperationException(), Patience)).ShouldBe("exception");
        (await actor.Ask<string>("no", Patience)).ShouldBe("any");
        (await actor.Ask<string>("yes", Patience)).ShouldBe("func");
    }

    [Fact]
    public async Task Handlers_are_not_declared_after_ReceiveAny_nor_outside_of_their_places()
    {
        var failure = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        Sys.ActorOf(Props.Create(() => new Late(failure)));

        (await failure.Task.WaitAsync(Patience)).ShouldBeOfType<InvalidOperationException>();
    }

    [Fact]
    public async Task Behaviours_stack_and_a_restart_resets_them()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Moody()));

        (await actor.Ask<string>("?", Patience)).ShouldBe("calm");
        actor.Tell("push", ActorRefs.NoSender);
        (await actor.Ask<string>("?", Patience)).ShouldBe("busy");
        actor.Tell("pop", ActorRefs.NoSender);
        (await actor.Ask<string>("?", Patience)).ShouldBe("calm");
        actor.Tell("push", ActorRefs.NoSender);
        actor.Tell("fail", ActorRefs.NoSender);
        (await actor.Ask<string>("?", Patience)).ShouldBe("calm");
    }

    [Fact]
    public async Task A_message_without_a_handler_is_published()
    {
        var probe = NewProbe();
        Sys.EventStream.Subscribe(probe.Ref, typeof(UnhandledMessage));
        var actor = Sys.ActorOf(Props.Create(() => new Moody()));

        actor.Tell(42, probe.Ref);

        var unhandled = await probe.Expect<UnhandledMessage>();
        unhandled.Message.ShouldBe(42);
        unhandled.Sender.ShouldBe(probe.Ref);
        unhandled.Recipient.ShouldBe(actor);
    }

    [Fact]
    public async Task ReceiveAsync_holds_the_mailbox_and_keeps_sender_and_context()
    {
        var first = NewProbe();
        var second = NewProbe();
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = Sys.ActorOf(Props.Create(() => new Asynchronous(gate.Task)));

        actor.Tell("one", first.Ref);
        actor.Tell("two", second.Ref);
        await first.Expect("one began");
        await second.ExpectNothing();
        gate.SetResult();

        await first.Expect("one ended");
        first.LastSender.ShouldBe(actor);
        await second.Expect("two began");
        await second.Expect("two ended");
    }

    [Fact]
    public async Task A_failure_after_an_await_is_the_supervisors_to_judge_and_the_mailbox_goes_on()
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = Sys.ActorOf(Props.Create(() => new Asynchronous(gate.Task)));
        var probe = NewProbe();

        actor.Tell("fail", probe.Ref);
        actor.Tell("next", probe.Ref);
        await probe.Expect("fail began");
        gate.SetResult();

        await probe.Expect("restarted");
        await probe.Expect("next began");
        await probe.Expect("next ended");
    }

    [Fact]
    public async Task An_actor_can_be_stopped_in_the_middle_of_an_asynchronous_handler()
    {
        var probe = NewProbe();
        var actor = Sys.ActorOf(Props.Create(() => new Asynchronous(new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously).Task)));
        probe.Watch(actor);
        actor.Tell("stuck", probe.Ref);
        await probe.Expect("stuck began");

        Sys.Stop(actor);

        await probe.ExpectTerminated(actor);
    }

    [Fact]
    public async Task Asynchronous_handlers_under_load_lose_nothing_and_keep_the_order()
    {
        var probe = NewProbe();
        var actor = Sys.ActorOf(Props.Create(() => new Yielding(probe.Ref)));

        for (var i = 0; i < 2000; i++) actor.Tell(i, ActorRefs.NoSender);

        for (var i = 0; i < 2000; i++) await probe.Expect(i);
    }

    private sealed class Matching : ReceiveActor
    {
        public Matching()
        {
            Receive<int>(n => n < 10, _ => Sender.Tell("int below 10"));
            Receive<int>(_ => Sender.Tell("int"));
            Receive<ArgumentException>(_ => Sender.Tell("argument"));
            Receive<Exception>(_ => Sender.Tell("exception"));
            Receive<string>(text =>
            {
                if (text != "yes") return false;
                Sender.Tell("func");
                return true;
            });
            ReceiveAny(_ => Sender.Tell("any"));
        }
    }

    private sealed class Late : ReceiveActor
    {
        private readonly TaskCompletionSource<Exception?> _failure;

        public Late(TaskCompletionSource<Exception?> failure)
        {
            _failure = failure;
            ReceiveAny(_ => { });
            Record.Exception(() => Receive<int>(_ => { })).ShouldBeOfType<InvalidOperationException>();
        }

        protected override void PreStart() => _failure.SetResult(Record.Exception(() => Receive<string>(_ => { })));
    }

    private sealed class Moody : ReceiveActor
    {
        public Moody() => Calm();

        private void Calm() => Answering("calm");

        private void Busy() => Answering("busy");

        private void Answering(string mood) => Receive<string>(text =>
        {
            if (text == "push") BecomeStacked(Busy);
            else if (text == "pop") UnbecomeStacked();
            else if (text == "fail") throw new InvalidOperationException();
            else Sender.Tell(mood);
        });
    }

    private sealed class Asynchronous : ReceiveActor
    {
        private IActorRef _last = ActorRefs.Nobody;

        public Asynchronous(Task gate) => ReceiveAsync<string>(async text =>
        {
            _last = Sender;
            Sender.Tell(text + " began", Self);
            await gate;
            if (text == "fail") throw new InvalidOperationException();
            await Task.Yield();
            Sender.Tell(text + " ended", Self);
        });

        protected override void PreRestart(Exception reason, object message)
        {
            _last.Tell("restarted", Self);
            base.PreRestart(reason, message);
        }
    }

    private sealed class Yielding : ReceiveActor
    {
        public Yielding(IActorRef to) => ReceiveAsync<int>(async n =>
        {
            if (n % 3 != 0) await Task.Yield();
            to.Tell(n, Self);
        });
    }
}
