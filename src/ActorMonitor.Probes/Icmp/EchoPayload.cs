using System.Buffers.Binary;
using System.Security.Cryptography;

namespace ActorMonitor.Probes.Icmp;

/// <summary>
/// The payload of a check's requests: a random token that only this check knows, and a word that balances the sequence
/// number, so that all requests of a check have the same checksum and routers that share load by it keep them on one path.
/// </summary>
internal sealed class EchoPayload
{
    /// <summary>The token with its balance words.</summary>
    public const int MinimumBytes = 16;

    private const int SequenceAt = 10;
    private const int SumAt = 12;
    private const int BalanceAt = 14;
    private readonly byte[] _bytes;
    private readonly bool _holdsSequence;

    /// <summary>Makes a payload with a new token.</summary>
    /// <param name="bytes">Its size.</param>
    /// <param name="sum">What the token is to add to the checksum, so that the checks of one flow have the same checksum too; null for any.</param>
    /// <param name="holdsSequence">Whether the sequence stands in the payload as well, for packets whose header has none.</param>
    public EchoPayload(int bytes, ushort? sum = null, bool holdsSequence = false)
    {
        (_bytes, _holdsSequence) = (new byte[bytes], holdsSequence);
        RandomNumberGenerator.Fill(_bytes.AsSpan(0, BalanceAt));
        if (holdsSequence)
            _bytes.AsSpan(SequenceAt, 2).Clear();
        // In ones' complement x + ~y is the difference x - y.
        if (sum is { } wanted)
            BinaryPrimitives.WriteUInt16BigEndian(_bytes.AsSpan(SumAt), OnesComplementSum(wanted, IcmpPacket.Checksum(_bytes.AsSpan(0, SumAt))));
        for (var i = MinimumBytes; i < bytes; i++)
            _bytes[i] = (byte)i;
    }

    /// <summary>The payload of a request, valid until the next call.</summary>
    public ReadOnlySpan<byte> For(ushort sequence)
    {
        if (_holdsSequence)
            BinaryPrimitives.WriteUInt16BigEndian(_bytes.AsSpan(SequenceAt), sequence);
        // In ones' complement x + ~x is always the same.
        BinaryPrimitives.WriteUInt16BigEndian(_bytes.AsSpan(BalanceAt), (ushort)~sequence);
        return _bytes;
    }

    /// <summary>Whether a reply's payload is this request's, to the last byte.</summary>
    public bool Matches(ushort sequence, ReadOnlySpan<byte> payload) => payload.SequenceEqual(For(sequence));

    /// <summary>
    /// Whether a quote's payload, of which any part may be cut off, begins like this request's. Behind the token a quote
    /// may be filled up with zeros and followed by extensions (RFC 4884 section 4), so that only the token counts.
    /// </summary>
    public bool MatchesStart(ushort sequence, ReadOnlySpan<byte> payload)
    {
        var compared = Math.Min(MinimumBytes, payload.Length);
        return payload[..compared].SequenceEqual(For(sequence)[..compared]);
    }

    /// <summary>Finds the sequence in a payload of this check.</summary>
    public bool TryReadSequence(ReadOnlySpan<byte> payload, out ushort sequence)
    {
        sequence = 0;
        if (payload.Length < MinimumBytes)
            return false;
        sequence = (ushort)~BinaryPrimitives.ReadUInt16BigEndian(payload[BalanceAt..]);
        return MatchesStart(sequence, payload);
    }

    private static ushort OnesComplementSum(ushort one, ushort other)
    {
        var sum = one + other;
        return (ushort)((sum & ushort.MaxValue) + (sum >> 16));
    }
}
