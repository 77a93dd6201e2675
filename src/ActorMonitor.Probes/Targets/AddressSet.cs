using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace ActorMonitor.Probes.Targets;

/// <summary>Which of a host's addresses a check uses, and in which order.</summary>
internal enum FamilyChoice
{
    /// <summary>Both; IPv6 first where this host has a route to it.</summary>
    Any,
    Ipv4,
    Ipv6,
    PreferIpv4,
    PreferIpv6,
}

/// <summary>A name's addresses. Immutable, but for what was last found of this host's routes.</summary>
internal sealed class AddressSet
{
    // Routes come and go; a look at them costs a socket.
    private static readonly TimeSpan RouteAge = TimeSpan.FromSeconds(10);

    private readonly ImmutableArray<IPAddress> _ipv4;
    private readonly ImmutableArray<IPAddress> _ipv6;
    private readonly ImmutableArray<IPAddress> _ipv4First;
    private readonly ImmutableArray<IPAddress> _ipv6First;
    private readonly ImmutableArray<IPAddress> _ordered;
    private Route? _route;

    private AddressSet(ImmutableArray<IPAddress> ipv4, ImmutableArray<IPAddress> ipv6, ImmutableArray<IPAddress> ordered)
    {
        (_ipv4, _ipv6, _ordered) = (ipv4, ipv6, ordered);
        (_ipv4First, _ipv6First) = ipv6.IsEmpty ? (ipv4, ipv4) : ipv4.IsEmpty ? (ipv6, ipv6) : (ipv4.AddRange(ipv6), ipv6.AddRange(ipv4));
    }

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => _ipv4First.IsEmpty;

    /// <summary>Of addresses that have no order yet.</summary>
    public static AddressSet Of(IEnumerable<IPAddress> addresses)
    {
        var all = addresses.ToList();
        return new AddressSet(OfFamily(all, AddressFamily.InterNetwork), OfFamily(all, AddressFamily.InterNetworkV6), default);
    }

    /// <summary>Of addresses that somebody who knows this host's routes has put into order (RFC 6724).</summary>
    public static AddressSet InOrder(IPAddress[] addresses)
        => new(OfFamily(addresses, AddressFamily.InterNetwork), OfFamily(addresses, AddressFamily.InterNetworkV6), [.. addresses]);

    /// <summary>The addresses for a check; may be empty.</summary>
    public ImmutableArray<IPAddress> For(FamilyChoice choice, TimeProvider time) => choice switch
    {
        FamilyChoice.Ipv4 => _ipv4,
        FamilyChoice.Ipv6 => _ipv6,
        FamilyChoice.PreferIpv4 => _ipv4First,
        FamilyChoice.PreferIpv6 => _ipv6First,
        _ when !_ordered.IsDefault => _ordered,
        _ when _ipv4.IsEmpty || _ipv6.IsEmpty => _ipv4First,
        _ => HasRoute(time) ? _ipv6First : _ipv4First,
    };

    private static ImmutableArray<IPAddress> OfFamily(IEnumerable<IPAddress> addresses, AddressFamily family)
        => [.. addresses.Where(address => address.AddressFamily == family).Distinct()];

    private bool HasRoute(TimeProvider time)
    {
        var known = Volatile.Read(ref _route);
        if (known is not null && time.GetElapsedTime(known.Stamp) < RouteAge)
            return known.Exists;
        var found = new Route(HasRoute(_ipv6[0]), time.GetTimestamp());
        Volatile.Write(ref _route, found);
        return found.Exists;
    }

    // RFC 6724 rule 1, avoid unusable destinations: to connect a datagram socket sends nothing, and fails without a route or a source address.
    private static bool HasRoute(IPAddress address)
    {
        try
        {
            using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
            socket.Connect(new IPEndPoint(address, 53));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private sealed record Route(bool Exists, long Stamp);
}
