using System.Net.Sockets;

namespace ActorMonitor.Probes.Icmp;

/// <summary>The types of messages that a raw ICMP socket delivers: echo replies and errors.</summary>
internal static class IcmpTypeFilter
{
    /// <summary>
    /// Lets the kernel drop what we never look at. ICMP_FILTER and ICMPV6_FILTER (RFC 3542 section 3.2) hold one bit a type,
    /// and on Linux a set bit blocks.
    /// </summary>
    public static void Apply(Socket socket)
    {
        var family = socket.AddressFamily;
        var isV4 = family == AddressFamily.InterNetwork;
        Span<byte> blocked = stackalloc byte[isV4 ? 4 : 32];
        blocked.Fill(0xFF);
        for (var type = 0; type < blocked.Length * 8; type++)
        {
            // The filter's words are 32 bits in host order: on a big-endian machine bit n is in another byte.
            var at = BitConverter.IsLittleEndian ? type / 8 : (type / 8) ^ 3;
            if (type == IcmpPacket.EchoReply(family) || IcmpPacket.IsError(family, (byte)type))
                blocked[at] &= (byte)~(1 << (type % 8));
        }

        socket.SetRawSocketOption(isV4 ? LinuxNative.SolRaw : LinuxNative.SolIcmpv6, isV4 ? LinuxNative.IcmpFilter : LinuxNative.Icmpv6Filter, blocked);
    }
}
