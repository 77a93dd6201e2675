using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Tls;
using Set = ActorMonitor.Probes.HttpFetch.HttpFetchSettings;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>A job's settings as one check uses them.</summary>
internal sealed record HttpPlan
{
    public required HttpTarget Start { get; init; }

    public required ImmutableArray<HeaderLine> Headers { get; init; }

    public required string? HostHeader { get; init; }

    public required byte[]? Body { get; init; }

    /// <summary>What the job's own origin is told of who asks; null for nothing.</summary>
    public required string? Authorization { get; init; }

    public required HttpProxy? Proxy { get; init; }

    public required string Compression { get; init; }

    public required int Redirects { get; init; }

    public required string CrossHost { get; init; }

    public required int MaxBodyBytes { get; init; }

    public required Version Version { get; init; }

    public required bool IsReuse { get; init; }

    public required bool IsForAllAddresses { get; init; }

    public required TlsPlan Tls { get; init; }

    public required HttpExpectations Expected { get; init; }

    /// <summary>The plan for one check.</summary>
    /// <exception cref="SettingException">A setting or the host is not understood, or two contradict each other.</exception>
    public static HttpPlan Of(ProbeRequest request, string scheme, HttpExpectations expected, X509Certificate2Collection? roots)
    {
        var settings = request.Settings;
        var plan = new HttpPlan
        {
            Start = new HttpTarget(UriOf(scheme, request, Set.Path.Read(settings)), MethodOf(Set.Method.Read(settings)), IsOwnOrigin: true, SendsBody: true),
            Headers =
            [
                .. Set.Headers.Read(settings)
                    .Select(text => HeaderLine.TryParse(text, out var line) ? line : throw new SettingException("headers are not understood")),
            ],
            HostHeader = Set.HostHeader.Read(settings),
            Body = Set.Body.Read(settings) is { } body ? Encoding.UTF8.GetBytes(body) : null,
            Authorization = AuthorizationOf(settings),
            Proxy = ProxyOf(settings),
            Compression = Set.Compression.Read(settings),
            Redirects = Set.Redirects.Read(settings),
            CrossHost = Set.CrossHost.Read(settings),
            MaxBodyBytes = Set.MaxBody.Read(settings),
            Version = Set.HttpVersion.Read(settings) == "2" ? HttpVersion.Version20 : HttpVersion.Version11,
            IsReuse = Set.Reuse.Read(settings),
            IsForAllAddresses = Set.Addresses.Read(settings) == "all",
            Tls = TlsPlan.Of(request) with { Roots = roots },
            Expected = expected,
        };
        return plan.Problem() is { } problem ? throw new SettingException(problem) : plan;
    }

    private string? Problem()
    {
        var isHttp2 = Version == HttpVersion.Version20;
        if (isHttp2 && IsReuse)
            return "reuse = true: expected with httpVersion 1.1 only";
        if (isHttp2 && Proxy is not null && !Start.IsSecure)
            return "proxy.address: expected with httpVersion 1.1 for http; a proxy is not asked in HTTP/2";
        if (Proxy is not null && IsForAllAddresses)
            return "addresses = all: expected without proxy.address, whose host chooses the address";
        return Authorization is not null && Headers.Any(header => header.Name.Equals("Authorization", StringComparison.OrdinalIgnoreCase))
            ? "auth: expected either as auth or as an Authorization header, not both"
            : null;
    }

    private static string? AuthorizationOf(SettingMap settings)
    {
        var basic = Credentials.Basic("auth", Set.User.Read(settings), Set.Password.Read(settings), Set.PasswordFile.Read(settings));
        var bearer = Credentials.Bearer("auth", Set.Token.Read(settings), Set.TokenFile.Read(settings));
        return basic is null || bearer is null ? basic ?? bearer : throw new SettingException("auth: expected either a user or a token, not both");
    }

    private static HttpProxy? ProxyOf(SettingMap settings)
    {
        var authorization = Credentials.Basic("proxy", Set.ProxyUser.Read(settings), Set.ProxyPassword.Read(settings), Set.ProxyPasswordFile.Read(settings));
        if (Set.Proxy.Read(settings) is { } text)
            return HttpProxy.TryParse(text, out var proxy) ? proxy with { Authorization = authorization } : throw new SettingException("proxy.address is not understood");
        return authorization is null ? null : throw new SettingException("proxy.user: expected with proxy.address, which is missing");
    }

    // Methods tell upper from lower case (RFC 9110 section 9.1); the registered ones are meant whichever way they are written.
    private static HttpMethod MethodOf(string text) => text.ToUpperInvariant() switch
    {
        "GET" => HttpMethod.Get,
        "HEAD" => HttpMethod.Head,
        "POST" => HttpMethod.Post,
        "PUT" => HttpMethod.Put,
        "PATCH" => HttpMethod.Patch,
        "DELETE" => HttpMethod.Delete,
        "OPTIONS" => HttpMethod.Options,
        "TRACE" => HttpMethod.Trace,
        _ => new HttpMethod(text),
    };

    private static Uri UriOf(string scheme, ProbeRequest request, string path)
    {
        var isIPv6 = IPAddress.TryParse(request.Host.Trim('[', ']'), out var literal) && literal.AddressFamily == AddressFamily.InterNetworkV6;
        var host = isIPv6 ? $"[{literal}]" : request.Host;
        var isHost = isIPv6 || Uri.CheckHostName(host) != UriHostNameType.Unknown;
        return isHost && Uri.TryCreate($"{scheme}://{host}:{request.Port}{path}", UriKind.Absolute, out var uri)
            ? uri
            : throw new SettingException($"host = {request.Host}: expected a host name or an address");
    }
}
