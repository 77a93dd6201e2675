using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.Actors.Conformance;

public class SupervisionSpec(ITestOutputHelper output) : TestKit(output: output)
{
    private static readonly TimeSpan Window = TimeSpan.FromSeconds(30);

    [Fact]
    public void An_actor_that_has_used_up_its_restarts_is_stopped()
    {
        var life = CreateTestProbe();
        var supervisor = Supervise(life, new OneForOneStrategy(2, Window, _ => Directive.Restart));
        Watch(ChildOf(supervisor));
        life.ExpectMsg("PreStart");

        supervisor.Tell("fail");
        supervisor.Tell("fail");
        life.ReceiveN(8).ShouldBe(["PreRestart", "PostStop", "PostRestart", "PreStart", "PreRestart", "PostStop", "PostRestart", "PreStart"]);
        supervisor.Tell("fail");

        life.ExpectMsg("PostStop");
        ExpectMsg<Terminated>();
    }

    [Fact]
    public void Resume_keeps_the_state()
    {
        var life = CreateTestProbe();
        var supervisor = Supervise(life, new OneForOneStrategy(_ => Directive.Resume));
        life.ExpectMsg("PreStart");

        supervisor.Tell("seen");
        supervisor.Tell("fail");
        supervisor.Tell("count");

        life.ExpectMsg("seen");
        ExpectMsg(1);
        life.HasMessages.ShouldBeFalse();
    }

    [Fact]
    public void Stop_stops_the_child_alone()
    {
        var life = CreateTestProbe();
        var supervisor = Supervise(life, new OneForOneStrategy(_ => Directive.Stop));
        var child = ChildOf(supervisor);
        Watch(child);

        supervisor.Tell("fail");

        ExpectTerminated(child);
        supervisor.Tell("child?");
        ExpectMsg(child);
    }

    [Fact]
    public void Escalate_is_a_failure_of_the_supervisor_itself()
    {
        var life = CreateTestProbe();
        var listener = life.Ref;
        var child = Props.Create(() => new LifeActor(listener));
        var escalates = new OneForOneStrategy(_ => Directive.Escalate);
        var restarts = new OneForOneStrategy(_ => Directive.Restart);
        var middle = Props.Create(() => new Supervisor(child, escalates));
        var top = Sys.ActorOf(Props.Create(() => new Supervisor(middle, restarts)));
        life.ExpectMsg("PreStart");

        top.Tell("fail");

        // The middle one is restarted, so its child is stopped and made anew.
        life.ExpectMsg("PostStop");
        life.ExpectMsg("PreStart");
    }

    [Fact]
    public void The_strategy_decides_by_the_exception()
    {
        var life = CreateTestProbe();
        var supervisor = Supervise(life, new OneForOneStrategy(e => e is ArgumentException ? Directive.Resume : Directive.Stop));
        Watch(ChildOf(supervisor));
        life.ExpectMsg("PreStart");

        supervisor.Tell(new ArgumentException("harmless"));
        supervisor.Tell("count");
        ExpectMsg(0);
        supervisor.Tell(new InvalidOperationException("fatal"));

        ExpectMsg<Terminated>();
        life.ExpectMsg("PostStop");
    }

    [Fact]
    public void An_actor_whose_constructor_throws_is_stopped()
        => EventFilter.Exception<ActorInitializationException>().ExpectOne(() =>
        {
            var actor = Sys.ActorOf(Props.Create(() => new Unborn()));
            Watch(actor);
            ExpectTerminated(actor);
        });

    [Fact]
    public void The_stopping_strategy_stops_whatever_fails()
    {
        var life = CreateTestProbe();
        var supervisor = Supervise(life, SupervisorStrategy.StoppingStrategy);
        var child = ChildOf(supervisor);
        Watch(child);

        supervisor.Tell("fail");

        ExpectTerminated(child);
    }

    [Fact]
    public void A_failure_is_logged_with_its_exception()
    {
        var life = CreateTestProbe();
        var supervisor = Supervise(life, SupervisorStrategy.DefaultStrategy);

        EventFilter.Exception<InvalidOperationException>("told to fail").ExpectOne(() => supervisor.Tell("fail"));
    }

    [Fact]
    public void A_sibling_is_left_alone_by_OneForOne()
    {
        var life = CreateTestProbe();
        var sibling = CreateTestProbe();
        var parent = CreateTestProbe();
        var supervisor = Sys.ActorOf(Props.Create(() => new LifeActor(parent.Ref)));
        supervisor.Tell(Props.Create(() => new LifeActor(life.Ref)));
        var first = ExpectMsg<IActorRef>();
        var other = Supervise(sibling, SupervisorStrategy.DefaultStrategy);
        life.ExpectMsg("PreStart");
        sibling.ExpectMsg("PreStart");

        first.Tell("fail");
        life.FishForMessage<string>(step => step == "PostRestart");
        other.Tell("count");

        ExpectMsg(0);
        sibling.HasMessages.ShouldBeFalse();
    }

    private IActorRef Supervise(TestProbe life, SupervisorStrategy strategy)
    {
        var listener = life.Ref;
        var child = Props.Create(() => new LifeActor(listener));
        return Sys.ActorOf(Props.Create(() => new Supervisor(child, strategy)));
    }

    private IActorRef ChildOf(IActorRef supervisor)
    {
        supervisor.Tell("child?");
        return ExpectMsg<IActorRef>();
    }

    private sealed class Unborn : ReceiveActor
    {
        public Unborn() => throw new InvalidOperationException("no birth");
    }
}
