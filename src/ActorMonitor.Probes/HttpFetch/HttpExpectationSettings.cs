using System.Collections.Immutable;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Matching;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>What a job may expect of a response.</summary>
internal static class HttpExpectationSettings
{
    public static readonly Setting<ImmutableArray<string>> Status = Setting.TextList(
        "status", "The statuses that are expected; without it, all below 400.", "a list of statuses such as \"200\", \"2xx\" or \"200-299\"",
        text => StatusPattern.TryParse(text, out _));

    public static readonly Setting<ImmutableArray<string>> Header = Setting.TextList(
        "header", "What the response's headers have to be; values are compared exactly, all of a name joined by commas.", HeaderAssertion.Accepts,
        text => HeaderAssertion.TryParse(text, out _));

    public static readonly Setting<string?> BodyContains = Setting.OptionalText(
        "body.contains", "Text within the body.", "a string that is not empty", text => text.Length > 0);

    public static readonly Setting<string?> BodyNotContains = Setting.OptionalText(
        "body.notContains", "Text that the body must not hold.", "a string that is not empty", text => text.Length > 0);

    public static readonly Setting<string?> BodyMatches = Setting.OptionalText(
        "body.matches", "A regular expression that matches within the body, within a second.", "a .NET regular expression without look-arounds and back-references, of at most 1024 characters",
        text => TextPattern.TryParse(text, out _));

    public static readonly Setting<ImmutableArray<string>> BodyJson = Setting.TextList(
        "body.json", "What the body, read as JSON, has to hold.", JsonAssertion.Accepts, text => JsonAssertion.TryParse(text, out _));

    public static readonly Setting<string?> BodySha256 = Setting.OptionalText(
        "body.sha256", "The SHA-256 of the body.", "64 hexadecimal digits", text => text.Length == 64 && text.All(char.IsAsciiHexDigit));

    public static readonly Setting<int?> BodyMinBytes = Setting.OptionalInteger("body.minBytes", 0, 16 * 1024 * 1024, "How many bytes the body must have at least.");

    public static readonly Setting<int?> BodyMaxBytes = Setting.OptionalInteger("body.maxBytes", 0, 16 * 1024 * 1024, "How many bytes the body may have at most.");

    public static readonly Setting<TimeSpan?> MaxAge = Setting.OptionalDuration(
        "maxAge", TimeSpan.Zero, TimeSpan.FromDays(3650), "How long ago the response may have been made, by its Age and Date headers (RFC 9111 section 4.2.3); more is Down.");

    public static readonly Setting<TimeSpan?> MaxModifiedAge = Setting.OptionalDuration(
        "maxModifiedAge", TimeSpan.Zero, TimeSpan.FromDays(3650), "How long ago the page may have been changed, by its Last-Modified header; more is Down.");

    public static readonly Setting<double?> ResponseMs = Setting.OptionalNumber(
        "responseMs", 0, 3_600_000, "How many milliseconds the whole exchange may take; more is Degraded.");

    /// <summary>The phases that have a bound, and the bound's setting.</summary>
    public static readonly ImmutableArray<(string Phase, Setting<double?> Setting)> Phases =
    [
        .. new[] { "resolve", "connect", "tls", "wait", "transfer" }.Select(phase => (phase, Setting.OptionalNumber(
            $"{phase}Ms", 0, 3_600_000, $"How many milliseconds the phase {phase} may take in any request of the check; more is Degraded."))),
    ];

    public static readonly ImmutableArray<Setting> All =
    [
        Status, Header, BodyContains, BodyNotContains, BodyMatches, BodyJson, BodySha256, BodyMinBytes, BodyMaxBytes, MaxAge, MaxModifiedAge, ResponseMs,
        .. Phases.Select(phase => phase.Setting),
    ];
}
