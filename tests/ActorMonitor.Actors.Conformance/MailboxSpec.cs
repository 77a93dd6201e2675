using Akka.Actor;
using Akka.Event;
using Akka.TestKit.Xunit2;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.Actors.Conformance;

public class MailboxSpec(ITestOutputHelper output) : TestKit(output: output)
{
    [Fact]
    public void Messages_of_one_sender_keep_their_order()
    {
        var echo = Sys.ActorOf(Props.Create(() => new EchoActor()));

        for (var i = 0; i < 1000; i++)
        {
            echo.Tell(i);
        }

        ReceiveN(1000).ShouldBe(Enumerable.Range(0, 1000).Cast<object>());
    }

    [Fact]
    public void One_message_is_handled_at_a_time_whoever_sends()
    {
        var counter = Sys.ActorOf(Props.Create(() => new Counter()));

        Parallel.For(0, 4, _ =>
        {
            for (var i = 0; i < 5000; i++)
            {
                counter.Tell("count", ActorRefs.NoSender);
            }
        });
        counter.Tell("total");

        ExpectMsg(20000);
    }

    [Fact]
    public void PoisonPill_waits_its_turn_and_what_comes_after_it_goes_to_dead_letters()
    {
        var actor = Sys.ActorOf(Props.Create(() => new LifeActor(TestActor)));
        ExpectMsg("PreStart");
        var letters = CreateTestProbe();
        Sys.EventStream.Subscribe(letters, typeof(DeadLetter));

        actor.Tell("before");
        actor.Tell(PoisonPill.Instance);
        actor.Tell("after");

        ExpectMsg("before");
        ExpectMsg("PostStop");
        letters.FishForMessage<DeadLetter>(letter => letter.Message.Equals("after"));
    }

    [Fact]
    public void Stop_does_not_wait_for_the_messages_in_the_mailbox()
    {
        var gate = new ManualResetEventSlim();
        var actor = Sys.ActorOf(Props.Create(() => new Blocking(gate, TestActor)));
        actor.Tell("first");
        ExpectMsg("began first");
        actor.Tell("second");
        Watch(actor);

        Sys.Stop(actor);
        gate.Set();

        ExpectTerminated(actor);
    }

    [Fact]
    public void Kill_stops_an_actor_through_its_supervisor()
    {
        var actor = Sys.ActorOf(Props.Create(() => new EchoActor()));
        Watch(actor);

        EventFilter.Exception<ActorKilledException>().ExpectOne(() =>
        {
            actor.Tell(Kill.Instance);
            ExpectTerminated(actor);
        });
    }

    [Fact]
    public void A_null_message_is_refused()
    {
        var echo = Sys.ActorOf(Props.Create(() => new EchoActor()));

        Should.Throw<InvalidMessageException>(() => echo.Tell(null!));
    }

    private sealed class Counter : ReceiveActor
    {
        private int _count;

        public Counter()
        {
            Receive<string>(message => message == "count", _ => _count++);
            Receive<string>(message => message == "total", _ => Sender.Tell(_count));
        }
    }

    private sealed class Blocking : ReceiveActor
    {
        public Blocking(ManualResetEventSlim gate, IActorRef listener) => Receive<string>(message =>
        {
            listener.Tell($"began {message}");
            gate.Wait(TimeSpan.FromSeconds(5));
        });
    }
}
