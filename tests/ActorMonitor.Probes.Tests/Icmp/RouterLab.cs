using System.Net.Sockets;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes.Tests.Icmp;

/// <summary>
/// A client, a chain of routers and a target, each in a network namespace. Cable n (from 1) is 10.n.0.0/24 and fd00:n::/64,
/// the nearer end .1, the farther .2; the target is .2 of the last. Interface e0 of a machine leads to the client, e1 away.
/// </summary>
internal sealed class RouterLab : IDisposable
{
    private readonly NetworkNamespace[] _chain;

    private RouterLab(int routers)
    {
        _chain = [.. Enumerable.Range(0, routers + 2).Select(_ => new NetworkNamespace())];
        for (var n = 1; n < _chain.Length; n++)
            _chain[n - 1].Connect("e1", [$"10.{n}.0.1/24", $"fd00:{n}::1/64"], _chain[n], "e0", [$"10.{n}.0.2/24", $"fd00:{n}::2/64"]);

        for (var i = 0; i < _chain.Length; i++)
        {
            if (i > 0 && i < _chain.Length - 1)
                _chain[i].Route();
            if (i < _chain.Length - 1)
                _chain[i].Ip(Enumerable.Range(i + 2, _chain.Length - i - 2).Append(99).SelectMany(far => RoutesBy(far, i + 1, 2)).ToArray());
            if (i > 1)
                _chain[i].Ip(Enumerable.Range(1, i - 1).SelectMany(far => RoutesBy(far, i, 1)).ToArray());
        }
    }

    /// <summary>Makes a lab and waits until its cables carry packets, which takes the kernel up to a second.</summary>
    public static async Task<RouterLab> StartAsync(int routers)
    {
        var lab = new RouterLab(routers);
        foreach (var host in new[] { $"10.{routers + 1}.0.2", $"fd00:{routers + 1}::2" })
            await UntilReachedAsync(lab.Client, host);
        return lab;
    }

    /// <summary>Waits until a host answers a machine.</summary>
    public static async Task UntilReachedAsync(NetworkNamespace from, string host)
    {
        for (var attempt = 0; attempt < 100; attempt++)
        {
            if ((await IcmpChecks.PingAsync(from.Sockets(SocketType.Raw), host, seconds: 0.2)).Outcome == Outcome.Up)
                return;
        }

        throw new InvalidOperationException($"{host} is not reached in the lab");
    }

    public NetworkNamespace Client => _chain[0];

    public NetworkNamespace[] Routers => _chain[1..^1];

    public NetworkNamespace Target => _chain[^1];

    public void Dispose()
    {
        foreach (var machine in _chain)
            machine.Dispose();
    }

    private static string[] RoutesBy(int far, int cable, int end)
        => [$"route add 10.{far}.0.0/24 via 10.{cable}.0.{end}", $"route add fd00:{far}::/64 via fd00:{cable}::{end}"];
}
