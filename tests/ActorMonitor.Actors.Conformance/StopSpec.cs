using Akka.Actor;
using Akka.TestKit.Xunit2;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.Actors.Conformance;

public class StopSpec(ITestOutputHelper output) : TestKit(output: output)
{
    [Fact]
    public void The_children_have_stopped_before_the_parent_does()
    {
        var parent = Sys.ActorOf(Props.Create(() => new Named("parent", TestActor)));
        parent.Tell(Props.Create(() => new Named("child", TestActor)));
        var child = ExpectMsg<IActorRef>();
        child.Tell(Props.Create(() => new Named("grandchild", TestActor)));
        ExpectMsg<IActorRef>();

        Sys.Stop(parent);

        ExpectMsg("grandchild stopped");
        ExpectMsg("child stopped");
        ExpectMsg("parent stopped");
    }

    [Fact]
    public async Task GracefulStop_ends_when_the_actor_has_stopped()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Named("actor", TestActor)));

        (await actor.GracefulStop(TimeSpan.FromSeconds(5))).ShouldBeTrue();

        ExpectMsg("actor stopped");
    }

    [Fact]
    public void A_name_is_taken_as_long_as_its_actor_lives()
    {
        var first = Sys.ActorOf(Props.Create(() => new EchoActor()), "name");
        Should.Throw<InvalidActorNameException>(() => Sys.ActorOf(Props.Create(() => new EchoActor()), "name"));
        Watch(first);

        Sys.Stop(first);
        ExpectTerminated(first);

        AwaitAssert(() => Sys.ActorOf(Props.Create(() => new EchoActor()), "name").ShouldNotBe(first));
    }

    [Theory]
    [InlineData("")]
    [InlineData("$dollar")]
    [InlineData("with space")]
    [InlineData("sla/sh")]
    public void A_name_that_is_no_path_element_is_refused(string name)
        => Should.Throw<InvalidActorNameException>(() => Sys.ActorOf(Props.Create(() => new EchoActor()), name));

    [Fact]
    public void A_parent_knows_its_children_by_name()
    {
        var parent = Sys.ActorOf(Props.Create(() => new Named("parent", TestActor)));
        parent.Tell(Props.Create(() => new EchoActor()));
        var child = ExpectMsg<IActorRef>();

        parent.Tell("child?");
        ExpectMsg(child);
        parent.Tell("stop child");
        Watch(child);
        ExpectTerminated(child);

        AwaitAssert(() =>
        {
            parent.Tell("children?");
            ExpectMsg(0);
        });
    }

    [Fact]
    public async Task A_system_that_is_terminated_stops_its_actors()
    {
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Sys.ActorOf(Props.Create(() => new Ending(stopped)));
        var ended = false;
        Sys.RegisterOnTermination(() => ended = true);

        await Sys.Terminate();

        Sys.WhenTerminated.IsCompleted.ShouldBeTrue();
        ended.ShouldBeTrue();
        stopped.Task.IsCompleted.ShouldBeTrue();
    }

    private sealed class Ending(TaskCompletionSource stopped) : ReceiveActor
    {
        protected override void PostStop() => stopped.TrySetResult();
    }

    private sealed class Named : ReceiveActor
    {
        private readonly string _name;
        private readonly IActorRef _listener;

        public Named(string name, IActorRef listener)
        {
            _name = name;
            _listener = listener;
            Receive<Props>(child => Sender.Tell(Context.ActorOf(child, "child")));
            Receive<string>(m => m == "child?", _ => Sender.Tell(Context.Child("child")));
            Receive<string>(m => m == "children?", _ => Sender.Tell(Context.GetChildren().Count()));
            Receive<string>(m => m == "stop child", _ => Context.Stop(Context.Child("child")));
        }

        protected override void PostStop()
        {
            _listener.Tell($"{_name} stopped");
            base.PostStop();
        }
    }
}
