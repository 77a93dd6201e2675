using System.Net;
using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.Icmp;

/// <summary>
/// Opens ICMP sockets of the kind that this process may open. A datagram socket comes first: it sees only its own replies
/// and needs no capability. What worked last is tried first, so a check costs one call, and a right that is granted or
/// taken while we run is noticed.
/// </summary>
internal sealed class IcmpSocketSource
{
    private readonly Func<AddressFamily, SocketType, ProtocolType, Socket> _open;
    private SocketType _preferredV4 = SocketType.Dgram;
    private SocketType _preferredV6 = SocketType.Dgram;

    /// <summary>A source over another way to open sockets.</summary>
    /// <param name="open">Opens a socket; the seam for tests that open it in another network namespace or refuse it.</param>
    public IcmpSocketSource(Func<AddressFamily, SocketType, ProtocolType, Socket> open) => _open = open;

    /// <summary>A source over the system's own sockets.</summary>
    public IcmpSocketSource()
        : this((family, type, protocol) => new Socket(family, type, protocol))
    {
    }

    /// <summary>Opens an ICMP socket.</summary>
    /// <exception cref="TargetException">The process may open neither kind.</exception>
    public Socket OpenIcmp(AddressFamily family) => TryOpenIcmp(family) ?? throw new TargetException(Outcome.Unknown, Cause.Permission, Remedy);

    /// <summary>Opens an ICMP socket, or returns null when the process may open neither kind.</summary>
    public Socket? TryOpenIcmp(AddressFamily family)
    {
        ref var preferred = ref family == AddressFamily.InterNetwork ? ref _preferredV4 : ref _preferredV6;
        var first = preferred;
        var other = first == SocketType.Dgram ? SocketType.Raw : SocketType.Dgram;
        if (TryOpen(family, first) is { } socket)
            return socket;
        socket = TryOpen(family, other);
        if (socket is not null)
            preferred = other;
        return socket;
    }

    /// <summary>Opens a UDP socket.</summary>
    public Socket OpenUdp(AddressFamily family) => _open(family, SocketType.Dgram, ProtocolType.Udp);

    /// <summary>The address to talk to: no ICMP socket takes an IPv4 address that is mapped into IPv6, which is the IPv4 address.</summary>
    public static IPAddress Reached(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;

    private static string Remedy =>
        "this process may not open ICMP sockets: allow its group to (sysctl -w net.ipv4.ping_group_range=\"0 2147483647\", for IPv6 too) "
        + $"or grant it the capability (setcap cap_net_raw+ep {Environment.ProcessPath ?? "PROGRAM"})";

    private Socket? TryOpen(AddressFamily family, SocketType type)
    {
        try
        {
            return _open(family, type, family == AddressFamily.InterNetwork ? ProtocolType.Icmp : ProtocolType.IcmpV6);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.AccessDenied or SocketError.ProtocolNotSupported or SocketError.SocketNotSupported)
        {
            return null;
        }
    }
}
