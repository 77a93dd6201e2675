using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Event;
using Shouldly;
using Xunit;

namespace ActorMonitor.Actors.Tests.Actor;

public sealed class LifecycleSpec : SystemSpec
{
    private readonly ConcurrentQueue<string> _events = new();

    [Fact]
    public async Task Messages_of_one_sender_keep_their_order()
    {
        var probe = NewProbe();
        var actor = Sys.ActorOf(new FunActor.Hooks { Receive = (message, _) => probe.Ref.Tell(message, ActorRefs.NoSender) }.Props);

        for (var i = 0; i < 5000; i++) actor.Tell(i, ActorRefs.NoSender);

        for (var i = 0; i < 5000; i++) await probe.Expect(i);
    }

    [Fact]
    public async Task Many_senders_lose_no_message_and_no_wake_up()
    {
        const int senders = 8, each = 20_000;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var count = 0;
        var last = new int[senders];
        var ordered = true;
        var actor = Sys.ActorOf(new FunActor.Hooks
        {
            Receive = (message, _) =>
            {
                var (sender, number) = ((int, int))message;
                ordered &= last[sender] == number - 1;
                last[sender] = number;
                if (++count == senders * each) done.SetResult();
            },
        }.Props);

        await Task.WhenAll(Enumerable.Range(0, senders).Select(sender => Task.Run(() =>
        {
            for (var i = 1; i <= each; i++) actor.Tell((sender, i), ActorRefs.NoSender);
        })));

        await done.Task.WaitAsync(Patience);
        ordered.ShouldBeTrue();
    }

    [Fact]
    public async Task A_stop_overtakes_the_messages_that_wait()
    {
        var probe = NewProbe();
        var gate = new ManualResetEventSlim();
        Sys.EventStream.Subscribe(probe.Ref, typeof(DeadLetter));
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var actor = Sys.ActorOf(new FunActor.Hooks
        {
            Receive = (_, _) =>
            {
                begun.SetResult();
                gate.Wait(Patience);
            },
        }.Props);
        actor.Tell("first", ActorRefs.NoSender);
        actor.Tell("second", ActorRefs.NoSender);
        await begun.Task.WaitAsync(Patience);

        Sys.Stop(actor);
        gate.Set();

        (await probe.Expect<DeadLetter>()).Message.ShouldBe("second");
    }

    [Fact]
    public async Task A_poison_pill_waits_its_turn_and_what_comes_after_it_is_dead_letters()
    {
        var probe = NewProbe();
        var letters = NewProbe();
        Sys.EventStream.Subscribe(letters.Ref, typeof(DeadLetter));
        var actor = Sys.ActorOf(new FunActor.Hooks { Receive = (message, _) => probe.Ref.Tell(message, ActorRefs.NoSender) }.Props);
        probe.Watch(actor);
        await Settle(probe.Ref);

        actor.Tell("before", ActorRefs.NoSender);
        actor.Tell(PoisonPill.Instance, ActorRefs.NoSender);
        actor.Tell("after", ActorRefs.NoSender);

        await probe.Expect("before");
        await probe.ExpectTerminated(actor);
        (await letters.Expect<DeadLetter>()).Message.ShouldBe("after");
    }

    [Fact]
    public async Task No_message_is_lost_between_delivery_and_dead_letters_when_an_actor_stops()
    {
        const int messages = 2000;
        for (var round = 0; round < 20; round++)
        {
            var handled = 0;
            var dead = 0;
            var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            void Count(ref int counter)
            {
                Interlocked.Increment(ref counter);
                if (Volatile.Read(ref handled) + Volatile.Read(ref dead) == messages) done.TrySetResult();
            }

            var letters = Sys.ActorOf(new FunActor.Hooks
            {
                Receive = (message, _) =>
                {
                    if (message is DeadLetter { Message: int }) Count(ref dead);
                },
            }.Props);
            Sys.EventStream.Subscribe(letters, typeof(DeadLetter));
            var actor = Sys.ActorOf(new FunActor.Hooks { Receive = (_, _) => Count(ref handled) }.Props);

            var sending = Task.Run(() =>
            {
                for (var i = 0; i < messages; i++) actor.Tell(i, ActorRefs.NoSender);
            });
            Sys.Stop(actor);

            await sending;
            await done.Task.WaitAsync(Patience);
            Sys.EventStream.Unsubscribe(letters);
        }
    }

    [Fact]
    public async Task The_children_stop_before_their_parent()
    {
        var probe = NewProbe();
        FunActor.Hooks Named(string name, Props? child) => new()
        {
            PreStart = context =>
            {
                if (child is not null) context.ActorOf(child, "child");
            },
            PostStop = _ => _events.Enqueue(name),
        };
        var parent = Sys.ActorOf(Named("parent", Named("child", Named("grandchild", null).Props).Props).Props);
        probe.Watch(parent);
        await Settle(probe.Ref);

        Sys.Stop(parent);

        await probe.ExpectTerminated(parent);
        _events.ShouldBe(["grandchild", "child", "parent"]);
    }

    [Fact]
    public async Task A_name_is_free_again_once_its_actor_has_ended()
    {
        var probe = NewProbe();
        var taken = Record.Exception(() => { });
        Sys.ActorOf(new FunActor.Hooks
        {
            PreStart = context =>
            {
                var child = context.Watch(context.ActorOf(Props.Empty, "name"));
                taken = Record.Exception(() => context.ActorOf(Props.Empty, "name"));
                probe.Ref.Tell(child, context.Self);
                context.Stop(child);
            },
            Receive = (message, context) =>
            {
                if (message is Terminated) probe.Ref.Tell(context.ActorOf(Props.Empty, "name"), context.Self);
            },
        }.Props);

        var first = await probe.ExpectRef();
        var second = await probe.ExpectRef();
        taken.ShouldBeOfType<InvalidActorNameException>();
        second.Path.ShouldBe(first.Path);
        second.ShouldNotBe(first);
    }

    [Theory]
    [InlineData("")]
    [InlineData("$a")]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("ü")]
    [InlineData("a#1")]
    public void A_malformed_name_is_refused(string name) =>
        Should.Throw<InvalidActorNameException>(() => Sys.ActorOf(Props.Empty, name));

    [Fact]
    public void Actors_without_a_name_get_one() =>
        Enumerable.Range(0, 100).Select(_ => Sys.ActorOf(Props.Empty).Path.Name).Distinct().Count().ShouldBe(100);

    [Fact]
    public void An_actor_cannot_be_made_with_new() => Should.Throw<ActorInitializationException>(() => new FunActor(new FunActor.Hooks()));

    [Fact]
    public async Task Arguments_in_props_are_evaluated_once()
    {
        var evaluations = 0;
        Func<string> evaluate = () => $"{++evaluations}";
        var props = Props.Create(() => new Echoing(evaluate()));

        var one = Sys.ActorOf(props);
        var two = Sys.ActorOf(props);

        (await one.Ask<string>("?", Patience)).ShouldBe("1");
        (await two.Ask<string>("?", Patience)).ShouldBe("1");
        evaluations.ShouldBe(1);
    }

    [Fact]
    public async Task The_context_is_gone_after_an_await_outside_of_ReceiveAsync()
    {
        var probe = NewProbe();
        var actor = Sys.ActorOf(Props.Create(() => new Awaiting()));

        actor.Tell("go", probe.Ref);

        await probe.Expect(typeof(NotSupportedException).Name);
    }

    [Fact]
    public async Task No_child_comes_to_be_in_a_parent_that_is_ending()
    {
        var made = new TaskCompletionSource<Exception?>(TaskCreationOptions.RunContinuationsAsynchronously);
        var parent = Sys.ActorOf(new FunActor.Hooks
        {
            PostStop = context => made.SetResult(Record.Exception(() => context.ActorOf(Props.Empty))),
        }.Props);

        Sys.Stop(parent);

        (await made.Task.WaitAsync(Patience)).ShouldBeOfType<InvalidOperationException>();
    }

    [Fact]
    public async Task The_system_ends_while_actors_are_being_made()
    {
        using var stop = new CancellationTokenSource();
        var making = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                try
                {
                    Sys.ActorOf(new FunActor.Hooks { PreStart = context => context.ActorOf(Props.Empty) }.Props);
                }
                catch (InvalidOperationException)
                {
                    return;
                }
            }
        });

        await Sys.Terminate().WaitAsync(Patience);

        await making.WaitAsync(Patience);
        await stop.CancelAsync();
    }

    private sealed class Echoing : ReceiveActor
    {
        public Echoing(string text) => ReceiveAny(_ => Sender.Tell(text));
    }

    private sealed class Awaiting : ReceiveActor
    {
        private Task _started = Task.CompletedTask;

        public Awaiting() => Receive<string>(text =>
        {
            var sender = Sender;
            _started = Run(sender);
        });

        private async Task Run(IActorRef sender)
        {
            await Task.Yield();
            await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            sender.Tell(Record.Exception(() => { _ = Sender; })?.GetType().Name ?? "no exception", ActorRefs.NoSender);
        }
    }
}
