using System.Buffers.Binary;

namespace ActorMonitor.Probes.Tests.NtpQuery;

/// <summary>Writes NTP answers for the tests, apart from the code under test.</summary>
internal sealed record NtpBytes
{
    public int Leap { get; init; }

    public int Version { get; init; } = 4;

    public int Mode { get; init; } = 4;

    public int Stratum { get; init; } = 2;

    /// <summary>In 2^-16 seconds.</summary>
    public uint RootDelay { get; init; } = 0x0000_8000;

    public uint RootDispersion { get; init; } = 0x0000_4000;

    public string ReferenceHex { get; init; } = "C0000201";

    public ulong Reference { get; init; }

    public ulong Receive { get; init; } = 1UL << 32;

    public ulong Transmit { get; init; } = 1UL << 32;

    /// <summary>The answer to a query: its transmit timestamp goes back as the origin.</summary>
    public byte[] To(ReadOnlySpan<byte> query)
    {
        var answer = new byte[48];
        answer[0] = (byte)((Leap << 6) | (Version << 3) | Mode);
        answer[1] = (byte)Stratum;
        answer[2] = 6;
        answer[3] = 0xE9; // 2^-23 s
        BinaryPrimitives.WriteUInt32BigEndian(answer.AsSpan(4), RootDelay);
        BinaryPrimitives.WriteUInt32BigEndian(answer.AsSpan(8), RootDispersion);
        Convert.FromHexString(ReferenceHex).CopyTo(answer, 12);
        BinaryPrimitives.WriteUInt64BigEndian(answer.AsSpan(16), Reference);
        query[40..48].CopyTo(answer.AsSpan(24));
        BinaryPrimitives.WriteUInt64BigEndian(answer.AsSpan(32), Receive);
        BinaryPrimitives.WriteUInt64BigEndian(answer.AsSpan(40), Transmit);
        return answer;
    }

    /// <summary>Seconds and fraction since 1900, modulo 2^32 seconds.</summary>
    public static ulong Timestamp(DateTimeOffset instant)
    {
        var since = instant.Ticks - new DateTimeOffset(1900, 1, 1, 0, 0, 0, TimeSpan.Zero).Ticks;
        return ((ulong)(since / 10_000_000) << 32) + ((ulong)(since % 10_000_000) * (1UL << 32) / 10_000_000);
    }
}
