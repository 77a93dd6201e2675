using Akka.Actor;
using Akka.Event;
using Akka.TestKit.Xunit2;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.Actors.Conformance;

public class EventStreamSpec(ITestOutputHelper output) : TestKit("akka.loglevel = DEBUG", output)
{
    [Fact]
    public void A_subscriber_gets_the_type_and_what_derives_from_it()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Happening));

        Sys.EventStream.Publish("other");
        Sys.EventStream.Publish(new Happening(1));
        Sys.EventStream.Publish(new Special(2));

        ExpectMsg(new Happening(1));
        ExpectMsg<Special>().Number.ShouldBe(2);
    }

    [Fact]
    public void A_subscriber_of_an_interface_gets_what_implements_it()
    {
        Sys.EventStream.Subscribe<IMarked>(TestActor);

        Sys.EventStream.Publish(new Special(3));

        ExpectMsg<Special>();
    }

    [Fact]
    public void After_Unsubscribe_nothing_comes()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(Happening));
        Sys.EventStream.Unsubscribe(TestActor, typeof(Happening)).ShouldBeTrue();

        Sys.EventStream.Publish(new Happening(1));

        TestActor.Tell("sentinel");
        ExpectMsg("sentinel");
    }

    [Fact]
    public void A_message_to_a_stopped_actor_is_published_as_a_dead_letter()
    {
        var echo = Stopped();
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));

        echo.Tell("lost");

        var letter = ExpectMsg<DeadLetter>();
        letter.Message.ShouldBe("lost");
        letter.Sender.ShouldBe(TestActor);
        letter.Recipient.ShouldBe(echo);
    }

    [Fact]
    public void A_suppressed_message_is_a_dead_letter_to_those_who_want_all()
    {
        var echo = Stopped();
        var all = CreateTestProbe();
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));
        Sys.EventStream.Subscribe(all, typeof(AllDeadLetters));

        echo.Tell(new Quiet());
        echo.Tell("loud");

        ExpectMsg<DeadLetter>().Message.ShouldBe("loud");
        all.ExpectMsg<SuppressedDeadLetter>().Message.ShouldBeOfType<Quiet>();
        all.ExpectMsg<DeadLetter>().Message.ShouldBe("loud");
    }

    [Fact]
    public void What_an_actor_logs_carries_its_level_text_and_cause()
    {
        var logging = Sys.ActorOf(Props.Create(() => new Logging()), "logging");

        EventFilter.Debug("debug 1").ExpectOne(() => logging.Tell("debug"));
        EventFilter.Info("info 1").ExpectOne(() => logging.Tell("info"));
        EventFilter.Warning("warning 1").ExpectOne(() => logging.Tell("warning"));
        EventFilter.Error("error 1").ExpectOne(() => logging.Tell("error"));
        EventFilter.Exception<InvalidOperationException>().ExpectOne(() => logging.Tell("exception"));
    }

    private IActorRef Stopped()
    {
        var echo = Sys.ActorOf(Props.Create(() => new EchoActor()));
        Watch(echo);
        Sys.Stop(echo);
        ExpectTerminated(echo);
        return echo;
    }

    private interface IMarked;

    private record Happening(int Number);

    private sealed record Special(int Number) : Happening(Number), IMarked;

    private sealed class Quiet : IDeadLetterSuppression;

    private sealed class Logging : ReceiveActor
    {
        public Logging()
        {
            var log = Context.GetLogger();
            Receive<string>(m => m == "debug", _ => log.Debug("debug {0}", 1));
            Receive<string>(m => m == "info", _ => log.Info("info {0}", 1));
            Receive<string>(m => m == "warning", _ => log.Warning("warning {0}", 1));
            Receive<string>(m => m == "error", _ => log.Error("error {0}", 1));
            Receive<string>(m => m == "exception", _ => log.Error(new InvalidOperationException("cause"), "exception {0}", 1));
        }
    }
}
