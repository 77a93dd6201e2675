using System.Collections.Immutable;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;
using ActorMonitor.Probes.Tls;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>The settings and expectations of <c>http</c> and <c>https</c>.</summary>
internal static class HttpFetchSettings
{
    public static readonly Setting<string> Path = Setting.Text(
        "path", "/", "The path and query to ask for.", "a path that begins with / and has no spaces and no #",
        text => text.StartsWith('/') && text.Length <= 4096 && text.All(c => c > ' ' && c != '#' && !char.IsControl(c)));

    public static readonly Setting<string> Method = Setting.Choice(
        "method", "GET", "The request's method.", "GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS");

    public static readonly Setting<ImmutableArray<string>> Headers = Setting.TextList(
        "headers", "Headers of the request, sent to the job's own origin only: a redirect elsewhere does not take them along.",
        "a list of \"Name: value\" in ASCII, without Host (see `hostHeader`) and without those that frame the message",
        text => HeaderLine.TryParse(text, out _));

    public static readonly Setting<string?> HostHeader = Setting.OptionalText(
        "hostHeader", "The Host header, when it is not the job's host.", "a host, with a port or without",
        text => text.Length is > 0 and <= 255 && Uri.TryCreate($"http://{text}/", UriKind.Absolute, out var uri) && uri is { PathAndQuery: "/", UserInfo: "", Fragment: "" });

    public static readonly Setting<string?> Body = Setting.OptionalText("body", "The request's body, sent as UTF-8.");

    public static readonly Setting<int> Redirects = Setting.Integer(
        "redirects", 5, 0, 20, "How many redirects are followed; 0 takes a redirect as the answer, as does an expected status that names it exactly (301).");

    public static readonly Setting<int> MaxBody = Setting.Integer(
        "maxBody", 1024 * 1024, 0, 16 * 1024 * 1024, "How many bytes of the body are read; the rest is left unread.");

    public static readonly Setting<string> HttpVersion = Setting.Choice("httpVersion", "1.1", "The version of HTTP to speak; the server has to speak it too.", "1.1", "2");

    public static readonly Setting<ImmutableArray<string>> Status = Setting.TextList(
        "status", "The statuses that are expected; without it, all below 400.", "a list of statuses such as \"200\", \"2xx\" or \"200-299\"",
        text => StatusPattern.TryParse(text, out _));

    public static readonly Setting<string?> BodyContains = Setting.OptionalText(
        "body.contains", "Text within the body.", "a string that is not empty", text => text.Length > 0);

    public static readonly Setting<string?> BodyNotContains = Setting.OptionalText(
        "body.notContains", "Text that the body must not hold.", "a string that is not empty", text => text.Length > 0);

    public static readonly Setting<string?> BodyMatches = Setting.OptionalText(
        "body.matches", "A regular expression that matches within the body.", "a .NET regular expression without look-arounds and back-references, of at most 1024 characters",
        text => BodyPattern.TryParse(text, out _));

    public static readonly Setting<double?> ResponseMs = Setting.OptionalNumber(
        "responseMs", 0, 3_600_000, "How many milliseconds the whole exchange may take; more is Degraded.");

    /// <summary>The service <c>http</c>.</summary>
    public static readonly ServiceDefinition Http = Define(Uri.UriSchemeHttp, 80, "Fetches a page over HTTP and judges status, body and time.");

    /// <summary>The service <c>https</c>.</summary>
    public static readonly ServiceDefinition Https = Define(Uri.UriSchemeHttps, 443, "Fetches a page over HTTPS and judges certificate, status, body and time.");

    private static ServiceDefinition Define(string scheme, int port, string description) => new(
        scheme, description, port,
        [TargetResolver.Family, Path, Method, Headers, HostHeader, Body, Redirects, MaxBody, HttpVersion, .. TlsSettings.Settings],
        [Status, BodyContains, BodyNotContains, BodyMatches, ResponseMs, .. TlsSettings.Expectations]);
}
