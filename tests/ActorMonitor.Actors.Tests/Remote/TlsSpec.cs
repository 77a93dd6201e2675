using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;
using Shouldly;
using Xunit;

namespace ActorMonitor.Actors.Tests.Remote;

public sealed class TlsSpec : IDisposable
{
    private const string Verbose = "akka.loglevel = WARNING\n";
    private readonly TestAuthority _authority = new();

    public void Dispose() => _authority.Dispose();

    [Fact]
    public async Task Two_nodes_of_one_authority_talk_and_nobody_can_read_along()
    {
        await using var a = new RemoteNode("a", _authority.Settings());
        await using var b = new RemoteNode("b", _authority.Settings());
        b.Echo();
        a.Echo();

        (await a.Select(b, "/user/echo").Ask<byte[]>(new byte[127_000], RemoteNode.Patience)).Length.ShouldBe(127_000);
        (await b.Select(a, "/user/echo").Ask<string>("back", RemoteNode.Patience)).ShouldBe("back");

        using var plain = await RawPeer.ConnectAsync(b);
        await plain.SendAsync(writer => Frames.WriteHello(writer, RawPeer.OwnAddress(), 1, b.Address));
        await ShouldBeClosed(plain);
    }

    [Fact]
    public async Task Order_holds_and_a_shutdown_flushes_over_TLS_too()
    {
        var a = new RemoteNode("a", _authority.Settings(more: "", name: "a.pfx") + "\nakka.remote.dot-netty.tcp.send-queue-size = 20000");
        await using var b = new RemoteNode("b", _authority.Settings());
        var target = await RemotingSpec.Resolve(a, b, "/user/collector", b.Collect("collector"));
        for (var i = 0; i < 10_000; i++)
            target.Tell(i);

        await a.DisposeAsync();

        for (var i = 0; i < 10_000; i++)
            (await b.NextAsync<int>()).ShouldBe(i);
    }

    [Fact]
    public async Task A_peer_without_TLS_is_refused_and_both_logs_say_so()
    {
        await using var secure = new RemoteNode("secure", Verbose + _authority.Settings());
        await using var plain = new RemoteNode("plain", Verbose);
        secure.Subscribe<Warning>();
        plain.Subscribe<Warning>();

        plain.Select(secure, "/user/x").Tell("in the clear");

        (await plain.NextAsync<Warning>()).Message.ToString()!.ShouldContain("it may want TLS");
        (await secure.NextAsync<Warning>()).Message.ToString()!.ShouldContain("the TLS handshake failed");
        await RemoteNode.UntilAsync(() => secure.Remoting.Counters.RefusedHandshakes == 1);
    }

    [Fact]
    public async Task A_dialler_with_TLS_gets_nowhere_without_it()
    {
        await using var secure = new RemoteNode("secure", Verbose + _authority.Settings());
        await using var plain = new RemoteNode("plain", Verbose);
        secure.Subscribe<AssociationErrorEvent>();
        plain.Subscribe<Warning>();

        secure.Select(plain, "/user/x").Tell("secret");

        (await secure.NextAsync<AssociationErrorEvent>()).Cause.Message.ShouldContain("the TLS handshake failed");
        (await plain.NextAsync<Warning>()).Message.ToString()!.ShouldContain("the peer speaks TLS, and enable-ssl is off here");
        plain.Remoting.Counters.Received.ShouldBe(0);
    }

    [Fact]
    public async Task A_peer_without_a_certificate_is_refused()
    {
        await using var node = new RemoteNode("node", Verbose + _authority.Settings());

        await ShouldBeRefused(node, certificate: null, "the peer shows no certificate");
    }

    [Fact]
    public async Task A_peer_without_a_certificate_is_let_in_when_none_is_required()
    {
        await using var node = new RemoteNode("node", _authority.Settings(more: "require-mutual-authentication = off"));

        using var peer = await RawPeer.ConnectTlsAsync(node, certificate: null);

        await peer.IntroduceAsync(node);
    }

    [Fact]
    public async Task A_certificate_of_another_authority_is_refused()
    {
        using var other = new TestAuthority();
        await using var node = new RemoteNode("node", Verbose + _authority.Settings());

        await ShouldBeRefused(node, other.Issue("stranger"), "CN=stranger", "is not trusted");
    }

    [Fact]
    public async Task An_expired_certificate_is_refused()
    {
        await using var node = new RemoteNode("node", Verbose + _authority.Settings());

        await ShouldBeRefused(node, _authority.Issue("old", until: TestAuthority.Today.AddDays(-1)), "CN=old", "NotTimeValid");
    }

    [Fact]
    public async Task A_peer_cannot_say_that_it_is_a_host_that_its_certificate_does_not_name()
    {
        await using var node = new RemoteNode("node", _authority.Settings());
        using var peer = await RawPeer.ConnectTlsAsync(node, _authority.Issue("thief", "elsewhere.example"));

        var refusal = await Should.ThrowAsync<HandshakeException>(() => peer.IntroduceAsync(node));

        refusal.Message.ShouldContain("the certificate of CN=thief is not for '127.0.0.1', which the peer says it is");
        await RemoteNode.UntilAsync(() => node.Remoting.Counters.RefusedHandshakes == 1);
    }

    [Fact]
    public async Task Names_are_not_compared_where_that_is_switched_off()
    {
        const string off = "validate-certificate-hostname = off";
        await using var a = new RemoteNode("a", _authority.Settings(_authority.Issue(host: "a.example"), off, "a.pfx"));
        await using var b = new RemoteNode("b", _authority.Settings(_authority.Issue(host: "b.example"), off, "b.pfx"));
        b.Echo();

        (await a.Select(b, "/user/echo").Ask<string>("hello", RemoteNode.Patience)).ShouldBe("hello");
    }

    [Theory]
    [InlineData("another authority", "is not trusted")]
    [InlineData("expired", "NotTimeValid")]
    [InlineData("another name", "is not for '127.0.0.1'")]
    public async Task A_dialled_peer_with_a_wrong_certificate_gets_no_message_and_the_gate_closes(string what, string reason)
    {
        using var other = new TestAuthority();
        using var wrong = what switch
        {
            "another authority" => other.Issue(),
            "expired" => _authority.Issue(until: TestAuthority.Today.AddDays(-1)),
            _ => _authority.Issue(host: "elsewhere.example"),
        };
        await using var impostor = new RemoteNode("b", _authority.Settings(wrong, name: "wrong.pfx"));
        impostor.Collect("inbox");
        await using var node = new RemoteNode("a", _authority.Settings(more: "") + "\nakka.remote.retry-gate-closed-for = 1h");
        node.Subscribe<AssociationErrorEvent>();
        node.Subscribe<DeadLetter>();
        var target = node.Provider.ResolveActorRef(impostor.Address + "/user/inbox");

        target.Tell("secret");
        (await node.NextAsync<AssociationErrorEvent>()).Cause.Message.ShouldContain(reason);
        target.Tell("gated");

        (await node.NextAsync<DeadLetter>()).Recipient.ShouldBe(target);
        await RemoteNode.UntilAsync(() => node.Remoting.Counters.Unreachable == 2 && impostor.Remoting.Counters.RefusedHandshakes == 1);
        impostor.Remoting.Counters.Received.ShouldBe(0);
    }

    [Fact]
    public async Task A_node_whose_own_certificate_is_refused_says_so_and_closes_its_gate()
    {
        using var other = new TestAuthority();
        await using var strict = new RemoteNode("strict", _authority.Settings());
        await using var refused = new RemoteNode("refused", _authority.Settings(other.Issue(), name: "other.pfx"));
        refused.Subscribe<AssociationErrorEvent>();

        refused.Select(strict, "/user/x").Tell("secret");

        (await refused.NextAsync<AssociationErrorEvent>()).Cause.Message.ShouldMatch("it may not accept this system's certificate|TLS failed: ");
        await RemoteNode.UntilAsync(() => strict.Remoting.Counters.RefusedHandshakes == 1);
        strict.Remoting.Counters.Received.ShouldBe(0);
    }

    [Fact]
    public async Task With_validation_suppressed_any_certificate_will_do()
    {
        using var other = new TestAuthority();
        await using var node = new RemoteNode("node", _authority.Settings(more: "suppress-validation = on"));

        using var peer = await RawPeer.ConnectTlsAsync(node, other.Issue("stranger", "elsewhere.example", TestAuthority.Today.AddDays(-1)));

        await peer.IntroduceAsync(node);
    }

    [Theory]
    [InlineData("random bytes")]
    [InlineData("a record with a wrong tag")]
    [InlineData("half a record")]
    public async Task Garbage_within_TLS_closes_that_link_alone(string what)
    {
        await using var node = new RemoteNode("node", _authority.Settings());
        node.Subscribe<DisassociatedEvent>();
        using var good = await EstablishAsync(node, 1);
        using var peer = await EstablishAsync(node, 2);

        await peer.SendUnencryptedAsync(what switch
        {
            "random bytes" => Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\n\r\n"),
            "a record with a wrong tag" => [0x17, 3, 3, 0, 40, .. new byte[40]],
            _ => [0x17, 3, 3, 0x40, 0, 1, 2, 3],
        });
        peer.EndSending();

        (await node.NextAsync<DisassociatedEvent>()).RemoteAddress.ShouldBe(RawPeer.OwnAddress(2));
        if (what != "half a record")
            node.Remoting.Counters.RefusedFrames.ShouldBe(1);
        await ShouldServe(node, good);
    }

    [Fact]
    public async Task Frames_within_TLS_are_checked_as_without()
    {
        await using var node = new RemoteNode("node", _authority.Settings());
        using var good = await EstablishAsync(node, 1);
        using var peer = await EstablishAsync(node, 2);

        await peer.SendAsync([0xff, 0xff, 0xff, 0x7f]);

        await ShouldBeClosed(peer);
        await RemoteNode.UntilAsync(() => node.Remoting.Counters.RefusedFrames == 1);
        await ShouldServe(node, good);
    }

    [Fact]
    public async Task A_peer_that_stalls_in_the_handshake_is_closed()
    {
        await using var node = new RemoteNode("node", "akka.remote.handshake-timeout = 200ms\n" + _authority.Settings());
        using var peer = await RawPeer.ConnectAsync(node);

        await peer.SendAsync([0x16, 3, 1]);

        await ShouldBeClosed(peer);
        await RemoteNode.UntilAsync(() => node.Remoting.Counters.RefusedHandshakes == 1);
    }

    [Fact]
    public async Task A_dialled_peer_that_stalls_in_the_handshake_is_given_up()
    {
        await using var node = new RemoteNode("node", "akka.remote.handshake-timeout = 200ms\n" + _authority.Settings());
        using var listener = new Socket(SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        node.Subscribe<AssociationErrorEvent>();

        node.Provider.ResolveActorRef(RawPeer.OwnAddress(((IPEndPoint)listener.LocalEndPoint!).Port) + "/user/x").Tell("secret");

        (await node.NextAsync<AssociationErrorEvent>()).Cause.Message.ShouldContain("has not introduced itself within");
    }

    [Fact]
    public async Task Nothing_before_TLS_1_2_is_spoken()
    {
        await using var node = new RemoteNode("node", Verbose + _authority.Settings());
        node.Subscribe<Warning>();
        using var peer = await RawPeer.ConnectAsync(node);

        // A ClientHello of TLS 1.1 (RFC 4346, section 7.4.1.2) with TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA.
        byte[] hello = [3, 2, .. new byte[32], 0, 0, 2, 0xc0, 0x09, 1, 0];
        await peer.SendAsync([0x16, 3, 1, 0, (byte)(hello.Length + 4), 1, 0, 0, (byte)hello.Length, .. hello]);

        await ShouldBeClosed(peer);
        (await node.NextAsync<Warning>()).Message.ToString()!.ShouldContain("the TLS handshake failed");
    }

    internal static async Task ShouldServe(RemoteNode node, RawPeer peer)
    {
        node.Collect("sentinel");
        await peer.SendAsync(HostilePeerSpec.Message("/user/sentinel", payload: Encoding.UTF8.GetBytes("still here")));
        (await node.NextAsync<string>()).ShouldBe("still here");
    }

    private async Task<RawPeer> EstablishAsync(RemoteNode node, int port)
    {
        var peer = await RawPeer.ConnectTlsAsync(node, _authority.Issue("raw"));
        await peer.IntroduceAsync(node, own: RawPeer.OwnAddress(port));
        return peer;
    }

    private async Task ShouldBeRefused(RemoteNode node, X509Certificate2? certificate, params string[] reasons)
    {
        node.Subscribe<Warning>();
        using var good = await EstablishAsync(node, 1);

        // With TLS 1.3 the peer learns of the refusal with its first read, before that in the handshake.
        await Should.ThrowAsync<Exception>(async () =>
        {
            using var peer = await RawPeer.ConnectTlsAsync(node, certificate);
            await peer.IntroduceAsync(node, own: RawPeer.OwnAddress(2));
        });

        var warning = (await node.NextAsync<Warning>()).Message.ToString()!;
        foreach (var reason in reasons)
            warning.ShouldContain(reason);
        node.Remoting.Counters.RefusedHandshakes.ShouldBe(1);
        await ShouldServe(node, good);
    }

    /// <summary>Reads, whatever it is, until the node closes the connection.</summary>
    private static async Task ShouldBeClosed(RawPeer peer)
    {
        try
        {
            while (await peer.ReadAsync() is not null)
            {
            }
        }
        catch (System.Runtime.Serialization.SerializationException)
        {
            // An alert of TLS is no frame, and the last that comes.
        }
    }
}
