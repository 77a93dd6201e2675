namespace ActorMonitor.Probes.NtpQuery;

/// <summary>
/// An instant as NTP sends it (RFC 5905 section 6): seconds since 1900 in 32 bits and a fraction in 32 bits. The seconds
/// wrap in 2036; a difference of two instants less than 68 years apart is right across the wrap, an instant alone is only
/// known beside another.
/// </summary>
/// <param name="Bits">Seconds in the upper half, the fraction in the lower.</param>
internal readonly record struct NtpTimestamp(ulong Bits)
{
    private static readonly DateTimeOffset FirstEra = new(1900, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>All zero: not known.</summary>
    internal bool IsZero => Bits == 0;

    internal static NtpTimestamp Of(DateTimeOffset instant)
    {
        var ticks = (instant - FirstEra).Ticks;
        var (seconds, rest) = Math.DivRem(ticks, TimeSpan.TicksPerSecond);
        return new NtpTimestamp((unchecked((ulong)seconds) << 32) | (((ulong)rest << 32) / TimeSpan.TicksPerSecond));
    }

    /// <summary>The time from <paramref name="earlier"/> to this, negative when it is later; to the nearest tick.</summary>
    internal TimeSpan Since(NtpTimestamp earlier)
    {
        var difference = unchecked((long)(Bits - earlier.Bits));
        return TimeSpan.FromTicks((long)((((Int128)difference * TimeSpan.TicksPerSecond) + (1L << 31)) >> 32));
    }

    /// <summary>The instant, in the era in which it is nearest to <paramref name="pivot"/>.</summary>
    internal DateTimeOffset Near(DateTimeOffset pivot) => pivot + Since(Of(pivot));
}
