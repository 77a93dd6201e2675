using ActorMonitor.Actors.Tests.Actor;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Shouldly;
using Xunit;

namespace ActorMonitor.Actors.Tests.Event;

public sealed class EventStreamSpec : SystemSpec
{
    [Fact]
    public async Task A_subscriber_gets_its_type_and_types_derived_from_it_once()
    {
        var probe = NewProbe();
        Sys.EventStream.Subscribe(probe.Ref, typeof(Base)).ShouldBeTrue();
        Sys.EventStream.Subscribe(probe.Ref, typeof(Derived)).ShouldBeFalse();

        Sys.EventStream.Publish("other");
        Sys.EventStream.Publish(new Derived());
        Sys.EventStream.Publish(new Base());

        await probe.Expect<Derived>();
        await probe.Expect<Base>();
        await probe.ExpectNothing();
    }

    [Fact]
    public async Task An_unsubscribed_actor_gets_nothing_more()
    {
        var probe = NewProbe();
        Sys.EventStream.Subscribe<Base>(probe.Ref).ShouldBeTrue();
        Sys.EventStream.Publish(new Base());

        Sys.EventStream.Unsubscribe(probe.Ref, typeof(Base)).ShouldBeTrue();
        Sys.EventStream.Unsubscribe(probe.Ref, typeof(Base)).ShouldBeFalse();
        Sys.EventStream.Publish(new Base());

        await probe.Expect<Base>();
        await probe.ExpectNothing();
    }

    [Fact]
    public async Task A_dead_subscriber_of_dead_letters_makes_no_loop()
    {
        var subscriber = Sys.ActorOf(Props.Empty);
        await subscriber.GracefulStop(Patience);
        Sys.EventStream.Subscribe(subscriber, typeof(AllDeadLetters));
        var probe = NewProbe();
        Sys.EventStream.Subscribe(probe.Ref, typeof(AllDeadLetters));

        subscriber.Tell("lost", ActorRefs.NoSender);
        subscriber.Tell(new Suppressed(), ActorRefs.NoSender);

        (await probe.Expect<DeadLetter>()).Message.ShouldBe("lost");
        await probe.Expect<SuppressedDeadLetter>();
        await probe.ExpectNothing();
    }

    [Fact]
    public async Task A_log_line_goes_to_the_stream_with_its_arguments_in_place()
    {
        using var system = ActorSystem.Create("logging", ConfigurationFactory.ParseString("akka { loglevel = WARNING, stdout-loglevel = OFF, loggers = [] }"));
        var seen = new TaskCompletionSource<LogEvent>(TaskCreationOptions.RunContinuationsAsynchronously);
        var listener = system.ActorOf(new FunActor.Hooks { Receive = (message, _) => seen.TrySetResult((LogEvent)message) }.Props);
        system.EventStream.Subscribe(listener, typeof(LogEvent));
        var log = Logging.GetLogger(system, "source");

        log.Info("not {0}", "this");
        log.Warning(new InvalidOperationException("cause"), "{0} of {1}", 1, 2);

        var warning = (await seen.Task.WaitAsync(Patience)).ShouldBeOfType<Warning>();
        warning.Message.ToString().ShouldBe("1 of 2");
        warning.Cause.Message.ShouldBe("cause");
        warning.LogSource.ShouldBe("source");
        new LogMessage("{0} {1}", [1]).ToString().ShouldBe("{0} {1} [1]");
    }

    [Fact]
    public async Task A_logger_of_the_configuration_is_started_and_told_from_its_level_on()
    {
        using var system = ActorSystem.Create(
            "loggers", ConfigurationFactory.ParseString($"akka {{ loglevel = INFO, stdout-loglevel = OFF, loggers = [\"{typeof(Recorder).AssemblyQualifiedName}\"] }}"));

        system.Log.Debug("below");
        system.Log.Info("at {0}", "level");

        (await Recorder.First.Task.WaitAsync(Patience)).Message.ToString().ShouldBe("at level");
        await system.Terminate().WaitAsync(Patience);
    }

    private class Base;

    private sealed class Derived : Base;

    private sealed class Suppressed : IDeadLetterSuppression;

    public sealed class Recorder : ReceiveActor
    {
        internal static readonly TaskCompletionSource<LogEvent> First = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Recorder()
        {
            Receive<InitializeLogger>(_ => Sender.Tell(new LoggerInitialized()));
            Receive<LogEvent>(logEvent =>
            {
                if (logEvent.LogSource.StartsWith("ActorSystem", StringComparison.Ordinal)) First.TrySetResult(logEvent);
            });
            ReceiveAny(_ => { });
        }
    }
}
