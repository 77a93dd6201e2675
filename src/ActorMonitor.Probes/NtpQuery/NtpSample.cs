namespace ActorMonitor.Probes.NtpQuery;

/// <summary>The outcome of one exchange (RFC 5905 section 8).</summary>
/// <param name="Offset">How far the server's clock is ahead of ours.</param>
/// <param name="Delay">The round trip without the time that the server took, not negative.</param>
/// <param name="ServerTime">The time that the server took.</param>
internal readonly record struct NtpSample(TimeSpan Offset, TimeSpan Delay, TimeSpan ServerTime)
{
    /// <summary>
    /// Computes a sample of the instant of sending (T1) and the time until the answer came, both by our clocks, and of the
    /// server's T2 and T3. T4 is T1 plus that time: a step of our wall clock in between does no harm.
    /// </summary>
    internal static NtpSample Of(DateTimeOffset sent, TimeSpan roundTrip, NtpTimestamp received, NtpTimestamp transmitted)
    {
        var t1 = NtpTimestamp.Of(sent);
        var t4 = NtpTimestamp.Of(sent + roundTrip);
        var serverTime = transmitted.Since(received);
        var delay = roundTrip - serverTime;
        var offset = (received.Since(t1) + transmitted.Since(t4)) / 2;
        return new NtpSample(offset, delay < TimeSpan.Zero ? TimeSpan.Zero : delay, serverTime);
    }
}
