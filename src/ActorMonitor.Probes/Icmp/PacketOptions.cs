using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ActorMonitor.Probes.Icmp;

/// <summary>Writes what is special about one packet as control messages of sendmsg (ip(7); RFC 3542 sections 6.1 to 6.5).</summary>
internal static class PacketOptions
{
    /// <summary>The room that all of them need at most.</summary>
    public const int MaxBytes = 96;

    private static readonly int HeaderBytes = nint.Size + 8;

    /// <summary>Writes the options of a plan and returns their length.</summary>
    public static int Write(Span<byte> control, EchoPlan plan)
    {
        control.Clear();
        var isV4 = plan.Target.AddressFamily == AddressFamily.InterNetwork;
        var level = isV4 ? LinuxNative.SolIp : LinuxNative.SolIpv6;
        var length = 0;
        if (plan.Ttl is { } ttl)
            length += Put(control[length..], level, isV4 ? LinuxNative.IpTtl : LinuxNative.Ipv6HopLimit, ttl);
        // The code point is the upper six bits of the byte (RFC 2474 section 3).
        if (plan.Dscp is { } dscp)
            length += Put(control[length..], level, isV4 ? LinuxNative.IpTos : LinuxNative.Ipv6TrafficClass, dscp << 2);
        if (plan.Source is { } source)
            length += isV4 ? PutSourceV4(control[length..], source) : PutSourceV6(control[length..], source);
        return length;
    }

    private static int Put(Span<byte> control, int level, int type, int value)
    {
        MemoryMarshal.Write(control[HeaderBytes..], value);
        return Frame(control, level, type, sizeof(int));
    }

    // struct in_pktinfo: interface, local address, destination.
    private static int PutSourceV4(Span<byte> control, IPAddress source)
    {
        _ = source.TryWriteBytes(control[(HeaderBytes + 4)..], out _);
        return Frame(control, LinuxNative.SolIp, LinuxNative.IpPktInfo, 12);
    }

    // struct in6_pktinfo: address, interface.
    private static int PutSourceV6(Span<byte> control, IPAddress source)
    {
        _ = source.TryWriteBytes(control[HeaderBytes..], out _);
        MemoryMarshal.Write(control[(HeaderBytes + 16)..], (int)source.ScopeId);
        return Frame(control, LinuxNative.SolIpv6, LinuxNative.Ipv6PktInfo, 20);
    }

    private static int Frame(Span<byte> control, int level, int type, int dataBytes)
    {
        MemoryMarshal.Write(control, (nuint)(HeaderBytes + dataBytes));
        MemoryMarshal.Write(control[nint.Size..], level);
        MemoryMarshal.Write(control[(nint.Size + 4)..], type);
        return (HeaderBytes + dataBytes + nint.Size - 1) & ~(nint.Size - 1);
    }
}
