using Akka.Actor;
using Akka.TestKit.Xunit2;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.Actors.Conformance;

public class StashSpec(ITestOutputHelper output) : TestKit(Mailboxes, output: output)
{
    private const string Mailboxes =
        """
        stash-of-two { mailbox-type = "Akka.Dispatch.UnboundedDequeBasedMailbox, Akka", stash-capacity = 2 }
        """;

    [Fact]
    public void What_was_stashed_comes_back_in_order_and_before_what_waits()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stashing()));

        actor.Tell(1);
        actor.Tell(2);
        actor.Tell("open");
        actor.Tell(3);

        ExpectMsg(1);
        ExpectMsg(2);
        ExpectMsg(3);
    }

    [Fact]
    public void Unstash_takes_the_oldest()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stashing()));

        actor.Tell(1);
        actor.Tell(2);
        actor.Tell("open one");
        actor.Tell("sentinel");

        ExpectMsg(1);
        ExpectMsg("sentinel");
    }

    [Fact]
    public void A_stashed_message_keeps_its_sender()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stashing()));
        var probe = CreateTestProbe();

        probe.Send(actor, 1);
        actor.Tell("open");

        probe.ExpectMsg(1);
    }

    [Fact]
    public void A_full_stash_is_for_the_supervisor_to_judge_and_keeps_what_it_has()
    {
        var actor = Supervised(Props.Create(() => new StashingWithinBounds()).WithMailbox("stash-of-two"), Directive.Resume);

        actor.Tell(1);
        actor.Tell(2);
        actor.Tell(3);

        ExpectMsg<StashOverflowException>();
        actor.Tell("open");
        ExpectMsg(1);
        ExpectMsg(2);
        actor.Tell("sentinel");
        ExpectMsg("sentinel");
    }

    [Fact]
    public void A_restart_empties_a_full_stash_into_the_mailbox_but_for_what_it_had_no_place_for()
    {
        var actor = Supervised(Props.Create(() => new StashingWithinBounds()).WithMailbox("stash-of-two"), Directive.Restart);

        actor.Tell(1);
        actor.Tell(2);
        actor.Tell(3);

        // The new instance stashes the two again, and has the same bound.
        ExpectMsg<StashOverflowException>();
        actor.Tell(4);
        ExpectMsg<StashOverflowException>();
        actor.Tell("open");
        ExpectMsg(1);
        ExpectMsg(2);
        actor.Tell("sentinel");
        ExpectMsg("sentinel");
    }

    [Fact]
    public void What_was_unstashed_has_left_its_place()
    {
        var actor = Supervised(Props.Create(() => new StashingWithinBounds()).WithMailbox("stash-of-two"), Directive.Resume);

        actor.Tell(1);
        actor.Tell(2);
        actor.Tell("next");
        ExpectMsg(1);
        actor.Tell(3);
        actor.Tell(4);

        ExpectMsg<StashOverflowException>();
        actor.Tell("open");
        ExpectMsg(2);
        ExpectMsg(3);
    }

    [Fact]
    public void An_unbounded_stash_does_not_ask_for_the_capacity()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stashing()).WithMailbox("stash-of-two"));

        for (var i = 0; i < 10; i++)
        {
            actor.Tell(i);
        }

        actor.Tell("open");
        ReceiveN(10).ShouldBe(Enumerable.Range(0, 10).Cast<object>());
    }

    private IActorRef Supervised(Props props, Directive verdict)
    {
        var testActor = TestActor;
        var strategy = new OneForOneStrategy(failure =>
        {
            testActor.Tell(failure);
            return verdict;
        });
        return Sys.ActorOf(Props.Create(() => new Supervisor(props, strategy)));
    }

    private sealed class StashingWithinBounds : ReceiveActor, IWithStash
    {
        private bool _takesOne;

        public StashingWithinBounds()
        {
            Receive<string>(m => m == "open", _ =>
            {
                Become(() => ReceiveAny(message => Sender.Tell(message)));
                Stash.UnstashAll();
            });
            Receive<string>(m => m == "next", _ =>
            {
                _takesOne = true;
                Stash.Unstash();
            });
            Receive<int>(_ => !_takesOne, _ => Stash.Stash());
            Receive<int>(message =>
            {
                _takesOne = false;
                Sender.Tell(message);
            });
        }

        public IStash Stash { get; set; } = null!;
    }

    private sealed class Stashing : ReceiveActor, IWithUnboundedStash
    {
        public Stashing()
        {
            Receive<string>(m => m == "open", _ => Open(Stash.UnstashAll));
            Receive<string>(m => m == "open one", _ => Open(Stash.Unstash));
            Receive<int>(_ => Stash.Stash());
        }

        public IStash Stash { get; set; } = null!;

        private void Open(Action unstash)
        {
            Become(() => ReceiveAny(message => Sender.Tell(message)));
            unstash();
        }
    }
}
