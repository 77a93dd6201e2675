using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Configs;
using Akka.TestKit.Xunit2;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.Actors.Conformance;

public class RestartSpec(ITestOutputHelper output) : TestKit(TestConfigs.TestSchedulerConfig, output: output)
{
    [Fact]
    public void A_restart_runs_the_hooks_in_order_and_starts_with_fresh_state()
    {
        var actor = Sys.ActorOf(Props.Create(() => new LifeActor(TestActor)));
        ExpectMsg("PreStart");
        actor.Tell("seen");
        ExpectMsg("seen");

        actor.Tell("fail");

        ExpectMsg("PreRestart");
        ExpectMsg("PostStop");
        ExpectMsg("PostRestart");
        ExpectMsg("PreStart");
        actor.Tell("count");
        ExpectMsg(0);
    }

    [Fact]
    public void A_restarted_actor_keeps_its_mailbox_and_skips_the_message_that_failed()
    {
        IgnoreMessages(message => message is string text && (text.StartsWith("Pre", StringComparison.Ordinal) || text.StartsWith("Post", StringComparison.Ordinal)));
        var actor = Sys.ActorOf(Props.Create(() => new LifeActor(TestActor)));

        actor.Tell("one");
        actor.Tell("fail");
        actor.Tell("two");

        ExpectMsg("one");
        ExpectMsg("two");
        actor.Tell("count");
        ExpectMsgFrom(actor, 1);
    }

    [Fact]
    public void A_restart_keeps_the_ref_and_is_no_death()
    {
        var listener = CreateTestProbe();
        var actor = Sys.ActorOf(Props.Create(() => new LifeActor(listener.Ref)), "kept");
        Watch(actor);

        actor.Tell("fail");
        actor.Tell("count");

        ExpectMsg(0);
        actor.Path.ToStringWithoutAddress().ShouldBe("/user/kept");
    }

    [Fact]
    public void A_restart_stops_the_children_before_the_new_instance_takes_a_message()
    {
        var child = CreateTestProbe();
        var listener = CreateTestProbe();
        var actor = Sys.ActorOf(Props.Create(() => new LifeActor(listener.Ref)));
        actor.Tell(Props.Create(() => new LifeActor(child.Ref)));
        var childRef = ExpectMsg<IActorRef>();
        child.ExpectMsg("PreStart");
        child.Watch(childRef);

        actor.Tell("fail");
        actor.Tell("count");

        ExpectMsg(0);
        child.ExpectMsg("PostStop");
        child.ExpectTerminated(childRef);
        actor.Tell(Props.Create(() => new LifeActor(child.Ref)));
        ExpectMsg<IActorRef>().ShouldNotBe(childRef);
    }

    [Fact]
    public void A_restart_resets_the_behaviour()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Moody()));
        actor.Tell("change");
        actor.Tell("who");
        ExpectMsg("changed");

        actor.Tell("fail");
        actor.Tell("who");

        ExpectMsg("fresh");
    }

    [Fact]
    public void A_restart_forgets_the_stacked_behaviours()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Moody()));
        actor.Tell("stack");
        actor.Tell("stack");

        actor.Tell("fail");
        actor.Tell("unstack");
        actor.Tell("who");

        ExpectMsg("fresh");
    }

    [Fact]
    public void A_restart_cancels_the_timers()
    {
        var scheduler = (TestScheduler)Sys.Scheduler;
        var actor = Sys.ActorOf(Props.Create(() => new Moody()));
        actor.Tell("arm");
        ExpectMsg("armed");

        actor.Tell("fail");
        actor.Tell("who");
        ExpectMsg("fresh");
        scheduler.Advance(TimeSpan.FromMinutes(1));
        actor.Tell("fired?");

        ExpectMsg(0);
    }

    [Fact]
    public void A_restart_delivers_the_stash_again()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Moody()));
        actor.Tell("change");
        actor.Tell(1);
        actor.Tell(2);
        actor.Tell("who");
        ExpectMsg("changed");

        actor.Tell("fail");

        ExpectMsg("number 1");
        ExpectMsg("number 2");
    }

    // Fresh: answers numbers. Changed: stashes them.
    private sealed class Moody : ReceiveActor, IWithTimers, IWithStash
    {
        private int _fired;

        public Moody() => Fresh();

        public ITimerScheduler Timers { get; set; } = null!;

        public IStash Stash { get; set; } = null!;

        private void Fresh()
        {
            Receive<string>(m => m == "change", _ => Become(Changed));
            Receive<string>(m => m == "who", _ => Sender.Tell("fresh"));
            Receive<int>(number => Sender.Tell($"number {number}"));
            Always();
        }

        private void Changed()
        {
            Receive<string>(m => m == "who", _ => Sender.Tell("changed"));
            Receive<int>(_ => Stash.Stash());
            Always();
        }

        private void Always()
        {
            Receive<string>(m => m == "fail", _ => throw new InvalidOperationException("told to fail"));
            Receive<string>(m => m == "stack", _ => BecomeStacked(Changed));
            Receive<string>(m => m == "unstack", _ => UnbecomeStacked());
            Receive<string>(m => m == "arm", _ =>
            {
                Timers.StartSingleTimer("key", "tick", TimeSpan.FromSeconds(1));
                Sender.Tell("armed");
            });
            Receive<string>(m => m == "tick", _ => _fired++);
            Receive<string>(m => m == "fired?", _ => Sender.Tell(_fired));
        }
    }
}
