using System.Diagnostics.Metrics;
using System.Net;
using System.Net.Sockets;
using Akka.Actor;
using Akka.Event;
using Akka.Remote;
using Akka.Serialization;
using Shouldly;
using Xunit;

namespace ActorMonitor.Actors.Tests.Remote;

/// <summary>What remoting promises beyond what is sent arriving: when links break, peers differ, or nobody reads.</summary>
public class PromisesSpec
{
    private const string Verbose = "akka.loglevel = WARNING\n";

    [Fact]
    public async Task Over_broken_links_messages_arrive_in_order_and_at_most_once()
    {
        const int Cuts = 30;
        await using var a = new RemoteNode("a", "akka.remote { retry-gate-closed-for = 0s, dot-netty.tcp.send-queue-size = 1000000 }");
        await using var b = new RemoteNode("b");
        var target = await RemotingSpec.Resolve(a, b, "/user/collector", b.Collect("collector"));

        var sent = 0;
        for (var cut = 0; cut < Cuts; cut++)
        {
            var before = b.Remoting.Counters.Received;
            await RemoteNode.UntilAsync(() =>
            {
                for (var i = 0; i < 200; i++)
                    target.Tell(sent++);
                return b.Remoting.Counters.Received > before;
            });

            // Either end may be the one whose connection breaks.
            var (node, peer) = cut % 2 == 0 ? (a, b) : (b, a);
            foreach (var link in node.Remoting.AssociationWith(peer.Address).Links())
                link.Close(new RemoteTransportException("cut"));
        }

        await RemoteNode.AskUntilAnsweredAsync<ActorIdentity>(target, new Identify("the links are back"));
        target.Tell(int.MaxValue);

        var (last, received) = (-1, 0);
        while (last != int.MaxValue)
        {
            var next = await b.NextAsync<int>();
            next.ShouldBeGreaterThan(last);
            (last, received) = (next, received + 1);
        }

        received.ShouldBeInRange(Cuts, sent + 1);
    }

    [Fact]
    public async Task A_dialled_peer_of_another_version_is_named_in_the_log_and_gated()
    {
        await using var node = new RemoteNode("node", Verbose + "akka.remote.retry-gate-closed-for = 1h");
        using var listener = Listen(out var address);
        node.Subscribe<Warning>();
        var target = node.Provider.ResolveActorRef(address + "/user/x");

        target.Tell("first");
        using var peer = new RawPeer(await listener.AcceptAsync());
        await peer.ReadAsync();
        await peer.SendAsync(OfVersion9(writer => Frames.WriteWelcome(writer, address, 5)));

        (await NextWarning(node)).ShouldContain("the peer speaks version 9");
        node.Remoting.Counters.Unreachable.ShouldBe(1);
        node.Subscribe<DeadLetter>();
        target.Tell("gated");
        (await node.NextAsync<DeadLetter>()).Message.ShouldBe("gated");
    }

    [Fact]
    public async Task A_peer_of_another_version_that_connects_is_named_in_the_log()
    {
        await using var node = new RemoteNode("node", Verbose);
        node.Subscribe<Warning>();
        using var peer = await RawPeer.ConnectAsync(node);

        await peer.SendAsync(OfVersion9(writer => Frames.WriteHello(writer, RawPeer.OwnAddress(), 1, node.Address)));

        (await NextWarning(node)).ShouldContain("the peer speaks version 9 of the protocol, this system version 1");
    }

    [Fact]
    public async Task A_gate_opens_again_after_its_time()
    {
        await using var a = new RemoteNode("a", "akka.remote.retry-gate-closed-for = 50ms");
        var gone = new RemoteNode("b");
        var target = a.Select(gone, "/user/echo");
        var port = gone.Address.Port!.Value;
        await gone.DisposeAsync();
        target.Tell("lost");
        await RemoteNode.UntilAsync(() => a.Remoting.Counters.Unreachable > 0);

        await using var back = new RemoteNode("b", port: port);
        back.Echo();

        (await RemoteNode.AskUntilAnsweredAsync<string>(target, "again")).ShouldBe("again");
    }

    [Fact]
    public async Task Messages_that_wait_go_out_together()
    {
        await using var node = new RemoteNode("node");
        using var listener = Listen(out var address);
        var target = node.Provider.ResolveActorRef(address + "/user/x");
        for (var i = 0; i < 1000; i++)
            target.Tell(i);

        using var peer = new RawPeer(await listener.AcceptAsync());
        await peer.ReadAsync();
        await peer.SendAsync(writer => Frames.WriteWelcome(writer, address, 5));
        for (var i = 0; i < 1000; i++)
            (await peer.ReadAsync()).ShouldNotBeNull();

        await RemoteNode.UntilAsync(() => node.Remoting.Counters.Sent == 1000);
        node.Remoting.Counters.Writes.ShouldBeInRange(1, 10);
    }

    [Fact]
    public async Task A_message_alone_waits_for_no_other()
    {
        await using var a = new RemoteNode("a", "akka.remote.transport-failure-detector.heartbeat-interval = 1h");
        await using var b = new RemoteNode("b");
        var echo = await RemotingSpec.Resolve(a, b, "/user/echo", b.Echo());

        // A wait for more to send would show in every round trip; a busy machine only in some.
        var shortest = TimeSpan.MaxValue;
        for (var i = 0; i < 200; i++)
        {
            var started = TimeProvider.System.GetTimestamp();
            await echo.Ask<int>(i, RemoteNode.Patience);
            var took = TimeProvider.System.GetElapsedTime(started);
            shortest = took < shortest ? took : shortest;
        }

        shortest.ShouldBeLessThan(TimeSpan.FromMilliseconds(8));
    }

    [Theory]
    [InlineData("send-queue-size = 50", 50, 4 * 1024 * 1024)]
    [InlineData("send-queue-bytes = 300000", 10_000, 300_000)]
    public async Task A_peer_that_does_not_read_costs_no_more_than_the_bound(string bound, int maxMessages, int maxBytes)
    {
        var name = "slow-" + Guid.NewGuid().ToString("N")[..8];
        await using var node = new RemoteNode(name, Verbose + $"akka.remote.dot-netty.tcp {{ {bound}, send-buffer-size = 16k }}");
        using var listener = Listen(out var address);
        node.Subscribe<Warning>();
        var target = node.Provider.ResolveActorRef(address + "/user/x");
        target.Tell("first");
        using var peer = new RawPeer(await listener.AcceptAsync());
        await peer.ReadAsync();
        await peer.SendAsync(writer => Frames.WriteWelcome(writer, address, 5));
        await RemoteNode.UntilAsync(() => node.Remoting.Load().Links == 1);

        for (var sent = 0; node.Remoting.Counters.Overflow < 100; sent++)
        {
            sent.ShouldBeLessThan(10_000);
            target.Tell(new byte[20_000]);
            var (_, messages, bytes) = node.Remoting.Load();
            messages.ShouldBeLessThanOrEqualTo(maxMessages);
            bytes.ShouldBeLessThanOrEqualTo(maxBytes);
        }

        (await NextWarning(node)).ShouldContain("is full");
        var shown = Metrics(name);
        shown["akka.remote.dropped.overflow"].ShouldBe(100);
        shown["akka.remote.queue.bytes"].ShouldBeInRange(1, maxBytes);
        shown["akka.remote.queue.messages"].ShouldBeInRange(1, maxMessages);
        shown["akka.remote.links"].ShouldBe(1);
    }

    [Fact]
    public async Task A_message_that_is_too_large_is_named_in_the_log()
    {
        await using var a = new RemoteNode("a", "akka.loglevel = ERROR");
        await using var b = new RemoteNode("b");
        a.Subscribe<Error>();
        var target = await RemotingSpec.Resolve(a, b, "/user/echo", b.Echo());

        target.Tell(new byte[200_000]);

        var line = (await a.NextAsync<Error>()).Message.ToString()!;
        line.ShouldContain("System.Byte[] for [" + target.Path);
        line.ShouldContain("maximum-frame-size is 128000");
        a.Remoting.Counters.Unsendable.ShouldBe(1);
        (await target.Ask<string>("still there", RemoteNode.Patience)).ShouldBe("still there");
    }

    [Theory]
    [InlineData(999, "X")]
    [InlineData(16, "P")]
    [InlineData(16, "K")]
    public async Task A_peer_that_sends_nothing_but_what_must_be_dropped_is_cut_off_alone(int serializer, string manifest)
    {
        await using var node = new RemoteNode("node", "akka.remote { untrusted-mode = on, trusted-selection-paths = [\"/user/sentinel\"] }");
        node.Echo("door");
        using var good = await RawPeer.EstablishAsync(node, own: RawPeer.OwnAddress(1));
        using var peer = await RawPeer.EstablishAsync(node, own: RawPeer.OwnAddress(2));

        for (var i = 0; i < 100; i++)
            await peer.SendAsync(HostilePeerSpec.Message("/user/door", serializer: serializer, manifest: manifest));

        (await peer.ReadAsync()).ShouldBeNull();
        var counters = node.Remoting.Counters;
        (counters.Unreadable + counters.Untrusted).ShouldBe(100);
        counters.RefusedFrames.ShouldBe(1);
        await TlsSpec.ShouldServe(node, good);
    }

    [Fact]
    public async Task A_message_now_and_then_that_must_be_dropped_costs_no_link()
    {
        await using var node = new RemoteNode("node");
        node.Echo("door");
        using var peer = await RawPeer.EstablishAsync(node);

        for (var i = 0; i < 300; i++)
            await peer.SendAsync(HostilePeerSpec.Message("/user/door", serializer: i % 2 == 0 ? 999 : 17, payload: [65]));

        await TlsSpec.ShouldServe(node, peer);
        node.Remoting.Counters.Unreadable.ShouldBe(150);
    }

    [Fact]
    public async Task System_messages_have_no_form_on_the_wire()
    {
        await using var node = new RemoteNode("node");
        var kinds = typeof(Akka.Dispatch.SysMsg.ISystemMessage).Assembly.GetTypes()
            .Where(type => type.IsAssignableTo(typeof(Akka.Dispatch.SysMsg.ISystemMessage)) && !type.IsAbstract)
            .ToArray();

        kinds.ShouldNotBeEmpty();
        foreach (var kind in kinds)
            Should.Throw<System.Runtime.Serialization.SerializationException>(() => node.System.Serialization.FindSerializerForType(kind));
    }

    private static byte[] OfVersion9(Action<WireWriter> write)
    {
        using var writer = new WireWriter();
        write(writer);
        var bytes = writer.Written.ToArray();
        bytes[9] = 9;
        return bytes;
    }

    private static Dictionary<string, long> Metrics(string system)
    {
        var found = new Dictionary<string, long>(StringComparer.Ordinal);
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, self) =>
            {
                if (instrument.Meter.Name == RemotingMeter.Name)
                    self.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            if (tags.Length == 1 && Equals(tags[0].Value, system))
                found[instrument.Name] = value;
        });
        listener.Start();
        listener.RecordObservableInstruments();
        return found;
    }

    private static async Task<string> NextWarning(RemoteNode node) => (await node.NextAsync<Warning>()).Message.ToString()!;

    private static Socket Listen(out Address address)
    {
        var listener = new Socket(SocketType.Stream, ProtocolType.Tcp) { ReceiveBufferSize = 16 * 1024 };
        listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        listener.Listen();
        address = RawPeer.OwnAddress(((IPEndPoint)listener.LocalEndPoint!).Port);
        return listener;
    }
}
