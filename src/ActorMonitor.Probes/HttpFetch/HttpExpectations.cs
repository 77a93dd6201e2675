using System.Collections.Immutable;
using System.Text.Json;
using System.Text.RegularExpressions;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Matching;
using Set = ActorMonitor.Probes.HttpFetch.HttpExpectationSettings;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>What makes a response Up.</summary>
internal sealed record HttpExpectations
{
    public required ImmutableArray<StatusPattern> Statuses { get; init; }

    public required ImmutableArray<HeaderAssertion> Headers { get; init; }

    public required BodyExpectations Body { get; init; }

    public required TimeSpan? MaxAge { get; init; }

    public required TimeSpan? MaxModifiedAge { get; init; }

    public required double? ResponseMilliseconds { get; init; }

    public required ImmutableArray<(string Phase, double Milliseconds)> Phases { get; init; }

    /// <summary>Whether the body's content is needed.</summary>
    public bool LookAtBody => Body.NeedsContent;

    /// <summary>Whether a status is wanted for itself, so that a redirect of this status is the answer.</summary>
    public bool NamesExactly(int status) => Statuses.Any(pattern => pattern.IsExact && pattern.Matches(status));

    /// <summary>The expectations of a job.</summary>
    /// <exception cref="SettingException">One is not understood.</exception>
    public static HttpExpectations Of(SettingMap map) => new()
    {
        Statuses = [.. Set.Status.Read(map).Select(text => StatusPattern.TryParse(text, out var pattern) ? pattern : throw NotUnderstood("status", text))],
        Headers = [.. Set.Header.Read(map).Select(text => HeaderAssertion.TryParse(text, out var assertion) ? assertion : throw NotUnderstood("header", text))],
        Body = BodyExpectations.Of(map),
        MaxAge = Set.MaxAge.Read(map),
        MaxModifiedAge = Set.MaxModifiedAge.Read(map),
        ResponseMilliseconds = Set.ResponseMs.Read(map),
        Phases = [.. Set.Phases.Select(phase => (phase.Phase, Bound: phase.Setting.Read(map))).Where(phase => phase.Bound is not null).Select(phase => (phase.Phase, phase.Bound!.Value))],
    };

    /// <summary>All that a response leaves to be desired; empty when it is as expected.</summary>
    public ImmutableArray<Finding> Judge(HttpObservation seen) =>
    [
        .. JudgeStatus(seen.Status),
        .. Headers.Select(header => header.Judge(seen.Headers)).OfType<string>().Select(message => Finding.Down(Cause.ExpectationFailed, message)),
        .. Body.Judge(seen.Body),
        .. JudgeAge(seen.Headers, seen.Now),
        .. JudgeTime(seen.Elapsed),
    ];

    /// <summary>The phases that took longer than they may.</summary>
    public IEnumerable<Finding> JudgePhases(ImmutableArray<Measurement> measured)
    {
        foreach (var (phase, bound) in Phases)
        {
            var longest = measured.Where(measurement => measurement.Name == phase).Select(measurement => measurement.Value).DefaultIfEmpty(0).Max();
            if (longest > bound)
                yield return Finding.Degraded(FormattableString.Invariant($"the phase {phase} took {longest:F3} ms, expected {bound} ms at most"));
        }
    }

    internal static SettingException NotUnderstood(string name, string text) => new($"{name} = {text}: is not understood");

    private IEnumerable<Finding> JudgeStatus(int status)
    {
        if (Statuses.IsEmpty ? status >= 400 : !Statuses.Any(pattern => pattern.Matches(status)))
            yield return Finding.Down(Cause.HttpStatus, $"status {status}, expected {(Statuses.IsEmpty ? "below 400" : string.Join(" or ", Statuses.Select(Print)))}");
    }

    private IEnumerable<Finding> JudgeAge(HttpHeaders headers, DateTimeOffset now)
    {
        if (MaxAge is { } age && Problem(AgeOf(headers, now), age, "the response was made", "Age or Date") is { } old)
            yield return old;
        if (MaxModifiedAge is { } modified && Problem(now - headers.Instant("Last-Modified"), modified, "the page was changed", "Last-Modified") is { } stale)
            yield return stale;
    }

    // RFC 9111 section 4.2.3; a date ahead of our clock is no age.
    private static TimeSpan? AgeOf(HttpHeaders headers, DateTimeOffset now)
    {
        TimeSpan? apparent = headers.Instant("Date") is { } date ? (now > date ? now - date : TimeSpan.Zero) : null;
        TimeSpan? told = int.TryParse(headers.First("Age"), System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out var seconds) ? TimeSpan.FromSeconds(seconds) : null;
        return apparent is null || told > apparent ? told : apparent;
    }

    private static Finding? Problem(TimeSpan? age, TimeSpan bound, string what, string header)
    {
        if (age is null)
            return Finding.Down(Cause.ExpectationFailed, $"the response has no {header} header to tell its age by");
        return age > bound
            ? Finding.Down(Cause.ExpectationFailed, FormattableString.Invariant($"{what} {age.Value.TotalSeconds:F0} s ago, expected {DurationText.Print(bound)} at most"))
            : null;
    }

    private IEnumerable<Finding> JudgeTime(TimeSpan elapsed)
    {
        if (elapsed.TotalMilliseconds > ResponseMilliseconds)
            yield return Finding.Degraded(FormattableString.Invariant($"took {elapsed.TotalMilliseconds:F3} ms, expected {ResponseMilliseconds} ms at most"));
    }

    private static string Print(StatusPattern pattern) => pattern.IsExact ? $"{pattern.First}" : $"{pattern.First}-{pattern.Last}";
}

/// <summary>What was seen of a response.</summary>
/// <param name="Status">The status.</param>
/// <param name="Headers">The headers.</param>
/// <param name="Body">The body.</param>
/// <param name="Elapsed">The time of the whole exchange; zero when it is not to be judged.</param>
/// <param name="Now">When it was seen.</param>
internal sealed record HttpObservation(int Status, HttpHeaders Headers, HttpBody Body, TimeSpan Elapsed, DateTimeOffset Now);

/// <summary>What is expected of a body.</summary>
internal sealed record BodyExpectations(
    string? Contains, string? NotContains, Regex? Matches, ImmutableArray<JsonAssertion> Json, string? Sha256, int? MinBytes, int? MaxBytes)
{
    /// <summary>Whether its bytes are needed, and not their number alone.</summary>
    public bool NeedsContent => (Contains ?? NotContains ?? Sha256) is not null || Matches is not null || !Json.IsEmpty;

    /// <summary>The expectations of a job.</summary>
    /// <exception cref="SettingException">One is not understood.</exception>
    public static BodyExpectations Of(SettingMap map) => new(
        Set.BodyContains.Read(map),
        Set.BodyNotContains.Read(map),
        Set.BodyMatches.Read(map) is { } text && TextPattern.TryParse(text, out var regex) ? regex : null,
        [.. Set.BodyJson.Read(map).Select(each => JsonAssertion.TryParse(each, out var assertion) ? assertion : throw HttpExpectations.NotUnderstood("body.json", each))],
        Set.BodySha256.Read(map)?.ToLowerInvariant(),
        Set.BodyMinBytes.Read(map),
        Set.BodyMaxBytes.Read(map));

    /// <summary>All that a body leaves to be desired.</summary>
    public IEnumerable<Finding> Judge(HttpBody body)
    {
        if (Contains is not null && !body.Text.Contains(Contains, StringComparison.Ordinal))
            yield return Missing(body, $"the body does not contain \"{Contains}\"");
        if (NotContains is not null && body.Text.Contains(NotContains, StringComparison.Ordinal))
            yield return Finding.Down(Cause.ExpectationFailed, $"the body contains \"{NotContains}\"");
        else if (NotContains is not null && body.IsCut)
            yield return Missing(body, $"\"{NotContains}\" may be in the rest of the body");
        if (Matches is not null && JudgeMatch(Matches, body) is { } unmatched)
            yield return unmatched;
        foreach (var finding in JudgeJson(body))
            yield return finding;
        if (Sha256 is not null && Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(body.Bytes.Span)) is var hash && hash != Sha256)
            yield return Missing(body, $"the body's SHA-256 is {hash}, expected {Sha256}");
        if (body.Length < MinBytes)
            yield return Missing(body, $"the body has {body.Length} bytes, expected {MinBytes} or more");
        if (body.Length > MaxBytes)
            yield return Finding.Down(Cause.ExpectationFailed, $"the body has {body.Length} bytes{(body.IsCut ? " and more" : "")}, expected {MaxBytes} at most");
        else if (body.IsCut && MaxBytes is not null)
            yield return Missing(body, $"the body may have more than {MaxBytes} bytes");
    }

    // What is not in the part that was read may be in the rest: that proves nothing.
    private static Finding Missing(HttpBody body, string message) => body.IsCut
        ? new Finding(Outcome.Unknown, Cause.Oversize, $"{message}: only its first {body.Length} bytes were read (maxBody)")
        : Finding.Down(Cause.ExpectationFailed, message);

    private static Finding? JudgeMatch(Regex regex, HttpBody body)
    {
        try
        {
            return regex.IsMatch(body.Text) ? null : Missing(body, $"the body does not match {regex}");
        }
        catch (RegexMatchTimeoutException)
        {
            return new Finding(Outcome.Unknown, Cause.Timeout, $"the body could not be matched with {regex} within {DurationText.Print(regex.MatchTimeout)}");
        }
    }

    private List<Finding> JudgeJson(HttpBody body)
    {
        if (Json.IsEmpty)
            return [];
        try
        {
            using var document = JsonDocument.Parse(body.Text);
            return [.. Json.Select(each => each.Judge(document.RootElement)).OfType<string>().Select(message => Finding.Down(Cause.ExpectationFailed, message))];
        }
        catch (JsonException e)
        {
            return [Missing(body, $"the body is no JSON (line {e.LineNumber + 1})")];
        }
        catch (InvalidOperationException)
        {
            // A string with half a surrogate pair is JSON by its grammar and no text (RFC 8259 section 8.2).
            return [Finding.Down(Cause.ExpectationFailed, "the body's JSON holds a string that is no text")];
        }
    }
}
