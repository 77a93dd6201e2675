using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Icmp;
using ActorMonitor.Probes.Tests.Icmp;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.RouteTrace;

public class ShortQuoteTests
{
    private const int Port = 33434;

    [NamespaceTheory]
    [InlineData(0)]
    [InlineData(4)]
    [InlineData(16)]
    public async Task A_trace_over_udp_finds_its_hops_however_much_of_the_payload_is_quoted(int quotedBytes)
    {
        using var space = new NetworkNamespace();
        space.Route();
        using var ended = new CancellationTokenSource();
        Socket? client = null;
        var sockets = new IcmpSocketSource((family, type, protocol) => client = space.Open(family, type, protocol));
        var serving = ServeAsync(space, probe => [probe[..quotedBytes]], () => ((IPEndPoint)client!.LocalEndPoint!).Port, ended.Token);

        var result = await IcmpChecks.TraceAsync(sockets, "127.0.0.1", $"method=udp port={Port} tries=2 maxHops=8 hopTimeout=300ms", seconds: 20);
        await ended.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => serving);

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        result.Message.ShouldStartWith("3 hops, ");
        result.Texts("hop.*.address").ShouldBe(["127.0.0.11", "127.0.0.12", "127.0.0.1"]);
    }

    [NamespaceFact]
    public async Task Mpls_labels_behind_a_filled_up_quote_are_told_and_a_strangers_quote_is_passed_over()
    {
        using var space = new NetworkNamespace();
        space.Route();
        using var ended = new CancellationTokenSource();
        Socket? client = null;
        var sockets = new IcmpSocketSource((family, type, protocol) => client = space.Open(family, type, protocol));
        var labels = IcmpExtensionsTests.WithChecksum([0x20, 0, 0, 0, 0, 8, 1, 1, 0x05, 0xDC, 0x11, 0x01]);
        var serving = ServeAsync(space, Quotes, () => ((IPEndPoint)client!.LocalEndPoint!).Port, ended.Token);

        var result = await IcmpChecks.TraceAsync(sockets, "127.0.0.1", $"method=udp port={Port} size=400 tries=2 maxHops=8", seconds: 20);
        await ended.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => serving);

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        result.Texts("hop.*.address").ShouldBe(["127.0.0.11", "127.0.0.12", "127.0.0.1"]);
        result.Text("hop.2.mpls").ShouldBe("24001 tc 0 ttl 1");
        result.Ignored().ShouldBeGreaterThan(0);

        // The stranger knows the ports, but not the token. The quote is cut to 128 bytes with the IP and UDP headers.
        byte[][] Quotes(byte[] probe) => [new byte[40], [.. probe[..100], .. labels]];
    }

    // Plays two routers, 127.0.0.11 and .12, and the destination: it reads each probe's hop limit and writes the ICMP error.
    private static async Task ServeAsync(NetworkNamespace space, Func<byte[], byte[][]> quotes, Func<int> clientPort, CancellationToken cancellationToken)
    {
        using var probes = new LinuxSocket(space.Open(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp), TimeProvider.System, hasErrorQueue: false);
        probes.Socket.Bind(new IPEndPoint(IPAddress.Loopback, Port));
        using var routers = new DisposableSockets([.. new byte[] { 11, 12, 1 }.Select(last => Raw(space, new IPAddress([127, 0, 0, last])))]);
        while (true)
        {
            while (probes.TryReceive(out var probe))
            {
                var ttl = probe.Control.Ttl!.Value;
                var isOnTheWay = ttl < 3;
                var sourcePort = clientPort();
                foreach (var payload in quotes(probe.Data.ToArray()))
                {
                    byte[] quote =
                    [
                        0x45, 0, 0, 44, 0, 0, 0, 0, 1, 17, 0, 0, 127, 0, 0, 1, 127, 0, 0, 1,
                        (byte)(sourcePort >> 8), (byte)sourcePort, Port >> 8, Port & 0xFF, 0, 24, 0, 0,
                        .. payload,
                    ];
                    byte[] error = [isOnTheWay ? (byte)11 : (byte)3, isOnTheWay ? (byte)0 : (byte)3, 0, 0, 0, 0, 0, 0, .. quote];
                    BinaryPrimitives.WriteUInt16BigEndian(error.AsSpan(2), IcmpPacket.Checksum(error));
                    routers.Sockets[isOnTheWay ? ttl - 1 : 2].SendTo(error, new IPEndPoint(IPAddress.Loopback, 0));
                }
            }

            await probes.WaitAsync(TimeSpan.FromSeconds(1), cancellationToken);
        }
    }

    private static Socket Raw(NetworkNamespace space, IPAddress address)
    {
        var socket = space.Open(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp);
        socket.Bind(new IPEndPoint(address, 0));
        return socket;
    }

    private sealed record DisposableSockets(Socket[] Sockets) : IDisposable
    {
        public void Dispose()
        {
            foreach (var socket in Sockets)
                socket.Dispose();
        }
    }
}
