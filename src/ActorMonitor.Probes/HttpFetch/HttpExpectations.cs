using System.Collections.Immutable;
using System.Text.RegularExpressions;
using ActorMonitor.Messages;
using Set = ActorMonitor.Probes.HttpFetch.HttpFetchSettings;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>What makes a response Up.</summary>
internal sealed record HttpExpectations(
    ImmutableArray<StatusPattern> Statuses, string? Contains, string? NotContains, Regex? Matches, double? ResponseMilliseconds)
{
    /// <summary>Whether the body's text is needed.</summary>
    public bool LookAtBody => (Contains ?? NotContains) is not null || Matches is not null;

    /// <summary>Whether a status is wanted for itself, so that a redirect of this status is the answer.</summary>
    public bool NamesExactly(int status) => Statuses.Any(pattern => pattern.IsExact && pattern.Matches(status));

    /// <summary>The expectations of a job.</summary>
    /// <exception cref="SettingException">One is not understood.</exception>
    public static HttpExpectations Of(SettingMap map) => new(
        [.. Set.Status.Read(map).Select(text => StatusPattern.TryParse(text, out var pattern) ? pattern : throw new SettingException($"status {text} is not understood"))],
        Set.BodyContains.Read(map),
        Set.BodyNotContains.Read(map),
        Set.BodyMatches.Read(map) is { } text && BodyPattern.TryParse(text, out var regex) ? regex : null,
        Set.ResponseMs.Read(map));

    /// <summary>All that a response leaves to be desired; empty when it is as expected.</summary>
    public ImmutableArray<Finding> Judge(HttpObservation seen)
        => [.. JudgeStatus(seen.Status), .. JudgeBody(seen.Body), .. JudgeTime(seen.Elapsed)];

    private IEnumerable<Finding> JudgeStatus(int status)
    {
        if (Statuses.IsEmpty ? status >= 400 : !Statuses.Any(pattern => pattern.Matches(status)))
            yield return Finding.Down(Cause.HttpStatus, $"status {status}, expected {(Statuses.IsEmpty ? "below 400" : string.Join(" or ", Statuses.Select(Print)))}");
    }

    private IEnumerable<Finding> JudgeBody(HttpBody? body)
    {
        if (body is null)
            yield break;
        if (Contains is not null && !body.Text.Contains(Contains, StringComparison.Ordinal))
            yield return Missing(body, $"the body does not contain \"{Contains}\"");
        if (NotContains is not null && body.Text.Contains(NotContains, StringComparison.Ordinal))
            yield return Finding.Down(Cause.ExpectationFailed, $"the body contains \"{NotContains}\"");
        else if (NotContains is not null && body.IsCut)
            yield return Missing(body, $"\"{NotContains}\" may be in the rest of the body");
        if (Matches is null)
            yield break;
        var (isMatch, inTime) = Match(Matches, body.Text);
        if (!inTime)
            yield return new Finding(Outcome.Unknown, Cause.Timeout, $"the body could not be matched with {Matches} within {DurationText.Print(Matches.MatchTimeout)}");
        else if (!isMatch)
            yield return Missing(body, $"the body does not match {Matches}");
    }

    private IEnumerable<Finding> JudgeTime(TimeSpan elapsed)
    {
        if (elapsed.TotalMilliseconds > ResponseMilliseconds)
            yield return Finding.Degraded(FormattableString.Invariant($"took {elapsed.TotalMilliseconds:F3} ms, expected {ResponseMilliseconds} ms at most"));
    }

    // What is not in the part that was read may be in the rest: that proves nothing.
    private static Finding Missing(HttpBody body, string message) => body.IsCut
        ? new Finding(Outcome.Unknown, Cause.Oversize, $"{message}: only its first {body.Length} bytes were read (maxBody)")
        : Finding.Down(Cause.ExpectationFailed, message);

    private static (bool IsMatch, bool InTime) Match(Regex regex, string text)
    {
        try
        {
            return (regex.IsMatch(text), true);
        }
        catch (RegexMatchTimeoutException)
        {
            return (false, false);
        }
    }

    private static string Print(StatusPattern pattern) => pattern.IsExact ? $"{pattern.First}" : $"{pattern.First}-{pattern.Last}";
}

/// <summary>What was seen of a response.</summary>
/// <param name="Status">The status.</param>
/// <param name="Body">The body; null when nothing is expected of it.</param>
/// <param name="Elapsed">The time of the whole exchange.</param>
internal sealed record HttpObservation(int Status, HttpBody? Body, TimeSpan Elapsed);
