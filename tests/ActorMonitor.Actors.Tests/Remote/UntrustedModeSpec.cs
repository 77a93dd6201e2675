using Akka.Actor;
using Shouldly;
using Xunit;

namespace ActorMonitor.Actors.Tests.Remote;

public class UntrustedModeSpec
{
    private const string Untrusted = "akka.remote { untrusted-mode = on, trusted-selection-paths = [\"/user/door\", \"/user/door/room\"] }";

    [Fact]
    public async Task A_trusted_path_can_be_selected_and_what_answers_can_be_told()
    {
        await using var outside = new RemoteNode("outside");
        await using var inside = new RemoteNode("inside", Untrusted);
        var door = await RemotingSpec.Resolve(outside, inside, "/user/door", inside.Echo("door"));

        (await outside.Select(inside, "/user/door").Ask<string>("by selection", RemoteNode.Patience)).ShouldBe("by selection");
        (await door.Ask<string>("by ref", RemoteNode.Patience)).ShouldBe("by ref");
    }

    [Theory]
    [InlineData("/user/secret")]
    [InlineData("/user/*")]
    [InlineData("/user/doo?")]
    [InlineData("/user/door/../secret")]
    [InlineData("/user")]
    [InlineData("/system")]
    public async Task Any_other_path_cannot_be_selected(string path)
    {
        await using var outside = new RemoteNode("outside");
        await using var inside = new RemoteNode("inside", Untrusted);
        inside.Collect("secret");
        inside.Collect("door");

        outside.Select(inside, path).Tell("forbidden");
        outside.Select(inside, "/user/door").Tell("sentinel");

        (await inside.NextAsync<string>()).ShouldBe("sentinel");
        inside.Remoting.Counters.Untrusted.ShouldBe(1);
    }

    [Fact]
    public async Task Harmful_messages_are_kept_out_however_they_are_sent()
    {
        await using var outside = new RemoteNode("outside");
        await using var inside = new RemoteNode("inside", Untrusted);
        var door = await RemotingSpec.Resolve(outside, inside, "/user/door", inside.Echo("door"));

        door.Tell(PoisonPill.Instance);
        door.Tell(Kill.Instance);
        outside.Select(inside, "/user/door").Tell(PoisonPill.Instance);
        ((IInternalActorRef)door).Stop();

        (await door.Ask<string>("alive", RemoteNode.Patience)).ShouldBe("alive");
        inside.Remoting.Counters.Untrusted.ShouldBe(3);
    }

    [Fact]
    public async Task In_trusted_mode_a_poison_pill_works_and_patterns_fan_out()
    {
        await using var a = new RemoteNode("a");
        await using var b = new RemoteNode("b");
        b.Collect("one");
        b.Collect("two");
        var local = b.Echo("victim");
        var victim = await RemotingSpec.Resolve(a, b, "/user/victim", local);

        victim.Tell(PoisonPill.Instance);
        a.Select(b, "/user/*").Tell("all");

        (await b.NextAsync<string>()).ShouldBe("all");
        (await b.NextAsync<string>()).ShouldBe("all");
        await RemoteNode.UntilAsync(() => ((IInternalActorRef)local).IsTerminated);
    }

    [Fact]
    public async Task A_sender_of_a_third_system_is_not_believed()
    {
        await using var outside = new RemoteNode("outside");
        await using var inside = new RemoteNode("inside", Untrusted);
        await using var third = new RemoteNode("third");
        var door = await RemotingSpec.Resolve(outside, inside, "/user/door", inside.Echo("door"));
        var victim = await RemotingSpec.Resolve(outside, third, "/user/victim", third.Collect("victim"));

        door.Tell("reflected", victim);

        (await door.Ask<string>("sentinel", RemoteNode.Patience)).ShouldBe("sentinel");
        third.Remoting.Counters.Received.ShouldBe(1);
    }
}
