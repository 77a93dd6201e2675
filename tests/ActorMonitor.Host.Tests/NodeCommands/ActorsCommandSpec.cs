using ActorMonitor.Host.NodeCommands;
using ActorMonitor.Tests;
using Akka.Actor;
using Akka.TestKit.Configs;
using Akka.TestKit.Xunit2;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.Host.Tests.NodeCommands;

public sealed class ActorsCommandSpec : TestKit
{
    private readonly Typed _node;
    private readonly ManualResetEventSlim _go = new();

    public ActorsCommandSpec(ITestOutputHelper output)
        : base(TestConfigs.TestSchedulerConfig, output: output)
        => _node = new Typed(ActorsCommand.Of(Sys, TestSchedulerTime.Of(Sys)));

    [Fact]
    public async Task A_tree_has_a_line_an_actor_with_its_type_and_what_waits_for_it()
    {
        var parent = Parent("parent", children: 2);

        (await _node.LinesAsync("actors", "tree", "/user/parent")).ShouldBe(
        [
            "ACTOR TYPE MAILBOX CHILDREN",
            "/user/parent ParentActor 0 2",
            "/user/parent/c0 IdleActor 0 0",
            "/user/parent/c1 IdleActor 0 0",
        ]);
        (await _node.LinesAsync("actors", "tree", "/user/parent/", "--depth", "0")).Length.ShouldBe(2);
        (await _node.LinesAsync("actors", "tree"))[1..].ShouldContain(line => line.StartsWith("/user/parent/c1 ", StringComparison.Ordinal));
        parent.Path.Name.ShouldBe("parent");
    }

    [Fact]
    public async Task Many_children_are_folded_and_shown_when_asked_for()
    {
        _ = Parent("many", children: 100);

        var folded = await _node.LinesAsync("actors", "tree", "/user/many");
        folded.Length.ShouldBe(15);
        folded[^1].ShouldBe("/user/many/... (88 more; --all shows them) IdleActor 0 -");
        (await _node.LinesAsync("actors", "tree", "/user/many", "--all")).Length.ShouldBe(102);
    }

    [Fact]
    public async Task A_stuck_actor_is_shown_with_what_waits_for_it_however_many_there_are()
    {
        var parent = Parent("many", children: 100);
        var go = _go;
        var stuck = Sys.ActorOf(Props.Create(() => new StuckActor(go, TestActor)), "stuck");
        stuck.Tell(1);
        ExpectMsg("stuck");
        for (var i = 0; i < 7; i++)
            stuck.Tell(1);

        (await _node.LinesAsync("actors", "tree", "/user/stuck"))[1].ShouldBe("/user/stuck StuckActor 7 0");
        (await _node.LinesAsync("actors", "tree", "--depth", "1")).ShouldContain("/user/stuck StuckActor 7 0");
        _go.Set();
        parent.Path.Name.ShouldBe("many");
    }

    [Fact]
    public async Task A_path_that_is_not_there_fails_and_says_what_is()
    {
        _ = Parent("parent", children: 1);

        (await _node.RunAsync("actors", "tree", "/user/parnt")).ShouldBe((1, "pbm: There is no actor /user/parnt: /user has no child parnt. Did you mean parent?\n"));
        (await _node.RunAsync("actors", "tree", "parent")).Exit.ShouldBe(2);
        (await _node.RunAsync("actors", "tree", "/users")).Exit.ShouldBe(2);
    }

    protected override void AfterAll()
    {
        _go.Set();
        base.AfterAll();
        _go.Dispose();
    }

    private IActorRef Parent(string name, int children)
    {
        var parent = Sys.ActorOf(Props.Create(() => new ParentActor(children)), name);
        parent.Tell("there?", TestActor);
        ExpectMsg("there?");
        return parent;
    }

    private sealed class ParentActor : ReceiveActor
    {
        public ParentActor(int children)
        {
            for (var i = 0; i < children; i++)
                Context.ActorOf(Props.Create(() => new IdleActor()), $"c{i}");
            ReceiveAny(message => Sender.Tell(message));
        }
    }

    private sealed class IdleActor : ReceiveActor;

    private sealed class StuckActor : ReceiveActor
    {
        public StuckActor(ManualResetEventSlim go, IActorRef listener) => Receive<int>(_ =>
        {
            if (!go.IsSet)
                listener.Tell("stuck");
            go.Wait();
        });
    }
}
