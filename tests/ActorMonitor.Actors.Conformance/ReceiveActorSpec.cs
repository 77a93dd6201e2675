using Akka.Actor;
using Akka.Event;
using Akka.TestKit.Xunit2;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.Actors.Conformance;

public class ReceiveActorSpec(ITestOutputHelper output) : TestKit(output: output)
{
    [Fact]
    public void The_first_matching_handler_wins()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Matching()));

        actor.Tell("long enough");
        ExpectMsg("predicate first");
        actor.Tell("short");
        ExpectMsg("predicate last");
        actor.Tell("s");
        ExpectMsg("plain");
        actor.Tell(1);
        ExpectMsg("odd");
        actor.Tell(2);
        ExpectMsg("any");
    }

    [Fact]
    public void No_handler_can_follow_ReceiveAny()
    {
        EventFilter.Exception<ActorInitializationException>().ExpectOne(() =>
        {
            var actor = Sys.ActorOf(Props.Create(() => new AnyTooEarly()));
            Watch(actor);
            ExpectTerminated(actor);
        });
    }

    [Fact]
    public void Become_replaces_the_behaviour()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Switching()));

        actor.Tell("open");
        actor.Tell("who");
        ExpectMsg("open");
        actor.Tell("close");
        actor.Tell("who");
        ExpectMsg("closed");
    }

    [Fact]
    public void BecomeStacked_covers_the_behaviour_until_it_is_unstacked()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Switching()));

        actor.Tell("push");
        actor.Tell("who");
        ExpectMsg("pushed");
        actor.Tell("pop");
        actor.Tell("who");
        ExpectMsg("closed");
    }

    [Fact]
    public void Become_replaces_the_behaviour_on_top_and_no_other()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Switching()));

        actor.Tell("push");
        actor.Tell("replace");
        actor.Tell("who");
        ExpectMsg("replaced");
        actor.Tell("pop");
        actor.Tell("who");
        ExpectMsg("closed");
    }

    [Fact]
    public void A_message_without_a_handler_is_published()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Switching()));
        Sys.EventStream.Subscribe(TestActor, typeof(UnhandledMessage));

        actor.Tell(17);

        var unhandled = ExpectMsg<UnhandledMessage>();
        unhandled.Message.ShouldBe(17);
        unhandled.Recipient.ShouldBe(actor);
        unhandled.Sender.ShouldBe(TestActor);
    }

    [Fact]
    public void An_untyped_actor_gets_every_message()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Untyped()));

        actor.Tell("x");
        ExpectMsg("String");
        actor.Tell(1);
        ExpectMsg("Int32");
    }

    private sealed class Matching : ReceiveActor
    {
        public Matching()
        {
            Receive<string>(s => s.Length > 5, _ => Sender.Tell("predicate first"));
            Receive<string>(_ => Sender.Tell("predicate last"), s => s.Length > 2);
            Receive<string>(_ => Sender.Tell("plain"));
            Receive<int>(number =>
            {
                if (number % 2 == 0)
                {
                    return false;
                }

                Sender.Tell("odd");
                return true;
            });
            ReceiveAny(_ => Sender.Tell("any"));
        }
    }

    private sealed class AnyTooEarly : ReceiveActor
    {
        public AnyTooEarly()
        {
            ReceiveAny(_ => { });
            Receive<string>(_ => { });
        }
    }

    private sealed class Switching : ReceiveActor
    {
        public Switching() => Closed();

        private void Closed()
        {
            Receive<string>(s => s == "who", _ => Sender.Tell("closed"));
            Receive<string>(s => s == "open", _ => Become(Open));
            Receive<string>(s => s == "push", _ => BecomeStacked(Pushed));
        }

        private void Open()
        {
            Receive<string>(s => s == "who", _ => Sender.Tell("open"));
            Receive<string>(s => s == "close", _ => Become(Closed));
        }

        private void Pushed()
        {
            Receive<string>(s => s == "who", _ => Sender.Tell("pushed"));
            Receive<string>(s => s == "replace", _ => Become(Replaced));
            Receive<string>(s => s == "pop", _ => UnbecomeStacked());
        }

        private void Replaced()
        {
            Receive<string>(s => s == "who", _ => Sender.Tell("replaced"));
            Receive<string>(s => s == "pop", _ => UnbecomeStacked());
        }
    }

    private sealed class Untyped : UntypedActor
    {
        protected override void OnReceive(object message) => Sender.Tell(message.GetType().Name);
    }
}
