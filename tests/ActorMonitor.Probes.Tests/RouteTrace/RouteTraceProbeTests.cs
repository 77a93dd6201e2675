using System.Net;
using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Icmp;
using ActorMonitor.Probes.RouteTrace;
using ActorMonitor.Probes.Tests.Icmp;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.RouteTrace;

public class RouteTraceProbeTests
{
    [NamespaceTheory]
    [InlineData("10.4.0.2", "icmp", SocketType.Raw)]
    [InlineData("10.4.0.2", "icmp", SocketType.Dgram)]
    [InlineData("10.4.0.2", "udp", SocketType.Dgram)]
    [InlineData("fd00:4::2", "icmp", SocketType.Raw)]
    [InlineData("fd00:4::2", "icmp", SocketType.Dgram)]
    [InlineData("fd00:4::2", "udp", SocketType.Dgram)]
    public async Task Three_routers_and_the_destination_are_found_with_three_times_each(string host, string method, SocketType kind)
    {
        using var lab = await RouterLab.StartAsync(routers: 3);
        lab.Target.Route();
        lab.Client.AllowDatagramSockets();

        var result = await IcmpChecks.TraceAsync(lab.Client.Sockets(kind), host, $"method={method}");

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        result.Message.ShouldMatch(@"^4 hops, \d+\.\d{3} ms, path [0-9a-f]{8}$");
        result.Number("hops").ShouldBe(4);
        result.Text("method").ShouldBe(method);
        for (var hop = 1; hop <= 4; hop++)
        {
            result.Text($"hop.{hop}.address").ShouldBe(host.Contains(':', StringComparison.Ordinal) ? $"fd00:{hop}::2" : $"10.{hop}.0.2");
            result.Measurements.Where(m => m.Name == $"hop.{hop}.rtt").Select(m => m.Ordinal).ShouldBe([0, 1, 2]);
            result.Measurements.Where(m => m.Name == $"hop.{hop}.rtt").ShouldAllBe(m => m.Value > 0 && m.Value < 1000 && m.Unit == "ms");
        }

        result.Measurements.ShouldNotContain(m => m.Name == "hop.5.rtt");
        result.Elapsed.TotalMilliseconds.ShouldBe(result.Measurements.Where(m => m.Name == "hop.4.rtt").Min(m => m.Value), 0.0001);
    }

    [NamespaceFact]
    public async Task Without_the_right_to_icmp_the_method_is_udp()
    {
        using var lab = await RouterLab.StartAsync(routers: 1);
        lab.Target.Route();
        var sockets = new IcmpSocketSource((family, type, protocol)
            => protocol == ProtocolType.Udp ? lab.Client.Open(family, type, protocol) : throw new SocketException((int)SocketError.AccessDenied));

        var auto = await IcmpChecks.TraceAsync(sockets, "10.2.0.2");
        var icmp = await IcmpChecks.TraceAsync(sockets, "10.2.0.2", "method=icmp");

        (auto.Outcome, auto.Text("method")).ShouldBe((Outcome.Up, "udp"), auto.Message);
        (icmp.Outcome, icmp.Cause).ShouldBe((Outcome.Unknown, Cause.Permission));
        icmp.Message.ShouldContain("net.ipv4.ping_group_range");
    }

    [NamespaceTheory]
    [InlineData("icmp")]
    [InlineData("udp")]
    public async Task A_silent_router_is_a_star_and_hides_nothing_behind_it(string method)
    {
        using var lab = await RouterLab.StartAsync(routers: 3);
        lab.Target.Route();
        lab.Routers[1].Set("net/ipv4/icmp_msgs_per_sec", "0").Set("net/ipv4/icmp_msgs_burst", "0");

        var result = await IcmpChecks.TraceAsync(lab.Client.Sockets(), "10.4.0.2", $"method={method} hopTimeout=200ms");

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        result.Texts("hop.*.address").ShouldBe(["10.1.0.2", "*", "10.3.0.2", "10.4.0.2"]);
        result.Text("path").ShouldBe("10.1.0.2 * 10.3.0.2 10.4.0.2");
        result.Number("hop.2.loss").ShouldBe(100);
        result.Measurements.ShouldNotContain(m => m.Name == "hop.2.rtt");
    }

    [NamespaceTheory]
    [InlineData("icmp", "10.99.0.9", "10.1.0.2 says host unreachable; the last to answer is hop 1, 10.1.0.2 (")]
    [InlineData("udp", "10.99.0.9", "10.1.0.2 says host unreachable; the last to answer is hop 1, 10.1.0.2 (")]
    [InlineData("icmp", "fd00:99::9", "fd00:1::2 says no route; the last to answer is hop 1, fd00:1::2 (")]
    [InlineData("udp", "fd00:99::9", "fd00:1::2 says no route; the last to answer is hop 1, fd00:1::2 (")]
    public async Task A_router_that_knows_no_way_ends_the_trace(string method, string host, string reason)
    {
        using var lab = await RouterLab.StartAsync(routers: 1);
        lab.Routers[0].Ip("route replace unreachable 10.99.0.0/24", "route replace unreachable fd00:99::/64");

        var result = await IcmpChecks.TraceAsync(lab.Client.Sockets(), host, $"method={method}");

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.IcmpUnreachable), result.Message);
        result.Message.ShouldStartWith("destination not reached: " + reason);
        result.Text("hop.1.icmp").ShouldNotBeNull();
        result.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(4));
    }

    [NamespaceTheory]
    [InlineData("icmp")]
    [InlineData("udp")]
    public async Task A_path_that_vanishes_ends_within_the_timeout_with_the_last_hop(string method)
    {
        using var lab = await RouterLab.StartAsync(routers: 2);
        lab.Routers[1].Ip("route replace blackhole 10.99.0.0/24");
        lab.Routers[0].Ip("route replace 10.99.0.0/24 via 10.2.0.2");

        var result = await IcmpChecks.TraceAsync(lab.Client.Sockets(), "10.99.0.9", $"method={method}", seconds: 1);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.DestinationNotReached), result.Message);
        result.Message.ShouldStartWith("destination not reached: no answer from it in 30 hops; the last to answer is hop ");
        result.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(1.5));
        result.Text("hop.1.address").ShouldBe("10.1.0.2");
        result.Text("hop.30.address").ShouldBe("*");
    }

    [NamespaceTheory]
    [InlineData("icmp")]
    [InlineData("udp")]
    public async Task A_path_longer_than_allowed_is_not_reached_and_one_longer_than_expected_degraded(string method)
    {
        using var lab = await RouterLab.StartAsync(routers: 2);
        lab.Target.Route();

        var cut = await IcmpChecks.TraceAsync(lab.Client.Sockets(), "10.3.0.2", $"method={method} maxHops=2 tries=1");
        var longer = await IcmpChecks.TraceAsync(lab.Client.Sockets(), "10.3.0.2", $"method={method}", "maxHops=2");

        cut.Cause.ShouldBe(Cause.DestinationNotReached);
        cut.Message.ShouldMatch(@"^destination not reached: no answer from it in 2 hops; the last to answer is hop 2, 10\.2\.0\.2 \(\d+\.\d{3} ms\)$");
        (longer.Outcome, longer.Cause).ShouldBe((Outcome.Degraded, Cause.ExpectationFailed), longer.Message);
        longer.Message.ShouldMatch(" ms, path [0-9a-f]{8}: expected at most 2 hops$");
    }

    [NamespaceFact]
    public async Task A_server_that_answers_on_the_port_is_a_destination_reached()
    {
        using var lab = await RouterLab.StartAsync(routers: 1);
        using var server = lab.Target.Open(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        server.Bind(new IPEndPoint(IPAddress.Any, 5353));
        var serving = ServeAsync(server);

        var result = await IcmpChecks.TraceAsync(lab.Client.Sockets(), "10.2.0.2", "method=udp port=5353 hopTimeout=100ms");
        server.Dispose();
        await serving;

        result.Outcome.ShouldBe(Outcome.Up, result.Message + string.Join(' ', result.Attributes));
        result.Message.ShouldStartWith("2 hops, ");
    }

    [NamespaceTheory]
    [InlineData("127.0.0.1", "icmp")]
    [InlineData("127.0.0.1", "udp")]
    [InlineData("::1", "icmp")]
    [InlineData("::1", "udp")]
    public async Task This_host_is_one_hop_away(string host, string method)
    {
        using var space = new NetworkNamespace();
        space.Route();

        var result = await IcmpChecks.TraceAsync(space.Sockets(), host, $"method={method}");

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        result.Message.ShouldStartWith("1 hop, ");
    }

    [NamespaceTheory]
    [InlineData("10.3.0.2", "icmp", SocketType.Raw, 1)]
    [InlineData("10.3.0.2", "icmp", SocketType.Dgram, 1)]
    [InlineData("10.3.0.2", "udp", SocketType.Dgram, 1)]
    [InlineData("10.3.0.2", "icmp", SocketType.Raw, 4)]
    [InlineData("10.3.0.2", "icmp", SocketType.Dgram, 4)]
    [InlineData("10.3.0.2", "udp", SocketType.Dgram, 4)]
    [InlineData("fd00:3::2", "icmp", SocketType.Raw, 4)]
    [InlineData("fd00:3::2", "icmp", SocketType.Dgram, 4)]
    [InlineData("fd00:3::2", "udp", SocketType.Dgram, 4)]
    public async Task A_flow_stays_itself_within_a_trace_and_from_check_to_check(string host, string method, SocketType kind, int flows)
    {
        using var lab = await RouterLab.StartAsync(routers: 2);
        lab.Target.Route();
        lab.Client.AllowDatagramSockets();
        const short AllProtocols = 3;
        using var tap = lab.Client.Open(AddressFamily.Packet, SocketType.Raw, (ProtocolType)(ushort)IPAddress.HostToNetworkOrder(AllProtocols));

        await IcmpChecks.TraceAsync(lab.Client.Sockets(kind), host, $"method={method} flows={flows} tries=3");
        var (first, packets) = Flows(tap, host);
        await IcmpChecks.TraceAsync(lab.Client.Sockets(kind), host, $"method={method} flows={flows} tries=3");
        var (second, _) = Flows(tap, host);

        packets.ShouldBeGreaterThanOrEqualTo(9 * flows);
        first.Count.ShouldBe(flows, string.Join(' ', first));
        second.ShouldBe(first);
    }

    // What routers tell flows by, of the packets to a host that a tap has seen: addresses, IPv6 flow label, ports of UDP with the
    // checksum, and type, code, checksum and id of ICMP.
    private static (SortedSet<string> Flows, int Packets) Flows(Socket tap, string host)
    {
        var target = IPAddress.Parse(host).GetAddressBytes();
        var flows = new SortedSet<string>(StringComparer.Ordinal);
        var packets = 0;
        var frame = new byte[2048];
        while (tap.Available > 0)
        {
            var length = tap.Receive(frame);
            const int EthernetBytes = 14;
            if (length < EthernetBytes + 48)
                continue;
            var ip = frame.AsSpan(EthernetBytes, length - EthernetBytes);
            var isV4 = ip[0] == 0x45;
            var (protocol, header) = isV4 ? (ip[9], 20) : (ip[6], 40);
            if ((!isV4 && ip[0] >> 4 != 6) || !ip[(isV4 ? 16 : 24)..header].SequenceEqual(target) || protocol is not (1 or 17 or 58))
                continue;
            var transport = ip[header..];
            packets++;
            flows.Add(Convert.ToHexString(isV4 ? [] : ip[1..4]) + "/" + Convert.ToHexString(transport[..(protocol == 17 ? 8 : 6)]));
        }

        return (flows, packets);
    }

    [Fact]
    public void The_catalog_has_traceroute_by_both_its_names()
    {
        var definition = ProbeCatalog.Entries.Single(entry => entry.Definition.Name == "traceroute").Definition;

        definition.ShouldBeSameAs(RouteTraceProbe.Definition);
        definition.Aliases.ShouldBe(["trace"]);
        definition.Settings.ShouldAllBe(setting => setting.Default == null || setting.Validate(setting.Default) == null);
    }

    private static async Task ServeAsync(Socket server)
    {
        var buffer = new byte[64];
        try
        {
            while (true)
            {
                var received = await server.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0));
                await server.SendToAsync("no echo of what came"u8.ToArray(), received.RemoteEndPoint);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
