using System.Collections.Immutable;
using System.Globalization;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes.NtpQuery;

/// <summary>What a job expects of a time server, and the verdict on an answer.</summary>
internal sealed record NtpVerdict(double? OffsetMilliseconds, int? Stratum)
{
    // MAXDISP (RFC 5905 section 7.2).
    private static readonly TimeSpan MaxDistance = TimeSpan.FromSeconds(16);

    // Codes that only say that the server's clock is not set yet (RFC 5905 section 7.4).
    private static readonly string[] NotYetSet = ["INIT", "STEP"];

    private static readonly Setting<double?> MaxOffset = Setting.OptionalNumber(
        "offsetMs", 0, 86_400_000, "The farthest that the server's clock may be from the monitor's, in milliseconds; beyond it the job is Degraded.");

    private static readonly Setting<int?> MaxStratum = Setting.OptionalInteger(
        "stratum", 1, 15, "The highest stratum that the server may have; above it the job is Degraded.");

    /// <summary>What the expectations of an ntp job can be.</summary>
    internal static readonly ImmutableArray<Setting> All = [MaxOffset, MaxStratum];

    internal static NtpVerdict Read(SettingMap expectations) => new(MaxOffset.Read(expectations), MaxStratum.Read(expectations));

    /// <summary>What keeps an answer from being a sample of the time; null when nothing does.</summary>
    internal static (Cause Cause, string Text)? Refusal(NtpPacket answer)
    {
        var reference = answer.ReferenceText();
        if (answer.Stratum == 0 && reference.Length == 4 && !NotYetSet.Contains(reference))
            return (Cause.NtpKissOfDeath, $"the server refuses to serve: kiss-o'-death {reference}{Advice(reference)}");
        if (answer.Leap == NtpLeap.Unsynchronised)
            return Unsynchronised("leap 3");
        if (answer.Stratum is 0 or NtpPacket.UnsynchronisedStratum)
            return Unsynchronised($"stratum {answer.Stratum}");
        if (answer.RootDistance >= MaxDistance)
            return Unsynchronised(string.Create(CultureInfo.InvariantCulture, $"root distance {answer.RootDistance.TotalSeconds:F1} s"));
        if (answer.Receive.IsZero || answer.Transmit.IsZero)
            return (Cause.ProtocolError, "the answer has no receive or no transmit timestamp");
        if (answer.Transmit.Since(answer.Receive) < TimeSpan.Zero)
            return (Cause.ProtocolError, "the answer was sent before its query was received, by the server's own timestamps");
        return null;

        (Cause, string) Unsynchronised(string why)
            => (Cause.NtpUnsynchronised, $"the server's clock is not synchronised ({why}{(answer.ReferenceId == 0 ? "" : $", reference {reference}")})");
    }

    /// <summary>The verdict on a sample.</summary>
    internal (Outcome Outcome, Cause Cause, string Text) Judge(NtpPacket answer, NtpSample sample)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"offset {sample.Offset.TotalMilliseconds:+0.000;-0.000;+0.000} ms, stratum {answer.Stratum}, leap {answer.Leap.ToString().ToLowerInvariant()}");
        if (OffsetMilliseconds is { } offset && Math.Abs(sample.Offset.TotalMilliseconds) > offset)
            return (Outcome.Degraded, Cause.ExpectationFailed, string.Create(CultureInfo.InvariantCulture, $"{text}: the offset is more than {offset} ms"));
        if (Stratum is { } stratum && answer.Stratum > stratum)
            return (Outcome.Degraded, Cause.ExpectationFailed, $"{text}: the stratum is higher than {stratum}");
        return (Outcome.Up, Cause.None, text);
    }

    private static string Advice(string code) => code switch
    {
        "RATE" => " (it is asked too often: raise the interval)",
        "DENY" or "RSTR" => " (its access rules exclude this monitor)",
        _ => "",
    };
}
