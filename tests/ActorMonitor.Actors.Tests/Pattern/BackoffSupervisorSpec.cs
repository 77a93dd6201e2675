using ActorMonitor.Actors.Tests.Actor;
using Akka.Actor;
using Akka.Pattern;
using Shouldly;
using Xunit;

namespace ActorMonitor.Actors.Tests.Pattern;

public sealed class BackoffSupervisorSpec : SystemSpec
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(5);

    private Props Child(Probe probe) => new FunActor.Hooks
    {
        PreStart = context => probe.Ref.Tell("started", context.Self),
        Receive = (message, context) =>
        {
            if (message is "stop") context.Stop(context.Self);
            else FunActor.Hooks.Throwing(message, context);
        },
    }.Props;

    [Fact]
    public async Task A_child_that_failed_is_started_again_after_a_delay()
    {
        var probe = NewProbe();
        var supervisor = Sys.ActorOf(BackoffSupervisor.Props(
            Backoff.OnFailure(Child(probe), "child", Short, Short * 4, 0.2, -1).WithManualReset()));
        await probe.Expect("started");

        supervisor.Tell(new InvalidOperationException(), ActorRefs.NoSender);

        await probe.Expect("started");
        (await supervisor.Ask<BackoffSupervisor.RestartCount>(BackoffSupervisor.GetRestartCount.Instance, Patience)).Count.ShouldBe(1);
        supervisor.Tell(BackoffSupervisor.Reset.Instance, ActorRefs.NoSender);
        (await supervisor.Ask<BackoffSupervisor.RestartCount>(BackoffSupervisor.GetRestartCount.Instance, Patience)).Count.ShouldBe(0);
        (await supervisor.Ask<BackoffSupervisor.CurrentChild>(BackoffSupervisor.GetCurrentChild.Instance, Patience)).Ref.Path.Name.ShouldBe("child");
        (await supervisor.Ask<string>("through", Patience)).ShouldBe("through");
    }

    [Fact]
    public async Task OnFailure_a_child_that_stops_by_itself_ends_the_supervisor()
    {
        var probe = NewProbe();
        var supervisor = Sys.ActorOf(BackoffSupervisor.Props(Backoff.OnFailure(Child(probe), "child", Short, Short, 0, -1)));
        await probe.Expect("started");
        probe.Watch(supervisor);
        await Settle(probe.Ref);

        supervisor.Tell("stop", ActorRefs.NoSender);

        await probe.ExpectTerminated(supervisor);
    }

    [Fact]
    public async Task OnStop_a_child_is_started_again_until_the_limit()
    {
        var probe = NewProbe();
        var supervisor = Sys.ActorOf(BackoffSupervisor.Props(
            Backoff.OnStop(Child(probe), "child", Short, Short, 0, 2).WithManualReset()));
        probe.Watch(supervisor);
        for (var i = 0; i < 3; i++)
        {
            await probe.Expect("started");
            probe.LastSender.Tell("stop", ActorRefs.NoSender);
        }

        await probe.ExpectTerminated(supervisor);
    }

    [Fact]
    public void The_delay_doubles_up_to_its_bound()
    {
        var options = Backoff.OnStop(Props.Empty, "child", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5), 0, -1);

        new[] { 0, 1, 2, 3, 40 }.Select(n => options.DelayAt(n).TotalSeconds).ShouldBe([1.0, 2.0, 4.0, 5.0, 5.0]);
    }
}
