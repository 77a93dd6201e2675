using Akka.Actor;
using Akka.TestKit.Xunit2;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.Actors.Conformance;

/// <summary>What one sees of an actor without sending it a message.</summary>
public class CellSpec(ITestOutputHelper output) : TestKit((ActorSystem?)null, output)
{
    [Fact]
    public async Task The_tree_can_be_walked_from_the_user_guardian()
    {
        var parent = Sys.ActorOf(Props.Create(() => new LifeActor(TestActor)), "parent");
        ExpectMsg("PreStart");
        parent.Tell(Props.Create(() => new EchoActor()));
        var child = ExpectMsg<IActorRef>();

        var user = await Sys.ActorSelection("/user").ResolveOne(TimeSpan.FromSeconds(3));

        user.Path.ToStringWithoutAddress().ShouldBe("/user");
        var found = Cell(user).Children.Single(each => each.Path.Name == "parent");
        found.ShouldBe(parent);
        Cell(found).Children.ShouldBe([child]);
        Cell(child).Children.ShouldBeEmpty();
    }

    [Fact]
    public void A_cell_knows_the_type_of_its_actor()
    {
        var parent = Sys.ActorOf(Props.Create(() => new LifeActor(TestActor)));
        ExpectMsg("PreStart");

        var cell = Cell(parent).Underlying;

        cell.Props.Type.ShouldBe(typeof(LifeActor));
        cell.Self.ShouldBe(parent);
        cell.System.ShouldBe(Sys);
        cell.IsTerminated.ShouldBeFalse();
    }

    [Fact]
    public void A_cell_counts_the_messages_that_wait_and_not_the_one_that_is_handled()
    {
        using var go = new ManualResetEventSlim();
        var gate = go;
        var actor = Sys.ActorOf(Props.Create(() => new WaitingActor(gate, TestActor)));
        actor.Tell(0);
        ExpectMsg("busy");
        Cell(actor).Underlying.HasMessages.ShouldBeFalse();

        for (var i = 1; i <= 5_000; i++) actor.Tell(i);
        var waiting = Cell(actor).Underlying.NumberOfMessages;
        var has = Cell(actor).Underlying.HasMessages;
        go.Set();

        waiting.ShouldBe(5_000);
        has.ShouldBeTrue();
        actor.Tell("end");
        ExpectMsg("end");
        Cell(actor).Underlying.NumberOfMessages.ShouldBe(0);
    }

    [Fact]
    public void A_dead_actor_is_terminated_and_has_nobody_under_it()
    {
        var actor = Sys.ActorOf(Props.Create(() => new EchoActor()));
        Watch(actor);
        Sys.Stop(actor);
        ExpectTerminated(actor);

        AwaitAssert(() => Cell(actor).Underlying.IsTerminated.ShouldBeTrue());
        Cell(actor).Children.ShouldBeEmpty();
    }

    private static ActorRefWithCell Cell(IActorRef actor) => actor.ShouldBeAssignableTo<ActorRefWithCell>()!;

    private sealed class WaitingActor : ReceiveActor
    {
        public WaitingActor(ManualResetEventSlim go, IActorRef listener)
        {
            Receive<int>(number =>
            {
                if (number > 0) return;
                listener.Tell("busy");
                go.Wait();
            });
            Receive<string>(listener.Tell);
        }
    }
}
