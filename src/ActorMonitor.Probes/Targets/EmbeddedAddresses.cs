using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;

namespace ActorMonitor.Probes.Targets;

/// <summary>The IPv4 addresses to which packets for an IPv6 address may be sent on, by a translator or out of a tunnel.</summary>
/// <param name="Addresses">The IPv4 addresses; none for an ordinary IPv6 address.</param>
/// <param name="PrefixLength">The length of the longest prefix that says so.</param>
internal readonly record struct EmbeddedAddresses(ImmutableArray<IPAddress> Addresses, int PrefixLength)
{
    private static readonly EmbeddedAddresses None = new([], 0);

    /// <summary>Those of an IPv6 address that is no mapped IPv4 address.</summary>
    public static EmbeddedAddresses In(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (!address.TryWriteBytes(bytes, out var length) || length != 16)
            return None;

        var high = BinaryPrimitives.ReadUInt32BigEndian(bytes);
        var rest = BinaryPrimitives.ReadUInt64BigEndian(bytes[4..]);
        var last = BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]);
        switch (high)
        {
            // IPv4-compatible (RFC 4291 section 2.5.5.1), of which :: and ::1 are none; and IPv4-translated, ::ffff:0:a.b.c.d (RFC 7915 appendix).
            case 0 when (rest == 0 && last > 1) || rest == 0xFFFF_0000:
                return new([At(bytes, 12)], 96);

            // NAT64's well-known prefix (RFC 6052 section 2.1).
            case 0x0064_FF9B when rest == 0:
                return new([At(bytes, 12)], 96);

            // 64:ff9b:1::/48 (RFC 8215): each network cuts its own prefix out of it, of any length of RFC 6052 section 2.2.
            case 0x0064_FF9B when bytes[4] == 0 && bytes[5] == 1:
                return new(LocalUse(bytes), 48);

            // Teredo (RFC 4380 section 4): the server, and the client with all bits turned over.
            case 0x2001_0000:
                return new([At(bytes, 4), Of(~last)], 32);
        }

        // 6to4 (RFC 3056 section 2).
        var found = ImmutableArray.CreateBuilder<IPAddress>();
        var prefixLength = 0;
        if (high >> 16 == 0x2002)
        {
            found.Add(At(bytes, 2));
            prefixLength = 16;
        }

        // ISATAP (RFC 5214 section 6.1): an interface id of 0000:5efe or 0200:5efe and the address, in any network.
        if ((BinaryPrimitives.ReadUInt32BigEndian(bytes[8..]) & ~0x0200_0000u) == 0x5EFE)
        {
            found.Add(At(bytes, 12));
            prefixLength = 96;
        }

        return found.Count == 0 ? None : new(found.ToImmutable(), prefixLength);
    }

    // The prefix's length is not known here: every place at which an address may stand counts. The byte 8 is passed over.
    private static ImmutableArray<IPAddress> LocalUse(ReadOnlySpan<byte> bytes)
    {
        var found = ImmutableArray.CreateBuilder<IPAddress>();
        ReadOnlySpan<byte> places = [6, 7, 9, 10, 7, 9, 10, 11, 9, 10, 11, 12, 12, 13, 14, 15];
        for (; !places.IsEmpty; places = places[4..])
        {
            // No translator sends to 0.0.0.0/8; with another prefix length those bytes are zero.
            if (bytes[places[0]] != 0)
                found.Add(new IPAddress([bytes[places[0]], bytes[places[1]], bytes[places[2]], bytes[places[3]]]));
        }

        return found.ToImmutable();
    }

    private static IPAddress At(ReadOnlySpan<byte> bytes, int offset) => new(bytes.Slice(offset, 4));

    private static IPAddress Of(uint bits)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, bits);
        return new IPAddress(bytes);
    }
}
