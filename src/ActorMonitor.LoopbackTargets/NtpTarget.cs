using System.Buffers.Binary;

namespace ActorMonitor.LoopbackTargets;

/// <summary>An NTP server of stratum 1 whose reference is the local clock (RFC 5905 section 7.3).</summary>
internal sealed class NtpTarget(TimeProvider time)
{
    private const int PacketLength = 48;
    private readonly ulong _started = Timestamp(time.GetUtcNow());

    internal byte[]? Respond(ReadOnlySpan<byte> query)
    {
        var received = Timestamp(time.GetUtcNow());
        if (query.Length < PacketLength)
            return null;
        var version = (query[0] >> 3) & 7;
        if ((query[0] & 7) != 3 || version is not (3 or 4))
            return null;

        var answer = new byte[PacketLength];
        answer[0] = (byte)((version << 3) | 4);
        answer[1] = 1;
        answer[2] = query[2];
        answer[3] = 0xEC; // 2^-20 s, about a microsecond
        BinaryPrimitives.WriteUInt32BigEndian(answer.AsSpan(8), 1); // 2^-16 s
        "LOCL"u8.CopyTo(answer.AsSpan(12));
        BinaryPrimitives.WriteUInt64BigEndian(answer.AsSpan(16), _started);
        query.Slice(40, 8).CopyTo(answer.AsSpan(24));
        BinaryPrimitives.WriteUInt64BigEndian(answer.AsSpan(32), received);
        BinaryPrimitives.WriteUInt64BigEndian(answer.AsSpan(40), Timestamp(time.GetUtcNow()));
        return answer;
    }

    // Seconds since 1900 modulo 2^32, and 32 bits of fraction.
    private static ulong Timestamp(DateTimeOffset instant)
    {
        const long From1900To1970 = 2_208_988_800;
        var seconds = instant.ToUnixTimeSeconds();
        var ticks = instant.Ticks - DateTimeOffset.FromUnixTimeSeconds(seconds).Ticks;
        return ((ulong)(uint)(seconds + From1900To1970) << 32) | (ulong)(ticks * (1L << 32) / TimeSpan.TicksPerSecond);
    }
}
