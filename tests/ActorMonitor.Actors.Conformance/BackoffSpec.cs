using Akka.Actor;
using Akka.Pattern;
using Akka.TestKit;
using Akka.TestKit.Configs;
using Akka.TestKit.Xunit2;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.Actors.Conformance;

public class BackoffSpec(ITestOutputHelper output) : TestKit(TestConfigs.TestSchedulerConfig, output: output)
{
    private static readonly TimeSpan Min = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Max = TimeSpan.FromSeconds(8);

    private TestScheduler Time => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void OnFailure_starts_the_child_again_after_the_back_off()
    {
        var life = CreateTestProbe();
        var supervisor = Sys.ActorOf(BackoffSupervisor.Props(Backoff.OnFailure(Child(life), "child", Min, Max, 0.0, 10)));
        life.ExpectMsg("PreStart");

        supervisor.Tell("fail");
        life.ExpectMsg("PostStop");
        Time.Advance(Min / 2);
        AwaitNoChild(supervisor);

        AwaitChild(supervisor, Min / 2);
        life.ExpectMsg("PreStart");
    }

    [Fact]
    public void OnStop_starts_the_child_again_after_the_back_off()
    {
        var life = CreateTestProbe();
        var supervisor = Sys.ActorOf(BackoffSupervisor.Props(Backoff.OnStop(Child(life), "child", Min, Max, 0.0, 10)));
        life.ExpectMsg("PreStart");

        supervisor.Tell(BackoffSupervisor.GetCurrentChild.Instance);
        ExpectMsg<BackoffSupervisor.CurrentChild>().Ref.Tell(PoisonPill.Instance);
        life.ExpectMsg("PostStop");
        AwaitNoChild(supervisor);

        AwaitChild(supervisor, Min);
        life.ExpectMsg("PreStart");
    }

    [Fact]
    public void Each_restart_is_counted_until_it_is_reset()
    {
        var life = CreateTestProbe();
        var supervisor = Sys.ActorOf(BackoffSupervisor.Props(Backoff.OnFailure(Child(life), "child", Min, Max, 0.0, 10).WithManualReset()));
        life.ExpectMsg("PreStart");

        supervisor.Tell("fail");
        life.ExpectMsg("PostStop");
        AwaitNoChild(supervisor);
        AwaitChild(supervisor, Min);
        life.ExpectMsg("PreStart");

        AwaitCount(supervisor, 1);
    }

    [Fact]
    public void A_child_that_lives_for_the_least_back_off_is_forgiven_its_restarts()
    {
        var life = CreateTestProbe();
        var supervisor = Sys.ActorOf(BackoffSupervisor.Props(Backoff.OnFailure(Child(life), "child", Min, Max, 0.0, 10)));
        life.ExpectMsg("PreStart");
        supervisor.Tell("fail");
        life.ExpectMsg("PostStop");
        AwaitCount(supervisor, 1);

        AwaitChild(supervisor, Min);
        Time.Advance(Min);

        AwaitCount(supervisor, 0);
    }

    [Fact]
    public void What_is_told_passes_through_to_the_child()
    {
        var life = CreateTestProbe();
        var supervisor = Sys.ActorOf(BackoffSupervisor.Props(Backoff.OnFailure(Child(life), "child", Min, Max, 0.0, 10)));

        supervisor.Tell("count");

        ExpectMsg(0);
    }

    private static Props Child(TestProbe life)
    {
        var listener = life.Ref;
        return Props.Create(() => new LifeActor(listener));
    }

    private void AwaitNoChild(IActorRef supervisor) => AwaitAssert(() =>
    {
        supervisor.Tell(BackoffSupervisor.GetCurrentChild.Instance);
        ExpectMsg<BackoffSupervisor.CurrentChild>(child => Assert.True(child.Ref.IsNobody()));
    });

    // The supervisor may arm its timer a moment after the child is gone, so the time is moved until the timer is met.
    private void AwaitChild(IActorRef supervisor, TimeSpan step) => AwaitAssert(() =>
    {
        Time.Advance(step);
        supervisor.Tell(BackoffSupervisor.GetCurrentChild.Instance);
        ExpectMsg<BackoffSupervisor.CurrentChild>(child => Assert.False(child.Ref.IsNobody()));
    });

    private void AwaitCount(IActorRef supervisor, int count) => AwaitAssert(() =>
    {
        supervisor.Tell(BackoffSupervisor.GetRestartCount.Instance);
        ExpectMsg<BackoffSupervisor.RestartCount>(restarts => Assert.Equal(count, restarts.Count));
    });
}
