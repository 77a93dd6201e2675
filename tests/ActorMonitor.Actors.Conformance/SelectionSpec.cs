using Akka.Actor;
using Akka.Event;
using Akka.TestKit.Xunit2;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.Actors.Conformance;

public class SelectionSpec(ITestOutputHelper output) : TestKit(output: output)
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(5);

    [Fact]
    public void An_absolute_path_finds_its_actor()
    {
        Sys.ActorOf(Props.Create(() => new EchoActor()), "echo");

        Sys.ActorSelection("/user/echo").Tell("hello");

        ExpectMsg("hello");
    }

    [Fact]
    public void A_pattern_finds_all_that_fit()
    {
        foreach (var name in new[] { "a1", "a2", "b1" })
        {
            Sys.ActorOf(Props.Create(() => new Telling()), name);
        }

        Sys.ActorSelection("/user/a?").Tell("who");
        ReceiveN(2).Order().ShouldBe(["a1", "a2"]);
        Sys.ActorSelection("/user/*1").Tell("who");
        ReceiveN(2).Order().ShouldBe(["a1", "b1"]);
    }

    [Fact]
    public void A_relative_path_starts_at_the_actor_that_asks()
    {
        Sys.ActorOf(Props.Create(() => new Telling()), "sibling");
        var actor = Sys.ActorOf(Props.Create(() => new Selecting()), "actor");

        actor.Tell("../sibling");
        ExpectMsg("sibling");
        actor.Tell("child");
        ExpectMsg("child");
    }

    [Fact]
    public async Task ResolveOne_finds_the_ref()
    {
        var echo = Sys.ActorOf(Props.Create(() => new EchoActor()), "echo");

        (await Sys.ActorSelection("/user/echo").ResolveOne(Soon)).ShouldBe(echo);
    }

    [Fact]
    public async Task ResolveOne_of_nothing_is_an_ActorNotFoundException()
        => await Should.ThrowAsync<ActorNotFoundException>(Sys.ActorSelection("/user/nothing").ResolveOne(TimeSpan.FromMilliseconds(200)));

    [Fact]
    public void Identify_is_answered_with_the_ref()
    {
        var echo = Sys.ActorOf(Props.Create(() => new EchoActor()), "echo");

        Sys.ActorSelection("/user/echo").Tell(new Identify(7));

        var identity = ExpectMsg<ActorIdentity>();
        identity.MessageId.ShouldBe(7);
        identity.Subject.ShouldBe(echo);
    }

    [Fact]
    public void Identify_of_nothing_is_answered_with_nobody()
    {
        Sys.ActorSelection("/user/nothing").Tell(new Identify(8));

        ExpectMsg<ActorIdentity>().Subject.IsNobody().ShouldBeTrue();
    }

    [Fact]
    public void A_message_to_nothing_is_a_dead_letter()
    {
        Sys.EventStream.Subscribe(TestActor, typeof(DeadLetter));

        Sys.ActorSelection("/user/nothing").Tell("lost");

        ExpectMsg<DeadLetter>(letter => letter.Message.ToString()!.Contains("lost", StringComparison.Ordinal));
    }

    private sealed class Telling : ReceiveActor
    {
        public Telling() => ReceiveAny(_ => Sender.Tell(Self.Path.Name));
    }

    private sealed class Selecting : ReceiveActor
    {
        public Selecting()
        {
            Context.ActorOf(Props.Create(() => new Telling()), "child");
            Receive<string>(path => Context.ActorSelection(path).Tell("who", Sender));
        }
    }
}
