using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Configs;
using Akka.TestKit.Xunit2;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.Actors.Conformance;

public class TimersSpec(ITestOutputHelper output) : TestKit(TestConfigs.TestSchedulerConfig, output: output)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private TestScheduler Time => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void A_single_timer_fires_once_at_its_time()
    {
        var actor = Armed(timers => timers.StartSingleTimer("a", "tick", Second));

        Time.Advance(Second - TimeSpan.FromMilliseconds(1));
        Sentinel(actor);
        Time.Advance(TimeSpan.FromMilliseconds(1));
        ExpectMsg("tick");
        Time.Advance(Second * 10);
        Sentinel(actor);
    }

    [Fact]
    public void A_timer_with_the_same_key_replaces_the_earlier_one()
    {
        var actor = Armed(timers =>
        {
            timers.StartSingleTimer("a", "old", Second);
            timers.StartSingleTimer("a", "new", Second * 2);
        });

        Time.Advance(Second);
        Sentinel(actor);
        Time.Advance(Second);
        ExpectMsg("new");
    }

    [Fact]
    public void Timers_of_different_keys_are_independent()
    {
        var actor = Armed(timers =>
        {
            timers.StartSingleTimer("a", "first", Second);
            timers.StartSingleTimer("b", "second", Second * 2);
            timers.Cancel("a");
        });

        Time.Advance(Second * 2);

        ExpectMsg("second");
        Sentinel(actor);
    }

    [Fact]
    public void A_periodic_timer_fires_at_each_interval_until_it_is_cancelled()
    {
        var actor = Armed(timers => timers.StartPeriodicTimer("a", "tick", Second));

        for (var i = 0; i < 3; i++)
        {
            Time.Advance(Second);
            ExpectMsg("tick");
        }

        Order(actor, timers => timers.CancelAll());
        Time.Advance(Second * 3);
        Sentinel(actor);
    }

    [Fact]
    public void A_periodic_timer_may_begin_at_another_delay()
    {
        Armed(timers => timers.StartPeriodicTimer("a", "tick", TimeSpan.FromMilliseconds(100), Second));

        Time.Advance(TimeSpan.FromMilliseconds(100));
        ExpectMsg("tick");
        Time.Advance(Second);
        ExpectMsg("tick");
    }

    [Fact]
    public void A_timer_is_active_from_its_start_until_it_has_fired()
    {
        var actor = Armed(timers => timers.StartSingleTimer("a", "tick", Second));
        Order(actor, timers => timers.IsTimerActive("a").ShouldBeTrue());

        Time.Advance(Second);
        ExpectMsg("tick");

        Order(actor, timers => timers.IsTimerActive("a").ShouldBeFalse());
    }

    [Fact]
    public void A_stopped_actor_gets_no_tick()
    {
        var letters = CreateTestProbe();
        Sys.EventStream.Subscribe(letters, typeof(Akka.Event.DeadLetter));
        var actor = Armed(timers => timers.StartSingleTimer("a", "tick", Second));
        Watch(actor);
        Sys.Stop(actor);
        ExpectTerminated(actor);

        Time.Advance(Second);

        Sys.DeadLetters.Tell("sentinel");
        letters.ExpectMsg<Akka.Event.DeadLetter>(letter => letter.Message.Equals("sentinel"));
    }

    [Fact]
    public void The_receive_timeout_comes_after_silence_and_can_be_switched_off()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Impatient(TestActor)));
        Sentinel(actor);

        // The actor arms the timeout after its answer; what does not influence it comes when that is done.
        actor.Tell(new Background());
        ExpectMsg<Background>();
        Time.Advance(Second);
        ExpectMsg("timeout");
        actor.Tell("off");
        Sentinel(actor);
        Time.Advance(Second * 5);
        Sentinel(actor);
    }

    private IActorRef Armed(Action<ITimerScheduler> order)
    {
        var actor = Sys.ActorOf(Props.Create(() => new Timed(TestActor)));
        Order(actor, order);
        return actor;
    }

    private void Order(IActorRef actor, Action<ITimerScheduler> order)
    {
        actor.Tell(order);
        ExpectMsg("done");
    }

    // What was delivered before this came before it.
    private void Sentinel(IActorRef actor)
    {
        actor.Tell("sentinel");
        ExpectMsg("sentinel");
    }

    private sealed class Timed : ReceiveActor, IWithTimers
    {
        public Timed(IActorRef listener)
        {
            Receive<Action<ITimerScheduler>>(order =>
            {
                try
                {
                    order(Timers);
                    Sender.Tell("done");
                }
                catch (Exception e)
                {
                    Sender.Tell(e.Message);
                }
            });
            ReceiveAny(message => listener.Tell(message));
        }

        public ITimerScheduler Timers { get; set; } = null!;
    }

    private sealed class Background : INotInfluenceReceiveTimeout;

    private sealed class Impatient : ReceiveActor
    {
        public Impatient(IActorRef listener)
        {
            Context.SetReceiveTimeout(TimeSpan.FromSeconds(1));
            Receive<ReceiveTimeout>(_ => listener.Tell("timeout"));
            Receive<string>(m => m == "off", _ => Context.SetReceiveTimeout(null));
            ReceiveAny(message => listener.Tell(message));
        }
    }
}
