using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace ActorMonitor.Probes.Icmp;

/// <summary>
/// The part of an echo that differs from check to check: the ICMP header, the check's token, and the word that balances the
/// sequence number (<see cref="EchoPayload"/>). What follows is the same for all and is stored once.
/// </summary>
internal static class EchoHeader
{
    /// <summary>The bytes that a check's own part takes.</summary>
    public const int Bytes = IcmpPacket.HeaderBytes + EchoPayload.MinimumBytes;

    /// <summary>The token's bytes.</summary>
    public const int TokenBytes = EchoPayload.MinimumBytes - 2;

    private const int BalanceAt = Bytes - 2;

    private static readonly byte[] _filling = MakeFilling();

    /// <summary>The address of the bytes that follow every header; they never move.</summary>
    public static nint FillingAddress { get; } = Marshal.UnsafeAddrOfPinnedArrayElement(_filling, 0);

    /// <summary>The checksum of all requests of a check: the sequence and its balance add up to nothing.</summary>
    public static ushort ChecksumOf(ushort id, ReadOnlySpan<byte> token, int size)
    {
        Span<byte> header = stackalloc byte[Bytes];
        Write(header, AddressFamily.InterNetwork, id, 0, token, 0);
        // Both parts have an even number of bytes before the second, so their sums add up (RFC 1071).
        var sum = (uint)(ushort)~IcmpPacket.Checksum(header) + (ushort)~IcmpPacket.Checksum(_filling.AsSpan(0, size - EchoPayload.MinimumBytes));
        return (ushort)~((sum >> 16) + (sum & ushort.MaxValue));
    }

    /// <summary>Writes a request's header. The checksum is IPv4's; the kernel makes IPv6's.</summary>
    public static void Write(Span<byte> header, AddressFamily family, ushort id, ushort sequence, ReadOnlySpan<byte> token, ushort checksum)
    {
        header[0] = IcmpPacket.EchoRequest(family);
        header[1] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(header[2..], family == AddressFamily.InterNetwork ? checksum : (ushort)0);
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], id);
        BinaryPrimitives.WriteUInt16BigEndian(header[6..], sequence);
        token.CopyTo(header[IcmpPacket.HeaderBytes..]);
        BinaryPrimitives.WriteUInt16BigEndian(header[BalanceAt..], (ushort)~sequence);
    }

    /// <summary>Whether a reply has the payload of a check's request, to the last byte.</summary>
    public static bool Matches(ReadOnlySpan<byte> message, ushort sequence, ReadOnlySpan<byte> token, int size)
        => message.Length == IcmpPacket.HeaderBytes + size && MatchesStart(message, sequence, token);

    /// <summary>Whether what an error quotes of a request, which may end anywhere behind the ICMP header, begins like a check's.</summary>
    public static bool MatchesStart(ReadOnlySpan<byte> message, ushort sequence, ReadOnlySpan<byte> token)
    {
        if (message.Length < IcmpPacket.HeaderBytes || message.Length > IcmpPacket.HeaderBytes + EchoPlan.MaximumBytes)
            return false;
        var payload = message[IcmpPacket.HeaderBytes..];
        if (payload.Length < EchoPayload.MinimumBytes)
            return payload[..Math.Min(payload.Length, TokenBytes)].SequenceEqual(token[..Math.Min(payload.Length, TokenBytes)]);
        var filling = payload[EchoPayload.MinimumBytes..];
        return payload[..TokenBytes].SequenceEqual(token)
            && BinaryPrimitives.ReadUInt16BigEndian(payload[TokenBytes..]) == (ushort)~sequence
            && filling.SequenceEqual(_filling.AsSpan(0, filling.Length));
    }

    private static byte[] MakeFilling()
    {
        var bytes = GC.AllocateArray<byte>(EchoPlan.MaximumBytes - EchoPayload.MinimumBytes, pinned: true);
        for (var i = 0; i < bytes.Length; i++)
            bytes[i] = (byte)(i + EchoPayload.MinimumBytes);
        return bytes;
    }
}
