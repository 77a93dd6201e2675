using ActorMonitor.Messages;
using ActorMonitor.Probes.IcmpEcho;
using ActorMonitor.Probes.RouteTrace;
using ActorMonitor.Probes.Tests.Icmp;
using ActorMonitor.Probes.Tests.RouteTrace;
using Shouldly;
using static ActorMonitor.Probes.Tests.Faults.Fault;

namespace ActorMonitor.Probes.Tests.Faults;

internal static class IcmpFaults
{
    public static readonly Fault[] All =
    [
        InNamespace("ping", "no reply", Outcome.Down, Cause.Timeout, lab => Task.FromResult(Ping(lab, lab.Namespace().Set("net/ipv4/icmp_echo_ignore_all", "1"), "127.0.0.1"))),
        InNamespace("ping", "no route", Outcome.Down, Cause.NetworkUnreachable, lab => Task.FromResult(Ping(lab, lab.Namespace(), "10.77.0.1"))),
        InNamespace("ping", "the monitor's own routes have no way to the host", Outcome.Down, Cause.HostUnreachable, lab => Task.FromResult(Ping(lab, lab.Namespace().Ip("route add unreachable 10.99.0.0/24"), "10.99.0.9", "count=1"))),
        InNamespace("ping", "host unreachable (type 3 code 1)", Outcome.Down, Cause.IcmpUnreachable, lab => RoutedAsync(lab, "unreachable", "10.99.0.9")),
        InNamespace("ping", "administratively prohibited (type 3 code 13)", Outcome.Down, Cause.IcmpUnreachable, lab => RoutedAsync(lab, "prohibit", "10.99.0.9")),
        InNamespace("ping", "no route beyond a router, over IPv6 (type 1 code 0)", Outcome.Down, Cause.IcmpUnreachable, lab => RoutedAsync(lab, "unreachable", "fd00:99::9")),
        InNamespace("ping", "the hop limit ends on the way", Outcome.Down, Cause.TtlExceeded, async lab => Ping(lab, (await lab.RoutersAsync(2)).Client, "10.3.0.2", "ttl=2")),
        InNamespace("ping", "the hop limit ends on the way, over IPv6", Outcome.Down, Cause.TtlExceeded, async lab => Ping(lab, (await lab.RoutersAsync(2)).Client, "fd00:3::2", "ttl=2")),
        InNamespace("ping", "too big for the path, fragments forbidden", Outcome.Down, Cause.PacketTooBig, lab => NarrowAsync(lab, "10.3.0.2")),
        InNamespace("ping", "too big for the path, over IPv6", Outcome.Down, Cause.PacketTooBig, lab => NarrowAsync(lab, "fd00:3::2")),
        InNamespace("ping", "slower than expected", Outcome.Degraded, Cause.ExpectationFailed, lab => Task.FromResult(Ping(lab, lab.Namespace(), "127.0.0.1", expect: "rttMs=0.001"))),
        InNamespace("traceroute", "the destination does not answer", Outcome.Down, Cause.DestinationNotReached, async lab =>
        {
            var routers = await lab.RoutersAsync(1);
            _ = routers.Target.Set("net/ipv4/icmp_echo_ignore_all", "1");
            return Trace(lab, routers.Client, "10.2.0.2", "maxHops=4 hopTimeout=200ms");
        }),
        InNamespace("traceroute", "another path than before", Outcome.Degraded, Cause.PathChanged, async lab =>
        {
            var balanced = lab.Held(await BalancedLab.StartAsync());
            var check = Trace(lab, balanced.Client, "10.6.0.2", "method=udp", "pathStable=true");
            balanced.OverOne();
            (await check.Probe!.ProbeAsync(check.Request, CancellationToken.None)).Outcome.ShouldBe(Outcome.Up);
            balanced.OverOther();
            return check;
        }),
    ];

    private static FaultyCheck Ping(FaultLab lab, NetworkNamespace space, string host, string settings = "", string expect = "")
        => new(new IcmpEchoProbe(lab.Environment, lab.Engine(space)), IcmpChecks.Request(host, settings, expect, settings.Length == 0 && expect.Length == 0 ? 0.4 : 5));

    private static FaultyCheck Trace(FaultLab lab, NetworkNamespace space, string host, string settings, string expect = "")
        => new(new RouteTraceProbe(lab.Environment, space.Sockets()), IcmpChecks.Request(host, settings, expect));

    private static async Task<FaultyCheck> RoutedAsync(FaultLab lab, string route, string host)
    {
        var routers = await lab.RoutersAsync(1);
        _ = routers.Routers[0].Ip($"route replace {route} 10.99.0.0/24", $"route replace {route} fd00:99::/64");
        return Ping(lab, routers.Client, host, "count=1");
    }

    private static async Task<FaultyCheck> NarrowAsync(FaultLab lab, string host)
    {
        var routers = await lab.RoutersAsync(2);
        _ = routers.Routers[0].Ip("link set e1 mtu 1300");
        _ = routers.Routers[1].Ip("link set e0 mtu 1300");
        return Ping(lab, routers.Client, host, "size=1400 dontFragment=true");
    }
}
