using System.Net;
using System.Net.Sockets;
using System.Text;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;
using Akka.Serialization;
using Shouldly;
using Xunit;

namespace ActorMonitor.Actors.Tests.Remote;

public class HostilePeerSpec
{
    private const string Anyone = "akka.tcp://node@127.0.0.1:1";

    public static TheoryData<string, byte[]> FirstWords => new()
    {
        { "a length bomb", [0xff, 0xff, 0xff, 0x7f, 1] },
        { "a negative length", [0xff, 0xff, 0xff, 0xff, 1] },
        { "an empty frame", [0, 0, 0, 0] },
        { "a large Hello", [0x01, 0x04, 0, 0, 1] },
        { "HTTP", Encoding.ASCII.GetBytes("GET / HTTP/1.1\r\nHost: x\r\n\r\n") },
        { "a cut Hello", Hello()[..20] },
        { "a short Hello", [3, 0, 0, 0, 1, 2, 3] },
        { "a message first", [2, 0, 0, 0, (byte)FrameKind.Message, 0] },
        { "another protocol", With(Hello(), 5, 0) },
        { "a later version", With(Hello(), 9, 2) },
        { "no address", Hello(own: new Address("akka.tcp", "raw")) },
        { "an address without a port", Hello(own: new Address("akka.tcp", "raw", "127.0.0.1", 0)) },
        { "another transport", Hello(own: new Address("akka.udp", "raw", "127.0.0.1", 1)) },
        { "another's address", Hello(wanted: "akka.tcp://node@elsewhere:1") },
        { "bytes behind the Hello's fields", [.. With(Hello(), 0, (byte)(Hello()[0] + 1)), 0] },
    };

    public static TheoryData<string, byte[]> LaterWords => new()
    {
        { "a length bomb", [0xff, 0xff, 0xff, 0x7f] },
        { "a frame over the maximum", [0x01, 0xf4, 0x01, 0, (byte)FrameKind.Message] },
        { "a second Hello", Hello() },
        { "an unknown kind", [1, 0, 0, 0, 99] },
        { "a message without fields", [1, 0, 0, 0, (byte)FrameKind.Message] },
        { "a recipient longer than the frame", [3, 0, 0, 0, (byte)FrameKind.Message, 0xff, 0x00] },
        { "a recipient that is no path", Message("/user/ e") },
        { "a recipient that is not ASCII", Message("/user/\u00e9") },
        { "a recipient of another system", Message("akka.tcp://other@127.0.0.1:1/user/x") },
        { "a recipient with a bad uid", Message("/user/door#x") },
        { "a sender that is no path", Message("/user/door", sender: "/user/{}") },
    };

    [Theory]
    [MemberData(nameof(FirstWords))]
    public async Task A_wrong_first_word_closes_that_connection_alone(string what, byte[] bytes)
    {
        await using var node = new RemoteNode("node");
        using var good = await RawPeer.EstablishAsync(node);
        using var peer = await RawPeer.ConnectAsync(node);

        await peer.SendAsync(Aimed(bytes, node));
        if (what == "a cut Hello")
            peer.EndSending();

        if (await peer.ReadAsync() is { } answer)
        {
            answer.Span[0].ShouldBe((byte)FrameKind.Refuse);
            (await peer.ReadAsync()).ShouldBeNull();
        }

        await RemoteNode.UntilAsync(() => node.Remoting.Counters.RefusedHandshakes == 1);
        await ShouldServe(node, good);
    }

    [Fact]
    public async Task A_peer_of_another_version_is_told_so()
    {
        await using var node = new RemoteNode("node");
        using var peer = await RawPeer.ConnectAsync(node);

        await peer.SendAsync(With(Aimed(Hello(), node), 9, 7));

        await ShouldBeRefused(peer, "version 7");
    }

    [Fact]
    public async Task A_peer_that_looks_for_another_address_is_told_so()
    {
        await using var node = new RemoteNode("node");
        using var peer = await RawPeer.ConnectAsync(node);

        await peer.SendAsync(Hello(wanted: "akka.tcp://other@127.0.0.1:1"));

        await ShouldBeRefused(peer, "looks for 'akka.tcp://other@127.0.0.1:1'");
    }

    [Fact]
    public async Task The_own_address_cannot_be_claimed()
    {
        await using var node = new RemoteNode("node");
        using var peer = await RawPeer.ConnectAsync(node);

        await peer.SendAsync(Aimed(Hello(own: node.Address), node));

        await ShouldBeRefused(peer, "cannot be the address of a peer");
    }

    [Fact]
    public async Task A_peer_that_says_nothing_is_closed()
    {
        await using var node = new RemoteNode("node", "akka.remote.handshake-timeout = 200ms");
        using var peer = await RawPeer.ConnectAsync(node);

        (await peer.ReadAsync()).ShouldBeNull();

        await RemoteNode.UntilAsync(() => node.Remoting.Counters.RefusedHandshakes == 1);
    }

    [Theory]
    [MemberData(nameof(LaterWords))]
    public async Task A_wrong_frame_closes_that_link_alone(string what, byte[] bytes)
    {
        await using var node = new RemoteNode("node");
        using var good = await RawPeer.EstablishAsync(node, own: RawPeer.OwnAddress(1));
        using var peer = await RawPeer.EstablishAsync(node);

        await peer.SendAsync(bytes);

        (await peer.ReadAsync()).ShouldBeNull(what);
        node.Remoting.Counters.RefusedFrames.ShouldBe(1);
        await ShouldServe(node, good);
    }

    [Theory]
    [InlineData(999, "", 0)]
    [InlineData(-1, "", 0)]
    [InlineData(17, "System.Object", 0)]
    [InlineData(17, "I", 3)]
    [InlineData(16, "X", 0)]
    [InlineData(16, "X", 1)]
    [InlineData(16, "I", 2)]
    [InlineData(16, "nothing", 2)]
    public async Task A_message_that_cannot_be_read_is_dropped_and_the_link_stays(int serializer, string manifest, int payloadBytes)
    {
        await using var node = new RemoteNode("node");
        using var peer = await RawPeer.EstablishAsync(node);

        await peer.SendAsync(Message("/user/door", serializer: serializer, manifest: manifest, payload: new byte[payloadBytes]));

        await ShouldServe(node, peer);
        node.Remoting.Counters.Unreadable.ShouldBe(1);
    }

    [Fact]
    public async Task Messages_nested_in_each_other_do_not_go_deep()
    {
        await using var node = new RemoteNode("node");
        using var peer = await RawPeer.EstablishAsync(node);
        var inner = new byte[4];
        for (var i = 0; i < 5000; i++)
        {
            using var writer = new WireWriter();
            writer.Int32(16);
            writer.Text("I");
            writer.Int32(inner.Length);
            writer.Bytes(inner);
            inner = writer.Written.ToArray();
        }

        await peer.SendAsync(Message("/user/door", serializer: 16, manifest: "I", payload: inner));

        await ShouldServe(node, peer);
        node.Remoting.Counters.Unreadable.ShouldBe(1);
    }

    [Theory]
    [InlineData("x#1")]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData("a b")]
    public async Task A_selection_holds_names_only(string element)
    {
        await using var node = new RemoteNode("node");
        using var peer = await RawPeer.EstablishAsync(node);
        using var writer = new WireWriter();
        writer.Byte(0);
        writer.Byte(1);
        writer.Text(element);
        writer.Int32(17);
        writer.Text("S");
        writer.Int32(0);

        await peer.SendAsync(Message("/", serializer: 16, manifest: "X", payload: writer.Written.ToArray()));

        await ShouldServe(node, peer);
        node.Remoting.Counters.Unreadable.ShouldBe(1);
    }

    [Fact]
    public async Task A_link_that_is_made_anew_replaces_the_one_before()
    {
        await using var node = new RemoteNode("node");
        using var first = await RawPeer.EstablishAsync(node);
        using var again = await RawPeer.EstablishAsync(node);
        (await first.ReadAsync()).ShouldBeNull();

        using var reborn = await RawPeer.EstablishAsync(node, uid: 2);

        (await again.ReadAsync()).ShouldBeNull();
        await ShouldServe(node, reborn);
    }

    [Fact]
    public async Task A_peer_that_was_started_again_is_not_sent_to_over_its_old_connection()
    {
        await using var node = new RemoteNode("node");
        using var listener = Listen(out var address);
        var actor = node.Provider.ResolveActorRef(address + "/user/x");
        actor.Tell("to the old one");
        using var old = new RawPeer(await listener.AcceptAsync());
        await old.ReadAsync();
        await old.SendAsync(writer => Frames.WriteWelcome(writer, address, 5));
        (await old.ReadAsync()).ShouldNotBeNull();

        using var reborn = await RawPeer.EstablishAsync(node, uid: 6, address);
        actor.Tell("to the new one");

        (await reborn.ReadAsync()).ShouldNotBeNull();
        (await old.ReadAsync()).ShouldBeNull();
    }

    [LinuxFact]
    public async Task An_address_in_use_cannot_be_claimed_from_another_host()
    {
        await using var node = new RemoteNode("node");
        using var good = await RawPeer.EstablishAsync(node);
        using var thief = await RawPeer.ConnectAsync(node, IPAddress.Parse("127.0.0.2"));

        await thief.SendAsync(Aimed(Hello(), node));

        await ShouldBeRefused(thief, "connected from another host");
        await ShouldServe(node, good);
    }

    [Fact]
    public async Task A_peer_that_falls_silent_is_given_up()
    {
        await using var node = new RemoteNode("node", "akka.remote.transport-failure-detector { heartbeat-interval = 50ms, acceptable-heartbeat-pause = 200ms }");
        node.Subscribe<DisassociatedEvent>();
        using var peer = await RawPeer.EstablishAsync(node);

        (await peer.ReadAsync()).ShouldBeNull();

        (await node.NextAsync<DisassociatedEvent>()).RemoteAddress.ShouldBe(RawPeer.OwnAddress());
    }

    [Fact]
    public async Task Connections_over_the_limit_are_closed()
    {
        await using var node = new RemoteNode("node", "akka.remote.dot-netty.tcp.maximum-connections = 2");
        using var first = await RawPeer.EstablishAsync(node);
        using var second = await RawPeer.ConnectAsync(node);
        using var third = await RawPeer.ConnectAsync(node);
        (await third.ReadAsync()).ShouldBeNull();
        node.Remoting.Counters.RefusedConnections.ShouldBe(1);

        second.Dispose();
        await RemoteNode.UntilAsync(() => node.Remoting.Counters.RefusedHandshakes == 1);

        using var fourth = await RawPeer.EstablishAsync(node, own: RawPeer.OwnAddress(2));
        await ShouldServe(node, fourth);
    }

    [Fact]
    public async Task A_peer_that_does_not_read_fills_its_queue_and_nothing_else()
    {
        await using var node = new RemoteNode("node", "akka.remote.dot-netty.tcp { send-queue-size = 100, send-buffer-size = 16k }");
        using var listener = Listen(out var address);
        node.Subscribe<DeadLetter>();
        var target = node.Provider.ResolveActorRef(address + "/user/x");
        target.Tell("first");
        using var peer = new RawPeer(await listener.AcceptAsync());
        await peer.ReadAsync();
        await peer.SendAsync(writer => Frames.WriteWelcome(writer, address, 5));

        for (var sent = 0; node.Remoting.Counters.Overflow < 10; sent++)
        {
            sent.ShouldBeLessThan(10_000);
            target.Tell(new byte[50_000]);
        }

        (await node.NextAsync<DeadLetter>()).Recipient.ShouldBe(target);
        using var other = await RawPeer.EstablishAsync(node);
        await ShouldServe(node, other);
    }

    [Fact]
    public async Task A_stranger_that_answers_in_the_peers_place_is_not_talked_to()
    {
        await using var node = new RemoteNode("node");
        using var listener = Listen(out var address);
        node.Subscribe<AssociationErrorEvent>();

        node.Provider.ResolveActorRef(address + "/user/x").Tell("secret");
        using var peer = new RawPeer(await listener.AcceptAsync());
        await peer.ReadAsync();
        await peer.SendAsync(writer => Frames.WriteWelcome(writer, RawPeer.OwnAddress(1), 5));

        (await node.NextAsync<AssociationErrorEvent>()).Cause.Message.ShouldContain("answers instead");
        (await peer.ReadAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Random_bytes_and_mutated_frames_never_stop_the_node()
    {
        await using var node = new RemoteNode("node");
        node.Echo("door");
        var random = new Random(4711);
        for (var round = 0; round < 300; round++)
        {
            var isIntroduced = round % 2 == 0;
            using var peer = isIntroduced ? await RawPeer.EstablishAsync(node) : await RawPeer.ConnectAsync(node);
            var bytes = isIntroduced
                ? Message("/user/door", serializer: 16, manifest: "X", payload: new byte[random.Next(40)])
                : Aimed(Hello(own: RawPeer.OwnAddress(9)), node);
            for (var i = random.Next(1, 6); i > 0; i--)
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);

            await peer.SendAsync(bytes[..random.Next(1, bytes.Length + 1)]);
            peer.EndSending();
            if (await peer.ReadAsync() is { } answer)
                ((FrameKind)answer.Span[0]).ShouldBeOneOf(FrameKind.Refuse, FrameKind.Welcome, FrameKind.Goodbye);
        }

        using var good = await RawPeer.EstablishAsync(node, own: RawPeer.OwnAddress(3));
        await ShouldServe(node, good);
    }

    private static async Task ShouldServe(RemoteNode node, RawPeer peer)
    {
        node.Collect("sentinel");
        await peer.SendAsync(Message("/user/sentinel", payload: Encoding.UTF8.GetBytes("still here")));
        (await node.NextAsync<string>()).ShouldBe("still here");
    }

    private static async Task ShouldBeRefused(RawPeer peer, string reason)
    {
        var answer = await peer.ReadAsync();
        Should.Throw<HandshakeException>(() => Frames.ReadAnswer(answer!.Value.Span)).Message.ShouldContain(reason);
        (await peer.ReadAsync()).ShouldBeNull();
    }

    private static Socket Listen(out Address address)
    {
        var listener = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 16 * 1024 };
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        address = RawPeer.OwnAddress(((IPEndPoint)listener.LocalEndPoint!).Port);
        return listener;
    }

    private static byte[] Hello(Address? own = null, string wanted = Anyone)
    {
        using var writer = new WireWriter();
        Frames.WriteHello(writer, own ?? RawPeer.OwnAddress(), 1, ActorPath.Parse(wanted + "/").Address);
        return writer.Written.ToArray();
    }

    /// <summary>A Hello that was made before the node's port was known, for that node.</summary>
    private static byte[] Aimed(byte[] hello, RemoteNode node)
    {
        var text = Encoding.Latin1.GetString(hello).IndexOf(Anyone, StringComparison.Ordinal);
        if (text < 0)
            return hello;

        using var writer = new WireWriter();
        writer.Bytes(hello.AsSpan(0, text - 2));
        writer.Text(node.Address.ToString());
        writer.Bytes(hello.AsSpan(text + Anyone.Length));
        writer.PatchInt32(0, BitConverter.ToInt32(hello) + writer.Length - hello.Length);
        return writer.Written.ToArray();
    }

    private sealed class LinuxFactAttribute : FactAttribute
    {
        public LinuxFactAttribute()
        {
            if (!OperatingSystem.IsLinux())
                Skip = "Only Linux answers on all of 127.0.0.0/8.";
        }
    }

    private static byte[] With(byte[] bytes, int offset, byte value)
    {
        bytes[offset] = value;
        return bytes;
    }

    internal static byte[] Message(string recipient, string sender = "", int serializer = 17, string manifest = "S", byte[]? payload = null)
    {
        using var writer = new WireWriter();
        writer.Int32(0);
        writer.Byte((byte)FrameKind.Message);
        writer.Text(recipient);
        writer.Text(sender);
        writer.Int32(serializer);
        writer.Text(manifest);
        writer.Bytes(payload ?? []);
        writer.PatchInt32(0, writer.Length - Frames.LengthBytes);
        return writer.Written.ToArray();
    }
}
