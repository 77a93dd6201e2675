using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.RouteTrace;
using ActorMonitor.Probes.Tests.Icmp;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.RouteTrace;

public class PathFaultTests
{
    // One ICMP error in this many milliseconds, which is none here: a router begins with a minute's worth of its allowance.
    private const string AnHour = "3600000";

    [NamespaceTheory]
    [InlineData("icmp", "10.11.0.2")]
    [InlineData("udp", "10.11.0.2")]
    [InlineData("udp", "fd00:11::2")]
    public async Task Ten_routers_of_which_three_are_silent_take_one_hop_timeout(string method, string host)
    {
        using var lab = await RouterLab.StartAsync(routers: 10);
        lab.Target.Route();
        foreach (var silent in new[] { 2, 4, 7 })
            lab.Routers[silent].Set("net/ipv4/icmp_ratelimit", AnHour).Set("net/ipv6/icmp/ratelimit", AnHour);
        var started = Stopwatch.GetTimestamp();

        var result = await IcmpChecks.TraceAsync(lab.Client.Sockets(), host, $"method={method} hopTimeout=1s", seconds: 20);

        Stopwatch.GetElapsedTime(started).ShouldBeInRange(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2.5));
        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        result.Message.ShouldStartWith("11 hops, ");
        result.Texts("hop.*.address").Select((address, i) => address == "*" ? i + 1 : 0).Where(hop => hop > 0).ShouldBe([3, 5, 8]);
    }

    [NamespaceTheory]
    [InlineData("icmp", "10.99.0.9", 1, "10.1.0.2 - 10.2.0.2")]
    [InlineData("udp", "10.99.0.9", 1, "10.1.0.2 - 10.2.0.2")]
    [InlineData("icmp", "fd00:99::9", 2, "fd00:2::2 - fd00:2::1")]
    public async Task A_routing_loop_is_told_as_such(string method, string host, int hop, string circle)
    {
        using var lab = await RouterLab.StartAsync(routers: 2);
        lab.Routers[1].Ip("route replace 10.99.0.0/24 via 10.2.0.1", "route replace fd00:99::/64 via fd00:2::1");

        var result = await IcmpChecks.TraceAsync(lab.Client.Sockets(), host, $"method={method} maxHops=12 hopTimeout=300ms");

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.TtlExceeded), result.Message);
        result.Message.ShouldStartWith($"destination not reached: a routing loop from hop {hop} on: {circle}; the last to answer is hop ");
        result.Text("loop").ShouldBe(circle);
    }

    [NamespaceTheory]
    [InlineData("icmp", SocketType.Raw, "10.3.0.2")]
    [InlineData("icmp", SocketType.Dgram, "10.3.0.2")]
    [InlineData("udp", SocketType.Dgram, "10.3.0.2")]
    [InlineData("icmp", SocketType.Raw, "fd00:3::2")]
    [InlineData("icmp", SocketType.Dgram, "fd00:3::2")]
    [InlineData("udp", SocketType.Dgram, "fd00:3::2")]
    public async Task A_link_that_is_too_small_ends_the_trace_at_its_router(string method, SocketType kind, string host)
    {
        using var lab = await RouterLab.StartAsync(routers: 2);
        lab.Client.AllowDatagramSockets();
        lab.Target.Route();
        lab.Routers[0].Ip("link set e1 mtu 1300");

        var large = await IcmpChecks.TraceAsync(lab.Client.Sockets(kind), host, $"method={method} size=1400 dontFragment=true");
        var small = await IcmpChecks.TraceAsync(lab.Client.Sockets(kind), host, $"method={method} size=1200 dontFragment=true");
        var beyond = await IcmpChecks.TraceAsync(lab.Client.Sockets(kind), host, $"method={method} size=5000 dontFragment=true");

        (large.Outcome, large.Cause).ShouldBe((Outcome.Down, Cause.PacketTooBig), large.Message);
        large.Message.ShouldContain(" for its link of 1300 bytes; the last to answer is hop 2, ");
        large.Text("mtu").ShouldBe("1300");
        small.Outcome.ShouldBe(Outcome.Up, small.Message);
        (beyond.Outcome, beyond.Cause).ShouldBe((Outcome.Down, Cause.PacketTooBig), beyond.Message);
    }

    [NamespaceFact]
    public async Task A_router_over_its_limit_is_found_by_the_slow_pass()
    {
        using var lab = await RouterLab.StartAsync(routers: 3);
        lab.Target.Route();
        // Six errors at once, then one in 150 ms; another trace has just used them up.
        lab.Routers[1].Set("net/ipv4/icmp_ratelimit", "150");
        await IcmpChecks.TraceAsync(lab.Client.Sockets(), "10.4.0.2", "method=icmp tries=10 hopTimeout=20ms maxHops=4");

        var result = await IcmpChecks.TraceAsync(lab.Client.Sockets(), "10.4.0.2", "method=icmp tries=2 hopTimeout=400ms slowPass=true", seconds: 10);

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        result.Texts("hop.*.address").ShouldBe(["10.1.0.2", "10.2.0.2", "10.3.0.2", "10.4.0.2"]);
    }

    [NamespaceFact]
    public async Task Source_and_dscp_mark_every_probe()
    {
        using var lab = await RouterLab.StartAsync(routers: 1);
        lab.Target.Route();
        lab.Client.Ip("address add 10.1.0.77/24 dev e1");
        const short AllProtocols = 3;
        using var tap = lab.Client.Open(AddressFamily.Packet, SocketType.Raw, (ProtocolType)(ushort)IPAddress.HostToNetworkOrder(AllProtocols));

        foreach (var method in new[] { "icmp", "udp" })
        {
            var result = await IcmpChecks.TraceAsync(lab.Client.Sockets(), "10.2.0.2", $"method={method} source=10.1.0.77 dscp=46");
            result.Outcome.ShouldBe(Outcome.Up, result.Message);
        }

        var seen = new HashSet<string>();
        var frame = new byte[2048];
        while (tap.Available > 0)
        {
            if (tap.Receive(frame) > 40 && frame[14] == 0x45 && frame.AsSpan(30, 4).SequenceEqual(new byte[] { 10, 2, 0, 2 }))
                seen.Add($"{new IPAddress(frame.AsSpan(26, 4))} {frame[15] >> 2} {frame[23]}");
        }

        seen.Order(StringComparer.Ordinal).ShouldBe(["10.1.0.77 46 1", "10.1.0.77 46 17"]);
    }

    [NamespaceTheory]
    [InlineData("source=10.9.9.9", Cause.BadSettings)]
    [InlineData("source=fd00:1::1", Cause.BadSettings)]
    public async Task A_source_that_this_monitor_lacks_is_the_jobs_fault(string settings, Cause cause)
    {
        using var lab = await RouterLab.StartAsync(routers: 1);

        foreach (var method in new[] { "icmp", "udp" })
        {
            var result = await IcmpChecks.TraceAsync(lab.Client.Sockets(), "10.2.0.2", $"method={method} {settings}");
            (result.Outcome, result.Cause).ShouldBe((Outcome.Unknown, cause), result.Message);
        }
    }

    [NamespaceFact]
    public async Task Reverse_names_are_told_and_a_slow_server_of_them_fails_nothing()
    {
        using var lab = await RouterLab.StartAsync(routers: 1);
        lab.Target.Route();
        var known = new Names((address, _) => Task.FromResult<string?>(address.ToString() == "10.1.0.2" ? "gw.example" : null));
        var slow = new Names(async (_, token) =>
        {
            var never = new TaskCompletionSource<string?>();
            await using var end = token.Register(() => never.TrySetResult(null));
            return await never.Task;
        });

        var named = await new RouteTraceProbe(IcmpChecks.Environment, lab.Client.Sockets(), known).ProbeAsync(IcmpChecks.Request("10.2.0.2", "names=true"), CancellationToken.None);
        var unnamed = await new RouteTraceProbe(IcmpChecks.Environment, lab.Client.Sockets(), slow).ProbeAsync(IcmpChecks.Request("10.2.0.2", "names=true", seconds: 1), CancellationToken.None);
        var unasked = await new RouteTraceProbe(IcmpChecks.Environment, lab.Client.Sockets(), known).ProbeAsync(IcmpChecks.Request("10.2.0.2"), CancellationToken.None);

        named.Texts("hop.*.name").ShouldBe(["gw.example"]);
        unnamed.Outcome.ShouldBe(Outcome.Up, unnamed.Message);
        unasked.Texts("hop.*.name").ShouldBeEmpty();
    }

    private sealed class Names(Func<IPAddress, CancellationToken, Task<string?>> nameOf) : IReverseLookUp
    {
        public Task<string?> NameOfAsync(IPAddress address, CancellationToken cancellationToken) => nameOf(address, cancellationToken);
    }
}
