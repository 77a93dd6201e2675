using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Matching;
using ActorMonitor.Probes.Targets;
using Set = ActorMonitor.Probes.UdpExchange.UdpSettings;

namespace ActorMonitor.Probes.UdpExchange;

/// <summary>A job's settings as its checks use them.</summary>
internal sealed record UdpPlan
{
    private static readonly TimeSpan DefaultGap = TimeSpan.FromMilliseconds(100);

    public required byte[] Payload { get; init; }

    public required SocketSettings Socket { get; init; }

    public required int Count { get; init; }

    public required TimeSpan Gap { get; init; }

    /// <summary>How long to wait after the last datagram; null for as long as there is time.</summary>
    public required TimeSpan? Wait { get; init; }

    public required bool WantsSilence { get; init; }

    public required string? Text { get; init; }

    public required byte[]? Bytes { get; init; }

    public required Regex? Pattern { get; init; }

    public required double? LossPercent { get; init; }

    public required double? RttMilliseconds { get; init; }

    /// <summary>The plan of a job's checks.</summary>
    /// <exception cref="SettingException">A setting is not understood, or two contradict each other.</exception>
    public static UdpPlan Of(ProbeRequest request)
    {
        var (settings, expectations) = (request.Settings, request.Expectations);
        var (text, hex) = (Set.Payload.Read(settings), Set.PayloadHex.Read(settings));
        if (text is not null && hex is not null)
            throw new SettingException("payload and payloadHex are given; expected one of them");
        var plan = new UdpPlan
        {
            Payload = hex is not null ? HexText.Parse(hex) : text is not null ? Encoding.UTF8.GetBytes(text) : [0],
            Socket = SocketSettings.Read(settings),
            Count = Set.Count.Read(settings),
            Gap = Set.Gap.Read(settings) ?? DefaultGap,
            Wait = Set.Wait.Read(settings),
            WantsSilence = Set.Silence.Read(expectations),
            Text = Set.AnswerContains.Read(expectations),
            Bytes = Set.AnswerHex.Read(expectations) is { } wanted ? HexText.Parse(wanted) : null,
            Pattern = Set.AnswerMatches.Read(expectations) is { } pattern && TextPattern.TryParse(pattern, out var regex) ? regex : null,
            LossPercent = Set.LossPercent.Read(expectations),
            RttMilliseconds = Set.RttMs.Read(expectations),
        };
        if (plan.WantsSilence && (plan.Text is not null || plan.Bytes is not null || plan.Pattern is not null || plan.LossPercent is not null || plan.RttMilliseconds is not null))
            throw new SettingException("silence and an answer are expected; expected one of them");
        return plan;
    }

    /// <summary>Refuses a timeout that is over before the last datagram was waited for.</summary>
    /// <exception cref="SettingException">It is.</exception>
    public void RefuseTimeout(TimeSpan timeout)
    {
        if (Gap * (Count - 1) + (Wait ?? TimeSpan.Zero) >= timeout)
            throw new SettingException($"{Count} datagrams, one each {DurationText.Print(Gap)}, and the wait after them do not fit into the timeout of {DurationText.Print(timeout)}");
    }

    /// <summary>What an answer leaves to be desired; null when it is as expected.</summary>
    /// <exception cref="TargetException">It cannot be judged in time.</exception>
    public string? Misses(ReadOnlySpan<byte> answer, out ImmutableArray<(string Name, string Value)> captures)
    {
        captures = [];
        if (Text is not null && answer.IndexOf(Encoding.UTF8.GetBytes(Text)) < 0)
            return $"does not contain \"{Text}\"";
        if (Bytes is not null && answer.IndexOf(Bytes) < 0)
            return $"does not contain {Convert.ToHexStringLower(Bytes)}";
        if (Pattern is null)
            return null;
        try
        {
            var match = Pattern.Match(Encoding.Latin1.GetString(answer));
            if (!match.Success)
                return $"does not match {Pattern}";
            captures = [.. Pattern.GetGroupNames().Where(name => !char.IsAsciiDigit(name[0])).Select(name => (name, match.Groups[name].Value))];
            return null;
        }
        catch (RegexMatchTimeoutException)
        {
            throw new TargetException(Outcome.Unknown, Cause.Timeout, $"the answer could not be matched with {Pattern} within {DurationText.Print(Pattern.MatchTimeout)}");
        }
    }
}
