using System.Net;
using System.Runtime.InteropServices;

namespace ActorMonitor.Probes.Icmp;

/// <summary>Who made an entry of a socket's error queue (struct sock_extended_err, ee_origin).</summary>
internal enum ErrorOrigin : byte
{
    None = 0,
    Local = 1,
    Icmp = 2,
    Icmpv6 = 3,
}

/// <summary>An entry of a socket's error queue (linux/errqueue.h).</summary>
internal readonly record struct ExtendedError(int Errno, ErrorOrigin Origin, byte Type, byte Code, IPAddress? Offender)
{
    /// <summary>More about it (ee_info): the MTU of the path where a packet was too big.</summary>
    public uint Info { get; init; }
}

/// <summary>What came with a datagram: the control messages of recvmsg that the probes ask for.</summary>
internal readonly record struct ControlMessages(int? Ttl, DateTimeOffset? ReceivedAt, ExtendedError? Error)
{
    /// <summary>How many datagrams the socket had dropped for want of room when this one came (SO_RXQ_OVFL), modulo 2^32.</summary>
    public uint? Dropped { get; init; }

    // struct cmsghdr: size_t length with this header, int level, int type; the data follows, all aligned to size_t.
    private static readonly int HeaderBytes = nint.Size + 8;

    /// <summary>Reads a control buffer; stops at the first message whose length does not fit.</summary>
    public static ControlMessages Parse(ReadOnlySpan<byte> control)
    {
        int? ttl = null;
        DateTimeOffset? receivedAt = null;
        ExtendedError? error = null;
        uint? dropped = null;
        while (control.Length >= HeaderBytes)
        {
            var length = MemoryMarshal.Read<nuint>(control);
            if (length < (nuint)HeaderBytes || length > (nuint)control.Length)
                break;
            var level = MemoryMarshal.Read<int>(control[nint.Size..]);
            var type = MemoryMarshal.Read<int>(control[(nint.Size + 4)..]);
            var data = control[HeaderBytes..(int)length];
            switch (level, type)
            {
                case (LinuxNative.SolIp, LinuxNative.IpTtl) or (LinuxNative.SolIpv6, LinuxNative.Ipv6HopLimit) when data.Length >= 4:
                    ttl = MemoryMarshal.Read<int>(data);
                    break;
                case (LinuxNative.SolIp, LinuxNative.IpRecvErr) or (LinuxNative.SolIpv6, LinuxNative.Ipv6RecvErr):
                    error = ParseError(data);
                    break;
                case (LinuxNative.SolSocket, LinuxNative.TimestampNs) when data.Length >= 2 * nint.Size:
                    receivedAt = ParseTimestamp(data);
                    break;
                case (LinuxNative.SolSocket, LinuxNative.DropCounter) when data.Length >= 4:
                    dropped = MemoryMarshal.Read<uint>(data);
                    break;
            }

            var aligned = ((int)length + nint.Size - 1) & ~(nint.Size - 1);
            control = aligned >= control.Length ? default : control[aligned..];
        }

        return new ControlMessages(ttl is >= 0 and <= 255 ? ttl : null, receivedAt, error) { Dropped = dropped };
    }

    /// <summary>The address in a struct sockaddr_in or sockaddr_in6; null for anything else.</summary>
    public static IPAddress? ParseAddress(ReadOnlySpan<byte> socketAddress)
    {
        if (socketAddress.Length < 8)
            return null;
        return MemoryMarshal.Read<ushort>(socketAddress) switch
        {
            LinuxNative.FamilyInet => new IPAddress(socketAddress[4..8]),
            LinuxNative.FamilyInet6 when socketAddress.Length >= 28 => new IPAddress(socketAddress[8..24], MemoryMarshal.Read<uint>(socketAddress[24..])),
            _ => null,
        };
    }

    // struct sock_extended_err: u32 errno, u8 origin, u8 type, u8 code, u8 pad, u32 info, u32 data; then the offender's address.
    private static ExtendedError? ParseError(ReadOnlySpan<byte> data)
        => data.Length < 16 ? null : new ExtendedError(MemoryMarshal.Read<int>(data), (ErrorOrigin)data[4], data[5], data[6], ParseAddress(data[16..])) { Info = MemoryMarshal.Read<uint>(data[8..]) };

    // struct timespec: seconds and nanoseconds, each a long.
    private static DateTimeOffset? ParseTimestamp(ReadOnlySpan<byte> data)
    {
        var seconds = MemoryMarshal.Read<nint>(data);
        var nanoseconds = MemoryMarshal.Read<nint>(data[nint.Size..]);
        if (seconds is < 0 or > int.MaxValue || nanoseconds is < 0 or >= 1_000_000_000)
            return null;
        return DateTimeOffset.UnixEpoch.AddTicks((seconds * TimeSpan.TicksPerSecond) + (nanoseconds / 100));
    }
}
