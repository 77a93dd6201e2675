using System.Collections.Immutable;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;
using ActorMonitor.Probes.Tls;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>The settings of <c>http</c> and <c>https</c>, and the services themselves.</summary>
internal static class HttpFetchSettings
{
    public static readonly Setting<string> Path = Setting.Text(
        "path", "/", "The path and query to ask for.", "a path that begins with / and has no spaces and no #",
        text => text.StartsWith('/') && text.Length <= 4096 && text.All(c => c > ' ' && c != '#' && !char.IsControl(c)));

    public static readonly Setting<string> Method = Setting.Text(
        "method", "GET", "The request's method.", "a method such as GET, HEAD, POST, PUT, PATCH, DELETE or OPTIONS, but not CONNECT",
        text => text.Length <= 32 && text.AsSpan().ContainsOnlyTokenCharacters() && !text.Equals("CONNECT", StringComparison.OrdinalIgnoreCase));

    public static readonly Setting<ImmutableArray<string>> Headers = Setting.TextList(
        "headers", "Headers of the request, sent to the job's own origin only: a redirect elsewhere does not take them along.",
        "a list of \"Name: value\" in ASCII, without Host (see `hostHeader`) and without those that frame the message",
        text => HeaderLine.TryParse(text, out _));

    public static readonly Setting<string?> HostHeader = Setting.OptionalText(
        "hostHeader", "The Host header, when it is not the job's host.", "a host, with a port or without",
        text => text.Length is > 0 and <= 255 && HttpToken.IsValue(text) && Uri.TryCreate($"http://{text}/", UriKind.Absolute, out var uri) && uri is { PathAndQuery: "/", UserInfo: "", Fragment: "" });

    public static readonly Setting<string?> Body = Setting.OptionalText("body", "The request's body, sent as UTF-8, as text/plain unless `headers` say otherwise.");

    // Secrets are accepted as they are and judged by the check, whose messages do not show them.
    public static readonly Setting<string?> User = Setting.OptionalText("auth.user", "The user of basic authentication, told to the job's own origin only.");

    public static readonly Setting<string?> Password = Setting.OptionalText("auth.password", "The password of `auth.user`. It travels and is kept with the job; `auth.passwordFile` is safer.");

    public static readonly Setting<string?> PasswordFile = Setting.OptionalText("auth.passwordFile", "A file on the monitor that holds the password of `auth.user`.", "a path", text => text.Length > 0);

    public static readonly Setting<string?> Token = Setting.OptionalText("auth.token", "A bearer token, told to the job's own origin only. It travels and is kept with the job; `auth.tokenFile` is safer.");

    public static readonly Setting<string?> TokenFile = Setting.OptionalText("auth.tokenFile", "A file on the monitor that holds the bearer token.", "a path", text => text.Length > 0);

    public static readonly Setting<string?> Proxy = Setting.OptionalText(
        "proxy.address", "The HTTP proxy to ask; https goes through a tunnel (CONNECT). The phases resolve and connect are then the proxy's.", "host:port", text => HttpProxy.TryParse(text, out _));

    public static readonly Setting<string?> ProxyUser = Setting.OptionalText("proxy.user", "The user that the proxy is told.");

    public static readonly Setting<string?> ProxyPassword = Setting.OptionalText("proxy.password", "The password of `proxy.user`. It travels and is kept with the job; `proxy.passwordFile` is safer.");

    public static readonly Setting<string?> ProxyPasswordFile = Setting.OptionalText("proxy.passwordFile", "A file on the monitor that holds the password of `proxy.user`.", "a path", text => text.Length > 0);

    public static readonly Setting<string> Compression = Setting.Choice(
        "compression", "none", "The compression to ask for; what comes compressed is then always unpacked, within `maxBody`.", "none", "gzip", "deflate", "br", "any");

    public static readonly Setting<int> Redirects = Setting.Integer(
        "redirects", 5, 0, 20, "How many redirects are followed; 0 takes a redirect as the answer, as does an expected status that names it exactly (301).");

    public static readonly Setting<string> CrossHost = Setting.Choice(
        "crossHost", "allow", "Whether a redirect may lead to another host; same-domain takes hosts of which one is within the other, a leading www. left out.", "allow", "same-domain", "deny");

    public static readonly Setting<int> MaxBody = Setting.Integer(
        "maxBody", 1024 * 1024, 0, 16 * 1024 * 1024, "How many bytes of the body are read; the rest is left unread.");

    public static readonly Setting<string> HttpVersion = Setting.Choice("httpVersion", "1.1", "The version of HTTP to speak; the server has to speak it too.", "1.1", "2");

    public static readonly Setting<bool> Reuse = Setting.Flag(
        "reuse", false, "Whether a connection of HTTP/1.1 is kept for the job's next check; without it every check opens its own. Kept for at most 90 seconds.");

    public static readonly Setting<string> Addresses = Setting.Choice(
        "addresses", "first", "Whether one address of the name that answers is enough, or all of them (up to 8) are checked at the same time; the worst one counts.", "first", "all");

    private static readonly ImmutableArray<Setting> Settings =
    [
        .. TargetResolver.Settings, Path, Method, Headers, HostHeader, Body, User, Password, PasswordFile, Token, TokenFile, Proxy, ProxyUser, ProxyPassword, ProxyPasswordFile,
        Compression, Redirects, CrossHost, MaxBody, HttpVersion, Reuse, Addresses, .. SocketSettings.All, .. TlsSettings.Settings,
    ];

    /// <summary>The service <c>http</c>.</summary>
    public static readonly ServiceDefinition Http = Define(Uri.UriSchemeHttp, 80, "Fetches a page over HTTP and judges status, headers, body and time.", HttpExamples.Http);

    /// <summary>The service <c>https</c>.</summary>
    public static readonly ServiceDefinition Https = Define(Uri.UriSchemeHttps, 443, "Fetches a page over HTTPS and judges certificate, status, headers, body and time.", HttpExamples.Https);

    private static ServiceDefinition Define(string scheme, int port, string description, ImmutableArray<ServiceExample> examples)
        => new(scheme, description, port, Settings, [.. HttpExpectationSettings.All, .. TlsSettings.Expectations]) { Examples = examples };
}
