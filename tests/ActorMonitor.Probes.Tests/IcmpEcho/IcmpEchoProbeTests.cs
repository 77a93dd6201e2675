using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.IcmpEcho;
using ActorMonitor.Probes.Tests.Icmp;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.IcmpEcho;

public class IcmpEchoProbeTests
{
    [NamespaceTheory]
    [InlineData("127.0.0.1", SocketType.Dgram)]
    [InlineData("127.0.0.1", SocketType.Raw)]
    [InlineData("::1", SocketType.Dgram)]
    [InlineData("::1", SocketType.Raw)]
    public async Task The_loopback_answers_over_either_kind_of_socket(string host, SocketType kind)
    {
        using var space = new NetworkNamespace().AllowDatagramSockets();

        var result = await IcmpChecks.PingAsync(space.Sockets(kind), host);

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        result.Cause.ShouldBe(Cause.None);
        result.ResolvedAddress.ShouldBe(host);
        result.Number("rtt").ShouldBeInRange(0.001, 1000);
        result.Number("loss").ShouldBe(0);
        result.Number("ttl").ShouldBe(64);
        result.Elapsed.TotalMilliseconds.ShouldBe(result.Number("rtt"), 0.0001);
        result.Message.ShouldMatch(@"^\d+\.\d{3} ms$");
        result.Ignored().ShouldBe(0);
    }

    [NamespaceTheory]
    [InlineData(SocketType.Dgram)]
    [InlineData(SocketType.Raw)]
    public async Task Several_echoes_are_measured_one_by_one(SocketType kind)
    {
        using var space = new NetworkNamespace().AllowDatagramSockets();

        var result = await IcmpChecks.PingAsync(space.Sockets(kind), "127.0.0.1", "count=5 interval=10ms size=1472 ttl=9 dontFragment=true");

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        result.Measurements.Where(m => m.Name == "rtt").Select(m => m.Ordinal).ShouldBe([0, 1, 2, 3, 4]);
        result.Elapsed.TotalMilliseconds.ShouldBe(result.Measurements.Where(m => m.Name == "rtt").Average(m => m.Value), 0.001);
        result.Message.ShouldEndWith("ms, 5 of 5 answered");
    }

    [NamespaceTheory]
    [InlineData(SocketType.Dgram, "127.0.0.1")]
    [InlineData(SocketType.Raw, "127.0.0.1")]
    [InlineData(SocketType.Dgram, "::1")]
    [InlineData(SocketType.Raw, "::1")]
    public async Task Silence_is_down_at_the_timeout(SocketType kind, string host)
    {
        using var space = new NetworkNamespace().AllowDatagramSockets().Set("net/ipv4/icmp_echo_ignore_all", "1").Set("net/ipv6/icmp/echo_ignore_all", "1");

        var result = await IcmpChecks.PingAsync(space.Sockets(kind), host, "count=3 interval=10ms", seconds: 0.15);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.Timeout), result.Message);
        result.Message.ShouldBe("timed out after 150ms while waiting for a reply to 3 echoes");
        result.Number("loss").ShouldBe(100);
        result.Elapsed.TotalMilliseconds.ShouldBeGreaterThanOrEqualTo(149);
        result.Measurements.ShouldNotContain(m => m.Name == "rtt");
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    public async Task A_process_without_the_right_says_how_to_grant_it(string host)
    {
        var result = await IcmpChecks.PingAsync(IcmpChecks.Refusing, host);

        if (!OperatingSystem.IsLinux())
            return;
        (result.Outcome, result.Cause).ShouldBe((Outcome.Unknown, Cause.Permission));
        result.Message.ShouldContain("net.ipv4.ping_group_range");
        result.Message.ShouldContain("setcap cap_net_raw+ep ");
    }

    [NamespaceFact]
    public async Task The_kind_of_socket_that_is_allowed_is_found_and_a_change_is_noticed()
    {
        using var space = new NetworkNamespace();
        var opened = new List<SocketType>();
        var rawAllowed = true;
        var sockets = new ActorMonitor.Probes.Icmp.IcmpSocketSource((family, type, protocol) =>
        {
            opened.Add(type);
            return type == SocketType.Raw && !rawAllowed ? throw new SocketException((int)SocketError.AccessDenied) : space.Open(family, type, protocol);
        });

        space.Set("net/ipv4/ping_group_range", "1 0");
        (await IcmpChecks.PingAsync(sockets, "127.0.0.1")).Outcome.ShouldBe(Outcome.Up);
        (await IcmpChecks.PingAsync(sockets, "127.0.0.1")).Outcome.ShouldBe(Outcome.Up);
        rawAllowed = false;
        (await IcmpChecks.PingAsync(sockets, "127.0.0.1")).Cause.ShouldBe(Cause.Permission);
        space.AllowDatagramSockets();
        (await IcmpChecks.PingAsync(sockets, "127.0.0.1")).Outcome.ShouldBe(Outcome.Up);

        opened.ShouldBe([SocketType.Dgram, SocketType.Raw, SocketType.Raw, SocketType.Raw, SocketType.Dgram, SocketType.Raw, SocketType.Dgram]);
    }

    [NamespaceTheory]
    [InlineData("unreachable", "10.99.0.9", SocketType.Dgram, "3", "1", "host unreachable, says 10.1.0.2")]
    [InlineData("unreachable", "10.99.0.9", SocketType.Raw, "3", "1", "host unreachable, says 10.1.0.2")]
    [InlineData("prohibit", "10.99.0.9", SocketType.Dgram, "3", "13", "administratively prohibited, says 10.1.0.2")]
    [InlineData("unreachable", "fd00:99::9", SocketType.Dgram, "1", "0", "no route, says fd00:1::2")]
    [InlineData("unreachable", "fd00:99::9", SocketType.Raw, "1", "0", "no route, says fd00:1::2")]
    public async Task An_unreachable_error_that_quotes_our_echo_is_down_at_once(string route, string host, SocketType kind, string type, string code, string message)
    {
        using var lab = await RouterLab.StartAsync(routers: 1);
        lab.Client.AllowDatagramSockets();
        lab.Routers[0].Ip($"route replace {route} 10.99.0.0/24", $"route replace {route} fd00:99::/64");

        var result = await IcmpChecks.PingAsync(lab.Client.Sockets(kind), host, "count=2 interval=10ms");

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.IcmpUnreachable), result.Message);
        result.Message.ShouldBe(message);
        result.Text("icmp.type").ShouldBe(type);
        result.Text("icmp.code").ShouldBe(code);
        result.Text("icmp.from").ShouldBe(message[(message.LastIndexOf(' ') + 1)..]);
        result.Number("loss").ShouldBe(100);
    }

    [NamespaceTheory]
    [InlineData("10.3.0.2", SocketType.Dgram, "11")]
    [InlineData("10.3.0.2", SocketType.Raw, "11")]
    [InlineData("fd00:3::2", SocketType.Dgram, "3")]
    [InlineData("fd00:3::2", SocketType.Raw, "3")]
    public async Task A_hop_limit_that_ends_on_the_way_is_down_with_the_router_that_says_so(string host, SocketType kind, string type)
    {
        using var lab = await RouterLab.StartAsync(routers: 2);
        lab.Client.AllowDatagramSockets();

        var result = await IcmpChecks.PingAsync(lab.Client.Sockets(kind), host, "ttl=2");
        var reaching = await IcmpChecks.PingAsync(lab.Client.Sockets(kind), host, "ttl=3");

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.TtlExceeded), result.Message);
        result.Text("icmp.type").ShouldBe(type);
        result.Text("icmp.from").ShouldBe(host.Contains(':', StringComparison.Ordinal) ? "fd00:2::2" : "10.2.0.2");
        reaching.Outcome.ShouldBe(Outcome.Up, reaching.Message);
        reaching.Number("ttl").ShouldBe(62);
    }

    [NamespaceTheory]
    [InlineData("10.3.0.2", SocketType.Dgram, "fragmentation needed and forbidden (MTU 1300), says 10.1.0.2")]
    [InlineData("10.3.0.2", SocketType.Raw, "fragmentation needed and forbidden (MTU 1300), says 10.1.0.2")]
    [InlineData("fd00:3::2", SocketType.Dgram, "packet too big (MTU 1300), says fd00:1::2")]
    [InlineData("fd00:3::2", SocketType.Raw, "packet too big (MTU 1300), says fd00:1::2")]
    public async Task A_smaller_mtu_on_the_way_fails_an_echo_that_forbids_fragments_each_time_and_no_other(string host, SocketType kind, string message)
    {
        using var lab = await RouterLab.StartAsync(routers: 2);
        lab.Client.AllowDatagramSockets();
        lab.Routers[0].Ip("link set e1 mtu 1300");
        lab.Routers[1].Ip("link set e0 mtu 1300");

        // Over IPv6 the target's first reply is too big as well, and lost: it learns the path's MTU by it.
        var allowed = await IcmpChecks.PingAsync(lab.Client.Sockets(kind), host, "size=1400 count=3 interval=50ms", seconds: 1);
        allowed.Outcome.ShouldBe(Outcome.Up, allowed.Message);

        for (var i = 0; i < 2; i++)
        {
            var result = await IcmpChecks.PingAsync(lab.Client.Sockets(kind), host, "size=1400 dontFragment=true");
            (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.PacketTooBig), result.Message);
            result.Message.ShouldBe(message);
            result.Text("icmp.mtu").ShouldBe("1300");
        }
    }

    [NamespaceTheory]
    [InlineData(SocketType.Dgram)]
    [InlineData(SocketType.Raw)]
    public async Task An_echo_larger_than_our_own_mtu_is_a_mistake_of_the_settings(SocketType kind)
    {
        using var space = new NetworkNamespace().AllowDatagramSockets().Ip("link set lo mtu 1000");

        var result = await IcmpChecks.PingAsync(space.Sockets(kind), "127.0.0.1", "size=1400 dontFragment=true");

        (result.Outcome, result.Cause).ShouldBe((Outcome.Unknown, Cause.BadSettings), result.Message);
    }

    [NamespaceTheory]
    [InlineData("10.77.0.1")]
    [InlineData("fd00:77::1")]
    public async Task No_route_is_told_from_silence(string host)
    {
        using var space = new NetworkNamespace();

        var result = await IcmpChecks.PingAsync(space.Sockets(), host);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.NetworkUnreachable), result.Message);
    }

    [NamespaceFact]
    public async Task Expectations_degrade_what_answers()
    {
        using var space = new NetworkNamespace();
        var sockets = space.Sockets();

        var slow = await IcmpChecks.PingAsync(sockets, "127.0.0.1", expect: "rttMs=0.001");
        var fast = await IcmpChecks.PingAsync(sockets, "127.0.0.1", expect: "rttMs=10000 lossPercent=0");

        (slow.Outcome, slow.Cause).ShouldBe((Outcome.Degraded, Cause.ExpectationFailed));
        slow.Message.ShouldEndWith(" ms: expected at most 0.001 ms");
        fast.Outcome.ShouldBe(Outcome.Up);
    }

    [NamespaceFact]
    public async Task The_family_is_the_job_s()
    {
        using var space = new NetworkNamespace();

        var result = await IcmpChecks.PingAsync(space.Sockets(), "127.0.0.1", "family=ipv6");
        var mapped = await IcmpChecks.PingAsync(space.Sockets(), "::ffff:127.0.0.1");

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.NoAddress));
        (mapped.Outcome, mapped.ResolvedAddress).ShouldBe((Outcome.Up, "127.0.0.1"));
    }

    [Fact]
    public async Task Echoes_that_cannot_all_be_sent_in_time_are_a_mistake_of_the_settings()
    {
        var result = await IcmpChecks.PingAsync(IcmpChecks.Refusing, "127.0.0.1", "count=20 interval=1s", seconds: 3);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Unknown, Cause.BadSettings));
        result.Message.ShouldBe("20 echoes, one each 1s, do not fit into the timeout of 3s");
    }

    [Fact]
    public void The_catalog_has_ping_by_both_its_names()
    {
        var definition = ProbeCatalog.Entries.Single(entry => entry.Definition.Name == "ping").Definition;

        definition.ShouldBeSameAs(IcmpEchoProbe.Definition);
        definition.Aliases.ShouldBe(["icmp"]);
        definition.DefaultPort.ShouldBeNull();
        definition.Settings.ShouldAllBe(setting => setting.Default == null || setting.Validate(setting.Default) == null);
    }
}
