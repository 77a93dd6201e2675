using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Links;
using ActorMonitor.ManagerNode.RunOnce;
using ActorMonitor.Messages;
using Akka.Actor;
using Akka.TestKit.Xunit2;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.ManagerNode.Tests.RunOnce;

public class LastAcknowledgementSpec(ITestOutputHelper output) : TestKit(output: output)
{
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task The_run_ends_only_after_the_link_has_sent_the_last_acknowledgement()
    {
        var sends = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var (run, link) = Start(sends.Task);
        var dispatch = ExpectMsg<Dispatch>();

        run.Tell(new ResultArrived("eu", OutboxId.New(), 1, 1, Sample.Result("only", dispatch.Slot)), link);

        ExpectMsg<Kept>();
        Settle(run);
        _done.Task.IsCompleted.ShouldBeFalse();
        sends.SetResult();
        await _done.Task.WaitAsync(TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task A_link_that_is_lost_meanwhile_is_not_waited_for()
    {
        var (run, link) = Start(new TaskCompletionSource().Task);
        var dispatch = ExpectMsg<Dispatch>();
        run.Tell(new ResultArrived("eu", OutboxId.New(), 1, 1, Sample.Result("only", dispatch.Slot)), link);

        run.Tell(new MonitorDown("eu"), link);

        await _done.Task.WaitAsync(TimeSpan.FromSeconds(15));
    }

    private (IActorRef Run, IActorRef Link) Start(Task sends)
    {
        var listener = TestActor;
        var link = Sys.ActorOf(Props.Create(() => new SlowLink(listener, sends)));
        var run = Sys.ActorOf(RunOnceActor.Props(new RunOnceParts(
            new Epoch(1), ManagerSettings.Default, [Sample.Job("only")], TimeProvider.System, NullLogger.Instance, (_, _) => { }, _done)));
        run.Tell(new MonitorUp("eu", link), link);
        return (run, link);
    }

    private void Settle(IActorRef actor)
    {
        actor.Tell(new Identify("settled"), TestActor);
        ExpectMsg<ActorIdentity>();
    }

    /// <summary>A link that is busy with its acknowledgement until it is let go.</summary>
    private sealed class SlowLink : ReceiveActor
    {
        public SlowLink(IActorRef listener, Task sends)
        {
            Receive<Dispatch>(dispatch => listener.Forward(dispatch));
            ReceiveAsync<Kept>(kept =>
            {
                listener.Forward(kept);
                return sends;
            });
        }
    }
}
