using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace ActorMonitor.Probes.Icmp;

/// <summary>
/// Tells whether bytes that arrived answer a check's echo requests. Whatever the bytes are, the verdict is an answer, a
/// stray of the target's, or nothing; it never throws.
/// </summary>
/// <param name="Target">The address that is asked.</param>
/// <param name="Payload">The payload of the requests.</param>
/// <param name="Id">The requests' id; null on a datagram socket, where the kernel chooses it and delivers only what matches.</param>
internal sealed record EchoMatcher(IPAddress Target, EchoPayload Payload, ushort? Id)
{
    private AddressFamily Family => Target.AddressFamily;

    /// <summary>Judges a datagram of an ICMP socket. A raw IPv4 socket delivers the IP header too.</summary>
    public EchoAnswer? MatchDatagram(ReadOnlySpan<byte> datagram, IPAddress? from, int? ttl, long timestamp)
    {
        var message = datagram;
        if (Id is not null && Family == AddressFamily.InterNetwork)
        {
            if (!IcmpPacket.TryReadIpv4(datagram, out var header, out message))
                return Stray(from, timestamp);
            (from, ttl) = (header.Source, header.Ttl);
            // Raw sockets see a packet before the kernel has checked the ICMP checksum.
            if (header.Protocol != IcmpPacket.Protocol(Family) || !header.IsComplete || IcmpPacket.Checksum(message) != 0)
                return Stray(from, timestamp);
        }

        if (message.Length < IcmpPacket.HeaderBytes)
            return Stray(from, timestamp);
        if (message[0] == IcmpPacket.EchoReply(Family))
            return MatchReply(message, from, ttl, timestamp);
        if (IcmpPacket.IsError(Family, message[0]))
            return MatchQuote(message, from, timestamp);
        return EchoAnswer.None;
    }

    /// <summary>Judges an entry of a datagram socket's error queue, whose data is the quoted request from its ICMP header on.</summary>
    public EchoAnswer? MatchQueued(ReadOnlySpan<byte> quoted, ExtendedError error, long timestamp)
    {
        if (error.Origin is not (ErrorOrigin.Icmp or ErrorOrigin.Icmpv6) || !IcmpPacket.IsError(Family, error.Type))
            return EchoAnswer.None;
        return QuotedSequence(quoted) is { } sequence
            ? new EchoAnswer(EchoAnswerKind.Error, sequence, error.Offender, error.Type, error.Code, null, timestamp)
            : EchoAnswer.Stray(error.Offender, timestamp);
    }

    private EchoAnswer? MatchReply(ReadOnlySpan<byte> message, IPAddress? from, int? ttl, long timestamp)
    {
        var sequence = BinaryPrimitives.ReadUInt16BigEndian(message[6..]);
        var isOurs = message[1] == 0
            && (Id is null || BinaryPrimitives.ReadUInt16BigEndian(message[4..]) == Id)
            && Payload.Matches(sequence, message[IcmpPacket.HeaderBytes..])
            && IsTarget(from);
        return isOurs ? new EchoAnswer(EchoAnswerKind.Reply, sequence, from, message[0], 0, ttl, timestamp) : Stray(from, timestamp);
    }

    private EchoAnswer? MatchQuote(ReadOnlySpan<byte> message, IPAddress? from, long timestamp)
    {
        var isRead = Family == AddressFamily.InterNetwork
            ? IcmpPacket.TryReadIpv4(message[IcmpPacket.HeaderBytes..], out var header, out var quoted)
            : IcmpPacket.TryReadIpv6(message[IcmpPacket.HeaderBytes..], out header, out quoted);
        var isOurs = isRead && header.Protocol == IcmpPacket.Protocol(Family) && SameAddress(header.Destination, Target);
        return isOurs && QuotedSequence(quoted) is { } sequence
            ? new EchoAnswer(EchoAnswerKind.Error, sequence, from, message[0], message[1], null, timestamp)
            : Stray(from, timestamp);
    }

    // A router quotes at least the eight bytes of our header (RFC 792); what it quotes of the payload must be ours as well.
    private ushort? QuotedSequence(ReadOnlySpan<byte> quoted)
    {
        if (quoted.Length < IcmpPacket.HeaderBytes || quoted[0] != IcmpPacket.EchoRequest(Family))
            return null;
        if (Id is not null && BinaryPrimitives.ReadUInt16BigEndian(quoted[4..]) != Id)
            return null;
        var sequence = BinaryPrimitives.ReadUInt16BigEndian(quoted[6..]);
        return Payload.MatchesStart(sequence, quoted[IcmpPacket.HeaderBytes..]) ? sequence : null;
    }

    // A raw socket sees everybody's packets: those that do not come from the target are nobody's mistake.
    private EchoAnswer? Stray(IPAddress? from, long timestamp)
        => from is not null && IsTarget(from) ? EchoAnswer.Stray(from, timestamp) : EchoAnswer.None;

    // 0.0.0.0 and :: mean this host, which answers from another address.
    private bool IsTarget(IPAddress? from)
        => from is not null && (Target.Equals(IPAddress.Any) || Target.Equals(IPAddress.IPv6Any) || SameAddress(from, Target));

    private static bool SameAddress(IPAddress one, IPAddress other)
    {
        Span<byte> bytes = stackalloc byte[32];
        return one.TryWriteBytes(bytes, out var length) && other.TryWriteBytes(bytes[16..], out var otherLength)
            && bytes[..length].SequenceEqual(bytes[16..(16 + otherLength)]);
    }
}
