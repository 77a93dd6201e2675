using System.Net;

namespace ActorMonitor.Probes.Icmp;

/// <summary>Chooses the way to send ICMP echoes on this platform.</summary>
internal static class EchoChannels
{
    /// <summary>Opens a channel to a target.</summary>
    /// <exception cref="Targets.TargetException">This process may not.</exception>
    public static IEchoChannel Open(IcmpSocketSource sockets, IPAddress target, int payloadBytes, bool dontFragment, TimeSpan timeout, TimeProvider time)
        => OperatingSystem.IsLinux()
            ? LinuxEchoChannel.Over(sockets.OpenIcmp(target.AddressFamily), target, payloadBytes, dontFragment, time)
            : new ManagedEchoChannel(target, payloadBytes, dontFragment, timeout, time);

    /// <summary>The same, but null when this process may not.</summary>
    public static IEchoChannel? TryOpen(IcmpSocketSource sockets, IPAddress target, int payloadBytes, TimeSpan timeout, TimeProvider time)
    {
        if (!OperatingSystem.IsLinux())
            return new ManagedEchoChannel(target, payloadBytes, dontFragment: false, timeout, time);
        return sockets.TryOpenIcmp(target.AddressFamily) is { } socket ? LinuxEchoChannel.Over(socket, target, payloadBytes, dontFragment: false, time) : null;
    }

    /// <summary>The address to talk to: an IPv4 address that is mapped into IPv6 is the IPv4 address.</summary>
    public static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
