using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Akka.Remote;
using Shouldly;
using Xunit;

namespace ActorMonitor.Actors.Tests.Remote;

public class RemotingSpec
{
    [Fact]
    public async Task A_question_to_another_system_is_answered()
    {
        await using var a = new RemoteNode("a");
        await using var b = new RemoteNode("b");
        b.Echo();

        var answer = await a.Select(b, "/user/echo").Ask<string>("hello", RemoteNode.Patience);

        answer.ShouldBe("hello");
        b.Address.Port.ShouldNotBe(0);
        b.Address.ToString().ShouldBe($"akka.tcp://b@127.0.0.1:{b.Address.Port}");
    }

    [Fact]
    public async Task Both_sides_talk_to_each_others_actors_by_their_senders()
    {
        await using var a = new RemoteNode("a");
        await using var b = new RemoteNode("b");
        var echoOfB = await Resolve(a, b, "/user/echo", b.Echo());
        var collector = a.Collect("collector");

        echoOfB.Tell("there and back", collector);

        (await a.NextAsync<string>()).ShouldBe("there and back");
        echoOfB.Path.Address.ShouldBe(b.Address);
        (await a.Select(b, "/user/echo").ResolveOne(RemoteNode.Patience)).ShouldBe(echoOfB);
    }

    [Fact]
    public async Task The_own_address_leads_to_the_actor_itself()
    {
        await using var a = new RemoteNode("a");
        var echo = a.Echo();

        a.Provider.ResolveActorRef(a.Address + "/user/echo").ShouldBe(echo);
        (await a.Select(a, "/user/echo").Ask<int>(7, RemoteNode.Patience)).ShouldBe(7);
    }

    [IPv6Fact]
    public async Task Over_IPv6_it_works_the_same()
    {
        await using var a = new RemoteNode("a", host: "::1");
        await using var b = new RemoteNode("b", host: "::1");
        b.Echo();

        (await a.Select(b, "/user/echo").Ask<string>("six", RemoteNode.Patience)).ShouldBe("six");
        b.Address.ToString().ShouldStartWith("akka.tcp://b@[::1]:");
    }

    [Fact]
    public async Task Ten_thousand_messages_keep_their_order()
    {
        await using var a = new RemoteNode("a", "akka.remote.dot-netty.tcp.send-queue-size = 20000");
        await using var b = new RemoteNode("b");
        var target = await Resolve(a, b, "/user/collector", b.Collect("collector"));

        for (var i = 0; i < 10_000; i++)
            target.Tell(i);

        for (var i = 0; i < 10_000; i++)
            (await b.NextAsync<int>()).ShouldBe(i);
    }

    [Fact]
    public async Task Systems_that_connect_to_each_other_at_once_lose_nothing_and_keep_order()
    {
        for (var round = 0; round < 10; round++)
        {
            await using var a = new RemoteNode("a");
            await using var b = new RemoteNode("b");
            a.Collect("collector");
            b.Collect("collector");

            await Task.WhenAll(Task.Run(() => SendAll(a, b)), Task.Run(() => SendAll(b, a)));

            for (var i = 0; i < 500; i++)
            {
                (await a.NextAsync<int>()).ShouldBe(i);
                (await b.NextAsync<int>()).ShouldBe(i);
            }
        }

        static void SendAll(RemoteNode from, RemoteNode to)
        {
            var target = from.Provider.ResolveActorRef(to.Address + "/user/collector");
            for (var i = 0; i < 500; i++)
                target.Tell(i);
        }
    }

    [Fact]
    public async Task A_peer_that_is_started_again_on_its_port_is_reached_again()
    {
        await using var a = new RemoteNode("a");
        var first = new RemoteNode("b");
        first.Echo();
        var target = a.Select(first, "/user/echo");
        var port = first.Address.Port!.Value;
        (await target.Ask<string>("one", RemoteNode.Patience)).ShouldBe("one");

        await first.DisposeAsync();
        await using var second = new RemoteNode("b", port: port);
        second.Echo();

        (await RemoteNode.AskUntilAnsweredAsync<string>(target, "two")).ShouldBe("two");
    }

    [Fact]
    public async Task A_restarted_peer_that_connects_first_is_answered_over_its_own_connection()
    {
        await using var a = new RemoteNode("a", "akka.remote.retry-gate-closed-for = 1h");
        a.Echo();
        var first = new RemoteNode("b");
        var port = first.Address.Port!.Value;
        (await first.Select(a, "/user/echo").Ask<string>("one", RemoteNode.Patience)).ShouldBe("one");

        await first.DisposeAsync();
        await using var second = new RemoteNode("b", port: port);

        (await RemoteNode.AskUntilAnsweredAsync<string>(second.Select(a, "/user/echo"), "two")).ShouldBe("two");
    }

    [Fact]
    public async Task What_was_sent_before_the_shutdown_still_arrives()
    {
        var a = new RemoteNode("a");
        await using var b = new RemoteNode("b");
        var target = await Resolve(a, b, "/user/collector", b.Collect("collector"));
        for (var i = 0; i < 2000; i++)
            target.Tell(i);

        await a.DisposeAsync();

        for (var i = 0; i < 2000; i++)
            (await b.NextAsync<int>()).ShouldBe(i);
    }

    [Fact]
    public async Task Without_a_peer_messages_are_dead_letters_and_the_gate_closes()
    {
        await using var a = new RemoteNode("a", "akka.remote.retry-gate-closed-for = 1h");
        var gone = new RemoteNode("b");
        var target = a.Provider.ResolveActorRef(gone.Address + "/user/echo");
        await gone.DisposeAsync();
        a.Subscribe<DeadLetter>();

        target.Tell("refused");
        var first = await a.NextAsync<DeadLetter>();
        target.Tell("gated");
        var second = await a.NextAsync<DeadLetter>();

        (first.Message, first.Recipient).ShouldBe(("refused", target));
        second.Message.ShouldBe("gated");
        a.Remoting.Counters.Unreachable.ShouldBe(2);
    }

    [Fact]
    public async Task A_message_that_is_too_large_is_dropped_and_the_link_stays()
    {
        await using var a = new RemoteNode("a");
        await using var b = new RemoteNode("b");
        b.Echo();
        a.Subscribe<AssociationErrorEvent>();
        a.Subscribe<DisassociatedEvent>();
        (await a.Select(b, "/user/echo").Ask<string>("before", RemoteNode.Patience)).ShouldBe("before");

        a.Select(b, "/user/echo").Tell(new byte[128_001]);

        (await a.NextAsync<AssociationErrorEvent>()).Cause.Message.ShouldContain("maximum-frame-size");
        (await a.Select(b, "/user/echo").Ask<byte[]>(new byte[127_000], RemoteNode.Patience)).Length.ShouldBe(127_000);
        a.Inbox.Reader.TryRead(out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_message_without_a_serializer_is_a_dead_letter()
    {
        await using var a = new RemoteNode("a");
        await using var b = new RemoteNode("b");
        a.Subscribe<DeadLetter>();
        var target = await Resolve(a, b, "/user/echo", b.Echo());

        target.Tell(new object());

        (await a.NextAsync<DeadLetter>()).Recipient.ShouldBe(target);
        a.Remoting.Counters.Unsendable.ShouldBe(1);
    }

    [Fact]
    public async Task Links_are_announced_with_their_beginning_and_end()
    {
        await using var a = new RemoteNode("a");
        var b = new RemoteNode("b");
        var addressOfB = b.Address;
        b.Echo();
        a.Subscribe<AssociationEvent>();
        await a.Select(b, "/user/echo").Ask<string>("x", RemoteNode.Patience);

        await b.DisposeAsync();

        var begun = (await a.NextAsync<AssociationEvent>()).ShouldBeOfType<AssociatedEvent>();
        begun.RemoteAddress.ShouldBe(addressOfB);
        begun.IsInbound.ShouldBeFalse();

        // No error before it: the goodbye tells a shutdown from a broken connection.
        (await a.NextAsync<AssociationEvent>()).ShouldBeOfType<DisassociatedEvent>().RemoteAddress.ShouldBe(addressOfB);
    }

    [Fact]
    public async Task A_taken_port_fails_the_start_and_is_named()
    {
        await using var a = new RemoteNode("a");

        var error = Should.Throw<RemoteTransportException>(() => new RemoteNode("b", port: a.Address.Port!.Value));

        error.Message.ShouldContain($"127.0.0.1:{a.Address.Port}");
    }

    [Theory]
    [InlineData("akka.remote.dot-netty.tcp.enable-ssl = on", "certificate.path")]
    [InlineData("akka.remote.dot-netty.tcp.hostname = \"0.0.0.0\"", "public-hostname")]
    [InlineData("akka.remote.dot-netty.tcp.port = 70000", "port")]
    [InlineData("akka.remote.dot-netty.tcp.maximum-frame-size = 1k", "maximum-frame-size")]
    [InlineData("akka.remote.transport-failure-detector.heartbeat-interval = 0s", "heartbeat-interval")]
    public void A_setting_that_cannot_be_honoured_is_refused(string setting, string key) =>
        Should.Throw<ConfigurationException>(() => new RemoteNode("a", setting)).Message.ShouldContain(key);

    [Fact]
    public async Task The_public_address_is_what_peers_call_the_system()
    {
        await using var a = new RemoteNode("a", "akka.remote.dot-netty.tcp { public-hostname = \"monitor.example\", public-port = 4711 }");

        a.Address.ToString().ShouldBe("akka.tcp://a@monitor.example:4711");
    }

    internal static async Task<IActorRef> Resolve(RemoteNode from, RemoteNode to, string path, IActorRef expected)
    {
        var found = await from.Select(to, path).ResolveOne(RemoteNode.Patience);
        found.Path.Uid.ShouldBe(expected.Path.Uid);
        return found;
    }

    private sealed class IPv6FactAttribute : FactAttribute
    {
        public IPv6FactAttribute()
        {
            if (!System.Net.Sockets.Socket.OSSupportsIPv6)
                Skip = "This machine has no IPv6.";
        }
    }
}
