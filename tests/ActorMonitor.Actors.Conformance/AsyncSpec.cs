using Akka.Actor;
using Akka.TestKit.Xunit2;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.Actors.Conformance;

public class AsyncSpec(ITestOutputHelper output) : TestKit(output: output)
{
    [Fact]
    public void ReceiveAsync_holds_the_mailbox_until_it_ends_and_keeps_the_sender()
    {
        var gate = NewGate();
        var actor = Sys.ActorOf(Props.Create(() => new Waiting(gate.Task, TestActor)));
        var other = CreateTestProbe();

        actor.Tell("first");
        ExpectMsg("began first");
        other.Send(actor, "second");
        actor.Tell("now", ActorRefs.NoSender);
        gate.SetResult();

        ExpectMsg("ended first");
        ExpectMsg("began second");
        other.ExpectMsg("ended second");
    }

    [Fact]
    public void What_ReceiveAsync_throws_reaches_the_supervisor()
    {
        var gate = NewGate();
        var actor = Sys.ActorOf(Props.Create(() => new Waiting(gate.Task, TestActor)));

        EventFilter.Exception<InvalidOperationException>("late failure").ExpectOne(() =>
        {
            actor.Tell("fail");
            ExpectMsg("began fail");
            gate.SetResult();
            ExpectMsg("restarted");
        });
        actor.Tell("again");
        ExpectMsg("began again");
    }

    [Fact]
    public void PipeTo_delivers_a_result_with_the_sender_given()
    {
        var sender = CreateTestProbe();

        _ = Task.FromResult("done").PipeTo(TestActor, sender);

        ExpectMsgFrom(sender, "done");
    }

    [Fact]
    public void PipeTo_delivers_what_success_makes_of_a_result()
    {
        _ = Task.FromResult(20).PipeTo(TestActor, success: number => $"got {number}");

        ExpectMsg("got 20");
    }

    [Fact]
    public void PipeTo_delivers_a_failure_as_Status_Failure()
    {
        _ = Task.FromException<string>(new InvalidOperationException("no")).PipeTo(TestActor);

        ExpectMsg<Status.Failure>().Cause.GetBaseException().Message.ShouldBe("no");
    }

    [Fact]
    public void PipeTo_delivers_what_failure_makes_of_an_exception()
    {
        _ = Task.FromException<string>(new InvalidOperationException("no"))
            .PipeTo(TestActor, failure: exception => exception.GetBaseException().Message);

        ExpectMsg("no");
    }

    private static TaskCompletionSource NewGate() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private sealed class Waiting : ReceiveActor
    {
        private readonly IActorRef _listener;

        public Waiting(Task gate, IActorRef listener)
        {
            _listener = listener;
            Receive<string>(message => message == "now", _ => { });
            ReceiveAsync<string>(async message =>
            {
                listener.Tell($"began {message}");
                await gate;
                if (message == "fail")
                {
                    throw new InvalidOperationException("late failure");
                }

                Sender.Tell($"ended {message}");
            });
        }

        protected override void PostRestart(Exception reason)
        {
            _listener.Tell("restarted");
            base.PostRestart(reason);
        }
    }
}
