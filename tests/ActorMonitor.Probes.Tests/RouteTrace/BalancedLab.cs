using ActorMonitor.Probes.Tests.Icmp;

namespace ActorMonitor.Probes.Tests.RouteTrace;

/// <summary>
/// A client, a router that spreads flows over two others by their ports, a router where the two ways join, and a target:
/// cable 1 from the client, 2 and 4 over one way, 3 and 5 over the other, 6 to the target. Cable n is 10.n.0.0/24 and
/// fd00:n::/64, the nearer end .1, the farther .2.
/// </summary>
internal sealed class BalancedLab : IDisposable
{
    private readonly NetworkNamespace[] _machines;

    private BalancedLab()
    {
        _machines = [.. Enumerable.Range(0, 6).Select(_ => new NetworkNamespace().Set("net/ipv4/conf/all/rp_filter", "0").Set("net/ipv4/conf/default/rp_filter", "0"))];
        foreach (var router in _machines[1..])
            router.Route();
        Cable(1, Client, Spreader);
        Cable(2, Spreader, One);
        Cable(3, Spreader, Other);
        Cable(4, One, Joiner);
        Cable(5, Other, Joiner);
        Cable(6, Joiner, Target);
        Spreader.Set("net/ipv4/fib_multipath_hash_policy", "1").Set("net/ipv6/fib_multipath_hash_policy", "1");
        Client.Ip("route add 10.6.0.0/24 via 10.1.0.2", "route add fd00:6::/64 via fd00:1::2");
        One.Ip("route add 10.6.0.0/24 via 10.4.0.2", "route add fd00:6::/64 via fd00:4::2", "route add 10.1.0.0/24 via 10.2.0.1", "route add fd00:1::/64 via fd00:2::1");
        Other.Ip("route add 10.6.0.0/24 via 10.5.0.2", "route add fd00:6::/64 via fd00:5::2", "route add 10.1.0.0/24 via 10.3.0.1", "route add fd00:1::/64 via fd00:3::1");
        Joiner.Ip("route add 10.1.0.0/24 via 10.4.0.1", "route add fd00:1::/64 via fd00:4::1");
        Target.Ip("route add default via 10.6.0.1", "route add default via fd00:6::1");
        Spreader.Ip("route add fd00:6::/64 via fd00:2::2");
    }

    public NetworkNamespace Client => _machines[0];

    public NetworkNamespace Spreader => _machines[1];

    public NetworkNamespace One => _machines[2];

    public NetworkNamespace Other => _machines[3];

    public NetworkNamespace Joiner => _machines[4];

    public NetworkNamespace Target => _machines[5];

    /// <summary>Makes a lab and waits until both of its ways carry packets.</summary>
    public static async Task<BalancedLab> StartAsync()
    {
        var lab = new BalancedLab();
        foreach (var way in new Action[] { lab.OverOne, lab.OverOther })
        {
            way();
            foreach (var host in new[] { "10.6.0.2", "fd00:6::2" })
                await RouterLab.UntilReachedAsync(lab.Client, host);
        }

        lab.Spread();
        return lab;
    }

    /// <summary>Spreads flows over both ways.</summary>
    public void Spread() => Spreader.Ip(
        "route replace 10.6.0.0/24 nexthop via 10.2.0.2 nexthop via 10.3.0.2",
        "route del fd00:6::/64",
        "route add fd00:6::/64 nexthop via fd00:2::2 nexthop via fd00:3::2");

    /// <summary>Sends all over one way.</summary>
    public void OverOne() => Spreader.Ip("route replace 10.6.0.0/24 via 10.2.0.2", "route del fd00:6::/64", "route add fd00:6::/64 via fd00:2::2");

    /// <summary>Sends all over the other way.</summary>
    public void OverOther() => Spreader.Ip("route replace 10.6.0.0/24 via 10.3.0.2", "route del fd00:6::/64", "route add fd00:6::/64 via fd00:3::2");

    public void Dispose()
    {
        foreach (var machine in _machines)
            machine.Dispose();
    }

    private static void Cable(int number, NetworkNamespace near, NetworkNamespace far)
        => near.Connect($"c{number}", [$"10.{number}.0.1/24", $"fd00:{number}::1/64"], far, $"c{number}", [$"10.{number}.0.2/24", $"fd00:{number}::2/64"]);
}
