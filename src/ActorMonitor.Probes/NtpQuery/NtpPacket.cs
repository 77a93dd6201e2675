using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Text;

namespace ActorMonitor.Probes.NtpQuery;

/// <summary>The leap indicator (RFC 5905 figure 9).</summary>
internal enum NtpLeap
{
    None = 0,
    Insert = 1,
    Delete = 2,
    Unsynchronised = 3,
}

/// <summary>An NTP packet without extensions (RFC 5905 section 7.3): 48 bytes.</summary>
internal sealed record NtpPacket
{
    internal const int Length = 48;

    /// <summary>From this stratum on a clock is not synchronised; above it the numbers are reserved (RFC 5905 figure 11).</summary>
    internal const int UnsynchronisedStratum = 16;

    private const int ClientMode = 3;
    private const int ServerMode = 4;

    internal NtpLeap Leap { get; init; }

    internal int Version { get; init; }

    internal int Stratum { get; init; }

    /// <summary>The resolution of the server's clock.</summary>
    internal TimeSpan Precision { get; init; }

    internal TimeSpan RootDelay { get; init; }

    internal TimeSpan RootDispersion { get; init; }

    /// <summary>The reference id's four bytes.</summary>
    internal uint ReferenceId { get; init; }

    /// <summary>When the server's clock was last set.</summary>
    internal NtpTimestamp Reference { get; init; }

    internal NtpTimestamp Receive { get; init; }

    internal NtpTimestamp Transmit { get; init; }

    /// <summary>The farthest that the server's clock can be from the reference (RFC 5905 section 11.1).</summary>
    internal TimeSpan RootDistance => (RootDelay / 2) + RootDispersion;

    /// <summary>
    /// A query that tells nothing but its version and mode. Its transmit timestamp is random instead of the time: the
    /// server only repeats it, so whoever cannot see it cannot forge the answer.
    /// </summary>
    internal static byte[] Query(int version, NtpTimestamp nonce)
    {
        var query = new byte[Length];
        query[0] = (byte)((version << 3) | ClientMode);
        BinaryPrimitives.WriteUInt64BigEndian(query.AsSpan(40), nonce.Bits);
        return query;
    }

    /// <summary>The origin timestamp, which repeats the query's transmit timestamp; zero when the bytes are too few.</summary>
    internal static NtpTimestamp OriginOf(ReadOnlySpan<byte> bytes) => bytes.Length < Length ? default : TimestampAt(bytes, 24);

    /// <summary>Reads a server's answer; extensions and authenticators behind it are not looked at.</summary>
    /// <exception cref="NtpFormatException">It is none.</exception>
    internal static NtpPacket Read(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < Length)
            throw new NtpFormatException($"it has {bytes.Length} bytes instead of {Length}");
        var mode = bytes[0] & 0x7;
        if (mode != ServerMode)
            throw new NtpFormatException($"it has mode {mode} instead of {ServerMode}");
        var version = (bytes[0] >> 3) & 0x7;
        if (version is < 1 or > 4)
            throw new NtpFormatException($"it has version {version}");
        if (bytes[1] > UnsynchronisedStratum)
            throw new NtpFormatException($"it has the reserved stratum {bytes[1]}");

        return new NtpPacket
        {
            Leap = (NtpLeap)(bytes[0] >> 6),
            Version = version,
            Stratum = bytes[1],
            Precision = PowerOfTwo((sbyte)bytes[3]),
            RootDelay = ShortAt(bytes, 4),
            RootDispersion = ShortAt(bytes, 8),
            ReferenceId = BinaryPrimitives.ReadUInt32BigEndian(bytes[12..]),
            Reference = TimestampAt(bytes, 16),
            Receive = TimestampAt(bytes, 32),
            Transmit = TimestampAt(bytes, 40),
        };
    }

    /// <summary>
    /// The reference id for people (RFC 5905 section 7.3): ASCII up to stratum 1, from stratum 2 on the address of the
    /// server's own server, or four bytes of a digest of it over IPv6, shown alike.
    /// </summary>
    internal string ReferenceText()
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, ReferenceId);
        if (Stratum >= 2)
            return new IPAddress(bytes).ToString();
        var text = bytes.TrimEnd((byte)0);
        foreach (var b in text)
        {
            if (b is <= 0x20 or > 0x7E)
                return "0x" + ReferenceId.ToString("x8", CultureInfo.InvariantCulture);
        }

        return Encoding.ASCII.GetString(text);
    }

    private static NtpTimestamp TimestampAt(ReadOnlySpan<byte> bytes, int offset) => new(BinaryPrimitives.ReadUInt64BigEndian(bytes[offset..]));

    // NTP short format: 16 bits of seconds, 16 bits of fraction.
    private static TimeSpan ShortAt(ReadOnlySpan<byte> bytes, int offset)
        => TimeSpan.FromTicks((BinaryPrimitives.ReadUInt32BigEndian(bytes[offset..]) * TimeSpan.TicksPerSecond) >> 16);

    // A byte from -128 to 127; beyond what a clock can have it is only a number to show.
    private static TimeSpan PowerOfTwo(int exponent) => TimeSpan.FromSeconds(Math.Pow(2, Math.Clamp(exponent, -128, 16)));
}
