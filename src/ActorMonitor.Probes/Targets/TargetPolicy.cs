using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace ActorMonitor.Probes.Targets;

/// <summary>
/// Which addresses a monitor may probe. An address is allowed when <see cref="Allow"/> is empty or one of its networks
/// holds it, and none of <see cref="Deny"/> does. An address is judged in every form that it can take: an IPv4 address
/// mapped into IPv6 is that IPv4 address; the IPv4 addresses within a translated or tunnelled one are held against
/// <see cref="Deny"/> too, and must be allowed themselves unless the allowed network names such addresses outright
/// (<c>64:ff9b::/96</c>); 0.0.0.0 and :: are this host.
/// </summary>
public sealed record TargetPolicy
{
    /// <summary>
    /// Link-local addresses, where cloud hosts serve their metadata and credentials: 169.254.0.0/16 (RFC 3927),
    /// fe80::/10 (RFC 4291) and fd00:ec2::/32.
    /// </summary>
    public static readonly ImmutableArray<IPNetwork> DeniedByDefault =
        [IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("fe80::/10"), IPNetwork.Parse("fd00:ec2::/32")];

    /// <summary>Everything but <see cref="DeniedByDefault"/>.</summary>
    public static readonly TargetPolicy Default = new([], DeniedByDefault);

    private readonly ImmutableArray<IPNetwork> _allow;
    private readonly ImmutableArray<IPNetwork> _deny;

    /// <summary>Makes it.</summary>
    /// <param name="allow">Networks allowed; empty for all.</param>
    /// <param name="deny">Networks denied.</param>
    public TargetPolicy(ImmutableArray<IPNetwork> allow, ImmutableArray<IPNetwork> deny)
        => (Allow, Deny, _allow, _deny) = (allow, deny, Plain(allow), Plain(deny));

    /// <summary>Networks allowed; empty for all.</summary>
    public ImmutableArray<IPNetwork> Allow { get; }

    /// <summary>Networks denied.</summary>
    public ImmutableArray<IPNetwork> Deny { get; }

    /// <summary>Whether an address may be probed.</summary>
    public bool Allows(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        if (Denies(plain))
            return false;
        if (plain.AddressFamily == AddressFamily.InterNetwork)
            return _allow.IsEmpty || AllowsPlain(plain, out _);

        var (embedded, prefixLength) = EmbeddedAddresses.In(plain);
        foreach (var inner in embedded)
        {
            if (Denies(inner))
                return false;
        }

        if (_allow.IsEmpty)
            return true;
        if (!AllowsPlain(plain, out var network))
            return false;
        foreach (var inner in embedded)
        {
            if (network.PrefixLength < prefixLength && !AllowsPlain(inner, out _))
                return false;
        }

        return true;
    }

    // To connect to 0.0.0.0 or :: is to connect to this host.
    private bool Denies(IPAddress plain)
        => Holds(_deny, plain, out _)
            || (plain.Equals(IPAddress.Any) && Holds(_deny, IPAddress.Loopback, out _))
            || (plain.Equals(IPAddress.IPv6Any) && (Holds(_deny, IPAddress.IPv6Loopback, out _) || Holds(_deny, IPAddress.Loopback, out _)));

    private bool AllowsPlain(IPAddress plain, out IPNetwork network)
        => Holds(_allow, plain, out network)
            || (plain.Equals(IPAddress.Any) && Holds(_allow, IPAddress.Loopback, out network))
            || (plain.Equals(IPAddress.IPv6Any) && Holds(_allow, IPAddress.IPv6Loopback, out network));

    private static bool Holds(ImmutableArray<IPNetwork> networks, IPAddress address, out IPNetwork holding)
    {
        foreach (var network in networks)
        {
            if (!network.Contains(address))
                continue;
            holding = network;
            return true;
        }

        holding = default;
        return false;
    }

    // ::ffff:10.0.0.0/104 is 10.0.0.0/8. A wider one, say ::/0, is about IPv6.
    private static ImmutableArray<IPNetwork> Plain(ImmutableArray<IPNetwork> networks)
        => [.. networks.Select(network => network is { BaseAddress.IsIPv4MappedToIPv6: true, PrefixLength: >= 96 }
            ? new IPNetwork(network.BaseAddress.MapToIPv4(), network.PrefixLength - 96)
            : network)];
}
