using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Routing;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.Actors.Conformance;

public class BoundedMailboxSpec(ITestOutputHelper output) : TestKit(Mailboxes, output: output)
{
    private const string Mailboxes =
        """
        of-three { mailbox-type = "Akka.Dispatch.BoundedMailbox, Akka", mailbox-capacity = 3, mailbox-push-timeout-time = 0s }
        patient { mailbox-type = "Akka.Dispatch.BoundedMailbox, Akka", mailbox-capacity = 1, mailbox-push-timeout-time = 60s }
        impatient { mailbox-type = "Akka.Dispatch.BoundedMailbox, Akka", mailbox-capacity = 1, mailbox-push-timeout-time = 20ms }
        endless { mailbox-type = "Akka.Dispatch.UnboundedMailbox, Akka", mailbox-capacity = 3 }
        deque-of-two { mailbox-type = "Akka.Dispatch.BoundedDequeBasedMailbox, Akka", mailbox-capacity = 2, mailbox-push-timeout-time = 0s }
        unknown-type { mailbox-type = "Akka.Dispatch.NoSuchMailbox, Akka" }
        negative-capacity { mailbox-type = "Akka.Dispatch.BoundedMailbox, Akka", mailbox-capacity = -1, mailbox-push-timeout-time = 0s }
        no-capacity { mailbox-type = "Akka.Dispatch.BoundedMailbox, Akka", mailbox-capacity = many, mailbox-push-timeout-time = 0s }
        negative-timeout { mailbox-type = "Akka.Dispatch.BoundedMailbox, Akka", mailbox-capacity = 3, mailbox-push-timeout-time = -1s }
        """;

    [Fact]
    public void What_a_full_mailbox_has_no_place_for_goes_to_the_dead_letters_and_the_rest_keeps_its_order()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Holding()).WithMailbox("of-three"));
        var letters = LettersTo(actor);
        var gate = Hold(actor);

        Tell(actor, 1, 2, 3, 4, 5);

        var refused = letters.ExpectMsg<DeadLetter>();
        refused.Message.ShouldBe(4);
        refused.Sender.ShouldBe(TestActor);
        letters.ExpectMsg<DeadLetter>(letter => letter.Message.Equals(5));
        gate.SetResult();
        ExpectMsg(1);
        ExpectMsg(2);
        ExpectMsg(3);
        actor.Tell("sentinel");
        ExpectMsg("sentinel");
        ExpectNoMore(letters, actor);
    }

    [Fact]
    public void A_place_is_free_again_as_soon_as_its_message_is_handled()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Holding()).WithMailbox("of-three"));
        var letters = LettersTo(actor);
        for (var round = 0; round < 3; round++)
        {
            var gate = Hold(actor);
            Tell(actor, 1, 2, 3, 4);

            letters.ExpectMsg<DeadLetter>(letter => letter.Message.Equals(4));
            gate.SetResult();
            ExpectMsg(1);
            ExpectMsg(2);
            ExpectMsg(3);
        }

        ExpectNoMore(letters, actor);
    }

    [Fact]
    public void A_restart_keeps_what_waits_and_the_bound()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Holding()).WithMailbox("of-three"));
        var letters = LettersTo(actor);
        var gate = Hold(actor);
        Tell(actor, "fail", 1, 2, 3);
        letters.ExpectMsg<DeadLetter>(letter => letter.Message.Equals(3));

        gate.SetResult();

        ExpectMsg("restarted");
        ExpectMsg(1);
        ExpectMsg(2);
        gate = Hold(actor);
        Tell(actor, 4, 5, 6, 7);
        letters.ExpectMsg<DeadLetter>(letter => letter.Message.Equals(7));
        gate.SetResult();
        ExpectMsg(4);
        ExpectMsg(5);
        ExpectMsg(6);
        ExpectNoMore(letters, actor);
    }

    [Fact]
    public void A_full_mailbox_takes_what_the_system_says()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Holding()).WithMailbox("of-three"));
        var letters = LettersTo(actor);
        var gate = Hold(actor);
        Tell(actor, 1, 2, 3);

        Watch(actor);
        Sys.Stop(actor);
        gate.SetResult();

        ExpectTerminated(actor);
        letters.ReceiveN(3).Cast<DeadLetter>().Select(letter => letter.Message).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void A_sender_waits_for_a_place_as_long_as_the_push_timeout()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Holding()).WithMailbox("patient"));
        var gate = Hold(actor);
        actor.Tell(1);
        var testActor = TestActor;
        var sender = new Thread(() => actor.Tell(2, testActor)) { IsBackground = true };

        sender.Start();
        AwaitCondition(() => sender.ThreadState.HasFlag(ThreadState.WaitSleepJoin) || !sender.IsAlive, TimeSpan.FromSeconds(20));

        sender.IsAlive.ShouldBeTrue();
        gate.SetResult();
        ExpectMsg(1);
        ExpectMsg(2);
    }

    [Fact]
    public void A_mailbox_that_can_hold_up_its_senders_is_warned_of()
    {
        EventFilter.Warning(contains: "[patient]").ExpectOne(() => Sys.ActorOf(Props.Create(() => new Holding()).WithMailbox("patient")));
    }

    [Fact]
    public void A_sender_gives_up_when_there_is_no_place_in_time()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Holding()).WithMailbox("impatient"));
        var letters = LettersTo(actor);
        var gate = Hold(actor);

        Tell(actor, 1, 2);

        letters.ExpectMsg<DeadLetter>(letter => letter.Message.Equals(2));
        gate.SetResult();
        ExpectMsg(1);
        actor.Tell("sentinel");
        ExpectMsg("sentinel");
    }

    [Fact]
    public void An_unbounded_mailbox_has_no_capacity()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Holding()).WithMailbox("endless"));
        var gate = Hold(actor);

        for (var i = 0; i < 1000; i++)
        {
            actor.Tell(i);
        }

        gate.SetResult();
        ReceiveN(1000).ShouldBe(Enumerable.Range(0, 1000).Cast<object>());
    }

    [Fact]
    public void Each_routee_of_a_pool_has_a_mailbox_of_its_own()
    {
        var pool = Sys.ActorOf(Props.Create(() => new Holding()).WithMailbox("of-three").WithRouter(new RoundRobinPool(2)));
        var letters = CreateTestProbe();
        Sys.EventStream.Subscribe(letters, typeof(DeadLetter));
        letters.IgnoreMessages(message => message is DeadLetter { Message: not int });
        var gates = new[] { Hold(pool), Hold(pool) };

        Tell(pool, 1, 2, 3, 4, 5, 6, 7, 8);

        letters.ExpectMsg<DeadLetter>(letter => letter.Message.Equals(7));
        letters.ExpectMsg<DeadLetter>(letter => letter.Message.Equals(8));
        Array.ForEach(gates, gate => gate.SetResult());
        ReceiveN(6).ShouldBe([1, 2, 3, 4, 5, 6], ignoreOrder: true);
    }

    [Fact]
    public void What_comes_back_from_the_stash_finds_its_place_in_a_full_mailbox()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stashing()).WithMailbox("deque-of-two"));
        var letters = LettersTo(actor);
        actor.Tell(1);
        ExpectMsg("stashed 1");
        actor.Tell(2);
        ExpectMsg("stashed 2");
        var gate = Hold(actor);

        Tell(actor, "open", 3, 4);

        letters.ExpectMsg<DeadLetter>(letter => letter.Message.Equals(4));
        gate.SetResult();
        ExpectMsg(1);
        ExpectMsg(2);
        ExpectMsg(3);
        ExpectNoMore(letters, actor);
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData("unknown-type")]
    [InlineData("negative-capacity")]
    [InlineData("no-capacity")]
    [InlineData("negative-timeout")]
    public void A_mailbox_that_is_not_rightly_configured_is_refused_and_the_name_stays_free(string path)
    {
        var props = Props.Create(() => new Holding());

        Should.Throw<ConfigurationException>(() => Sys.ActorOf(props.WithMailbox(path), "name"));

        Sys.ActorOf(props, "name").Tell("alive");
        ExpectMsg("alive");
    }

    [Fact]
    public void A_stash_needs_a_mailbox_that_messages_can_be_put_back_into()
    {
        Should.Throw<ConfigurationException>(() => Sys.ActorOf(Props.Create(() => new Stashing()).WithMailbox("of-three")));
        Should.Throw<ConfigurationException>(() => Sys.ActorOf(Props.Create(() => new StashingAll()).WithMailbox("deque-of-two")));
    }

    // Once it is held nothing of its mailbox is taken, and no thread stands still.
    private TaskCompletionSource Hold(IActorRef actor)
    {
        var gate = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        actor.Tell(gate);
        ExpectMsg("held");
        return gate;
    }

    private void Tell(IActorRef actor, params object[] messages)
    {
        foreach (var message in messages)
        {
            actor.Tell(message, TestActor);
        }
    }

    private TestProbe LettersTo(IActorRef actor)
    {
        var letters = CreateTestProbe();
        letters.IgnoreMessages(message => message is DeadLetter letter && !letter.Recipient.Equals(actor));
        Sys.EventStream.Subscribe(letters, typeof(DeadLetter));
        return letters;
    }

    private void ExpectNoMore(TestProbe letters, IActorRef actor)
    {
        Sys.EventStream.Publish(new DeadLetter("the last", TestActor, actor));
        letters.ExpectMsg<DeadLetter>(letter => letter.Message.Equals("the last"));
    }

    private sealed class Holding : ReceiveActor
    {
        public Holding()
        {
            ReceiveAsync<TaskCompletionSource>(gate =>
            {
                Sender.Tell("held");
                return gate.Task;
            });
            Receive<string>(message => message == "fail", _ => throw new InvalidOperationException("told to fail"));
            ReceiveAny(message => Sender.Tell(message));
        }

        protected override void PreRestart(Exception reason, object message) => Sender.Tell("restarted");
    }

    private sealed class Stashing : ReceiveActor, IWithStash
    {
        public Stashing()
        {
            ReceiveAsync<TaskCompletionSource>(gate =>
            {
                Sender.Tell("held");
                return gate.Task;
            });
            Receive<string>(message => message == "open", _ =>
            {
                Become(() => ReceiveAny(message => Sender.Tell(message)));
                Stash.UnstashAll();
            });
            Receive<int>(message =>
            {
                Stash.Stash();
                Sender.Tell($"stashed {message}");
            });
        }

        public IStash Stash { get; set; } = null!;
    }

    private sealed class StashingAll : ReceiveActor, IWithUnboundedStash
    {
        public StashingAll() => ReceiveAny(_ => Stash.Stash());

        public IStash Stash { get; set; } = null!;
    }
}
