using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace ActorMonitor.Probes.Icmp;

/// <summary>ICMP and ICMPv6 on the wire: the echo, the error, and the request that an error quotes (RFC 792, RFC 4443).</summary>
internal static class IcmpPacket
{
    /// <summary>Type, code, checksum, and four bytes that depend on the type.</summary>
    public const int HeaderBytes = 8;

    private const int Ipv6HeaderBytes = 40;
    private const int MaxExtensionHeaders = 8;

    /// <summary>The type of an echo request.</summary>
    public static byte EchoRequest(AddressFamily family) => family == AddressFamily.InterNetwork ? (byte)8 : (byte)128;

    /// <summary>The type of an echo reply.</summary>
    public static byte EchoReply(AddressFamily family) => family == AddressFamily.InterNetwork ? (byte)0 : (byte)129;

    /// <summary>The IP protocol number.</summary>
    public static byte Protocol(AddressFamily family) => family == AddressFamily.InterNetwork ? (byte)1 : (byte)58;

    /// <summary>Whether a type says that a packet was lost: destination unreachable, time exceeded, parameter problem; for IPv6 also packet too big.</summary>
    public static bool IsError(AddressFamily family, byte type) => family == AddressFamily.InterNetwork ? type is 3 or 11 or 12 : type is >= 1 and <= 4;

    /// <summary>Whether a type is time exceeded.</summary>
    public static bool IsTimeExceeded(AddressFamily family, byte type) => type == (family == AddressFamily.InterNetwork ? 11 : 3);

    /// <summary>Writes an echo request and returns its length. ICMPv6's checksum covers a pseudo-header that only the kernel knows: it stays zero here.</summary>
    public static int WriteEchoRequest(Span<byte> packet, AddressFamily family, ushort id, ushort sequence, ReadOnlySpan<byte> payload)
    {
        packet[0] = EchoRequest(family);
        packet[1] = 0;
        packet[2] = packet[3] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(packet[4..], id);
        BinaryPrimitives.WriteUInt16BigEndian(packet[6..], sequence);
        payload.CopyTo(packet[HeaderBytes..]);
        var length = HeaderBytes + payload.Length;
        if (family == AddressFamily.InterNetwork)
            BinaryPrimitives.WriteUInt16BigEndian(packet[2..], Checksum(packet[..length]));
        return length;
    }

    /// <summary>The Internet checksum (RFC 1071); 0 over data that holds its own right checksum.</summary>
    public static ushort Checksum(ReadOnlySpan<byte> data)
    {
        ulong sum = 0;
        for (; data.Length >= 2; data = data[2..])
            sum += BinaryPrimitives.ReadUInt16BigEndian(data);
        if (data.Length == 1)
            sum += (uint)data[0] << 8;
        while (sum > ushort.MaxValue)
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        return (ushort)~sum;
    }

    /// <summary>The next hop's MTU in an error that says that a packet was too big (RFC 1191 section 4, RFC 4443 section 3.2); 0 when it does not tell.</summary>
    public static uint MtuOf(AddressFamily family, ReadOnlySpan<byte> message)
    {
        if (message.Length < HeaderBytes)
            return 0;
        if (family != AddressFamily.InterNetwork)
            return message[0] == 2 ? BinaryPrimitives.ReadUInt32BigEndian(message[4..]) : 0;
        return message[0] == 3 && message[1] == 4 ? BinaryPrimitives.ReadUInt16BigEndian(message[6..]) : 0u;
    }

    /// <summary>Whether an error says that a packet is larger than the next hop takes.</summary>
    public static bool IsTooBig(AddressFamily family, byte type, byte code) => family == AddressFamily.InterNetwork ? (type, code) == (3, 4) : type == 2;

    /// <summary>Takes an IPv4 header off a packet (RFC 791 section 3.1). Where a quote ends early the payload is what is there.</summary>
    /// <param name="packet">The packet from its IP header on.</param>
    /// <param name="header">What the header says.</param>
    /// <param name="payload">What follows it.</param>
    public static bool TryReadIpv4(ReadOnlySpan<byte> packet, out IpHeader header, out ReadOnlySpan<byte> payload)
    {
        header = default;
        payload = default;
        if (packet.Length < 20 || packet[0] >> 4 != 4)
            return false;
        var headerBytes = (packet[0] & 0x0F) * 4;
        var totalBytes = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        var fragmentOffset = BinaryPrimitives.ReadUInt16BigEndian(packet[6..]) & 0x1FFF;
        if (headerBytes < 20 || packet.Length < headerBytes || totalBytes < headerBytes || fragmentOffset != 0)
            return false;
        header = new IpHeader(packet[9], packet[8], new IPAddress(packet[12..16]), new IPAddress(packet[16..20]), totalBytes <= packet.Length);
        payload = packet[headerBytes..Math.Min(totalBytes, packet.Length)];
        return true;
    }

    /// <summary>Takes the IPv4 header off an ICMP packet that a raw socket delivered, without making anything of its addresses.</summary>
    public static bool TryStripIpv4(ReadOnlySpan<byte> packet, out int ttl, out ReadOnlySpan<byte> message)
    {
        ttl = 0;
        message = default;
        if (packet.Length < 20 || packet[0] >> 4 != 4 || packet[9] != 1)
            return false;
        var headerBytes = (packet[0] & 0x0F) * 4;
        var totalBytes = BinaryPrimitives.ReadUInt16BigEndian(packet[2..]);
        if (headerBytes < 20 || totalBytes < headerBytes || totalBytes > packet.Length)
            return false;
        ttl = packet[8];
        message = packet[headerBytes..totalBytes];
        return true;
    }

    /// <summary>Takes an IPv6 header and its extension headers off a quoted packet (RFC 8200 sections 3 and 4).</summary>
    public static bool TryReadIpv6(ReadOnlySpan<byte> packet, out IpHeader header, out ReadOnlySpan<byte> payload)
    {
        header = default;
        payload = default;
        if (packet.Length < Ipv6HeaderBytes || packet[0] >> 4 != 6)
            return false;
        var next = packet[6];
        var rest = packet[Ipv6HeaderBytes..];
        for (var i = 0; i < MaxExtensionHeaders && next is 0 or 43 or 44 or 60; i++)
        {
            if (rest.Length < 8)
                return false;
            // A fragment other than the first has no transport header to compare.
            if (next == 44 && BinaryPrimitives.ReadUInt16BigEndian(rest[2..]) >> 3 != 0)
                return false;
            var bytes = next == 44 ? 8 : (rest[1] + 1) * 8;
            if (rest.Length < bytes)
                return false;
            next = rest[0];
            rest = rest[bytes..];
        }

        var totalBytes = Ipv6HeaderBytes + BinaryPrimitives.ReadUInt16BigEndian(packet[4..]);
        header = new IpHeader(next, packet[7], new IPAddress(packet[8..24]), new IPAddress(packet[24..40]), totalBytes <= packet.Length);
        payload = rest;
        return true;
    }
}

/// <summary>What matters of an IP header.</summary>
internal readonly record struct IpHeader(byte Protocol, byte Ttl, IPAddress Source, IPAddress Destination, bool IsComplete);
