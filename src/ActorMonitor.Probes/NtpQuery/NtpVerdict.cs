using System.Collections.Immutable;
using System.Globalization;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes.NtpQuery;

/// <summary>What a job expects of a time server, and the verdict on an answer.</summary>
internal sealed record NtpVerdict(double? OffsetMilliseconds, int? Stratum)
{
    internal double? DelayMilliseconds { get; init; }

    internal double? JitterMilliseconds { get; init; }

    internal double? RootDispersionMilliseconds { get; init; }

    internal double? RootDistanceMilliseconds { get; init; }

    /// <summary>The leap indicators that are expected; empty for any of a synchronised server.</summary>
    internal ImmutableArray<string> Leaps { get; init; } = [];

    // MAXDISP (RFC 5905 section 7.2).
    private static readonly TimeSpan MaxDistance = TimeSpan.FromSeconds(16);

    // Codes that only say that the server's clock is not set yet (RFC 5905 section 7.4).
    private static readonly string[] NotYetSet = ["INIT", "STEP"];

    private static readonly Setting<double?> MaxOffset = Setting.OptionalNumber(
        "offsetMs", 0, 86_400_000, "The farthest that the server's clock may be from the monitor's, in milliseconds; beyond it the job is Degraded.");

    private static readonly Setting<int?> MaxStratum = Setting.OptionalInteger(
        "stratum", 1, 15, "The highest stratum that the server may have; above it the job is Degraded.");

    private static readonly Setting<double?> MaxDelay = Setting.OptionalNumber(
        "delayMs", 0, 60_000, "The longest round trip, without the time that the server took, in milliseconds; above it the job is Degraded.");

    private static readonly Setting<double?> MaxJitter = Setting.OptionalNumber(
        "jitterMs", 0, 60_000, "With samples of 2 or more: the most that their offsets may differ (root mean square), in milliseconds; above it the job is Degraded.");

    private static readonly Setting<double?> MaxRootDispersion = Setting.OptionalNumber(
        "rootDispersionMs", 0, 16_000, "The highest root dispersion that the server may tell, in milliseconds; above it the job is Degraded.");

    private static readonly Setting<double?> MaxRootDistance = Setting.OptionalNumber(
        "rootDistanceMs", 0, 16_000, "The farthest that the server's clock can be from its reference (half the root delay and the root dispersion), in milliseconds; above it the job is Degraded.");

    private static readonly Setting<ImmutableArray<string>> LeapList = Setting.TextList(
        "leap", "The leap indicators expected: none, insert or delete (the day's last minute has a second more or less); with another the job is Degraded.",
        "a list of none, insert, delete", text => text is "none" or "insert" or "delete");

    /// <summary>What the expectations of an ntp job can be.</summary>
    internal static readonly ImmutableArray<Setting> All = [MaxOffset, MaxDelay, MaxJitter, MaxStratum, MaxRootDispersion, MaxRootDistance, LeapList];

    internal static NtpVerdict Read(SettingMap expectations) => new(MaxOffset.Read(expectations), MaxStratum.Read(expectations))
    {
        DelayMilliseconds = MaxDelay.Read(expectations),
        JitterMilliseconds = MaxJitter.Read(expectations),
        RootDispersionMilliseconds = MaxRootDispersion.Read(expectations),
        RootDistanceMilliseconds = MaxRootDistance.Read(expectations),
        Leaps = LeapList.Read(expectations),
    };

    /// <summary>A leap indicator as jobs and results name it.</summary>
    internal static string NameOf(NtpLeap leap) => leap switch
    {
        NtpLeap.None => "none",
        NtpLeap.Insert => "insert",
        NtpLeap.Delete => "delete",
        _ => "unsynchronised",
    };

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

    /// <summary>The verdict on the sample that counts.</summary>
    /// <param name="answer">Its answer.</param>
    /// <param name="sample">The sample.</param>
    /// <param name="jitter">What others differ from it; null when there is no other.</param>
    /// <param name="judgesTime">Whether the times are the target's; when not, no bound on a time fails, and the offset only by more than the delay can account for.</param>
    internal (Outcome Outcome, Cause Cause, string Text) Judge(NtpPacket answer, NtpSample sample, TimeSpan? jitter = null, bool judgesTime = true)
    {
        var text = string.Create(
            CultureInfo.InvariantCulture,
            $"offset {sample.Offset.TotalMilliseconds:+0.000;-0.000;+0.000} ms, stratum {answer.Stratum}, leap {NameOf(answer.Leap)}");
        if (jitter is { } told)
            text += string.Create(CultureInfo.InvariantCulture, $", jitter {told.TotalMilliseconds:F3} ms");

        var faults = new List<string>();
        var doubt = judgesTime ? 0 : sample.Delay.TotalMilliseconds / 2;
        Bound("the offset", Math.Abs(sample.Offset.TotalMilliseconds) - doubt, OffsetMilliseconds);
        if (judgesTime)
            Bound("the delay", sample.Delay.TotalMilliseconds, DelayMilliseconds);
        if (JitterMilliseconds is not null && jitter is null)
            faults.Add("one sample alone came, which has no jitter");
        else if (judgesTime && jitter is { } measured)
            Bound("the jitter", measured.TotalMilliseconds, JitterMilliseconds);
        if (Stratum is { } stratum && answer.Stratum > stratum)
            faults.Add($"the stratum is higher than {stratum}");
        Bound("the root dispersion", answer.RootDispersion.TotalMilliseconds, RootDispersionMilliseconds);
        Bound("the root distance", answer.RootDistance.TotalMilliseconds, RootDistanceMilliseconds);
        if (!Leaps.IsEmpty && !Leaps.Contains(NameOf(answer.Leap)))
            faults.Add($"the leap indicator is not {string.Join(" or ", Leaps)}");

        return faults.Count == 0
            ? (Outcome.Up, Cause.None, text)
            : (Outcome.Degraded, Cause.ExpectationFailed, string.Create(CultureInfo.InvariantCulture, $"{text}, delay {sample.Delay.TotalMilliseconds:F3} ms: {string.Join(", ", faults)}"));

        void Bound(string what, double milliseconds, double? most)
        {
            if (milliseconds > most)
                faults.Add(string.Create(CultureInfo.InvariantCulture, $"{what} is more than {most} ms"));
        }
    }

    internal static string Advice(string code) => code switch
    {
        "RATE" => " (it is asked too often: raise the interval)",
        "DENY" or "RSTR" => " (its access rules exclude this monitor)",
        _ => "",
    };
}
