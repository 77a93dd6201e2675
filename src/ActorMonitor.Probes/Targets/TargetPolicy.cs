using System.Collections.Immutable;
using System.Net;

namespace ActorMonitor.Probes.Targets;

/// <summary>
/// Which addresses a monitor may probe. An address is allowed when <see cref="Allow"/> is empty or one of its networks
/// holds it, and none of <see cref="Deny"/> does.
/// </summary>
/// <param name="Allow">Networks allowed; empty for all.</param>
/// <param name="Deny">Networks denied.</param>
public sealed record TargetPolicy(ImmutableArray<IPNetwork> Allow, ImmutableArray<IPNetwork> Deny)
{
    /// <summary>
    /// Link-local addresses, where cloud hosts serve their metadata and credentials: 169.254.0.0/16 (RFC 3927),
    /// fe80::/10 (RFC 4291) and fd00:ec2::/32.
    /// </summary>
    public static readonly ImmutableArray<IPNetwork> DeniedByDefault =
        [IPNetwork.Parse("169.254.0.0/16"), IPNetwork.Parse("fe80::/10"), IPNetwork.Parse("fd00:ec2::/32")];

    /// <summary>Everything but <see cref="DeniedByDefault"/>.</summary>
    public static readonly TargetPolicy Default = new([], DeniedByDefault);

    /// <summary>Whether an address may be probed; an IPv4 address mapped into IPv6 is judged as the IPv4 address that it is.</summary>
    public bool Allows(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return (Allow.IsEmpty || Allow.Any(network => network.Contains(plain))) && !Deny.Any(network => network.Contains(plain));
    }
}
