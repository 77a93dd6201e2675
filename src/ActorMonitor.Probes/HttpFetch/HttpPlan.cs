using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
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

    public required string? Body { get; init; }

    public required int Redirects { get; init; }

    public required int MaxBodyBytes { get; init; }

    public required TlsPlan Tls { get; init; }

    public required Version Version { get; init; }

    public required HttpExpectations Expected { get; init; }

    /// <summary>The plan for one check.</summary>
    /// <exception cref="SettingException">A setting or the host is not understood.</exception>
    public static HttpPlan Of(ProbeRequest request, string scheme, X509Certificate2Collection? roots)
    {
        var settings = request.Settings;
        return new HttpPlan
        {
            Start = new HttpTarget(
                UriOf(scheme, request, Set.Path.Read(settings)), new HttpMethod(Set.Method.Read(settings)), IsOwnOrigin: true, SendsBody: true),
            Headers =
            [
                .. Set.Headers.Read(settings)
                    .Select(text => HeaderLine.TryParse(text, out var line) ? line : throw new SettingException("headers are not understood")),
            ],
            HostHeader = Set.HostHeader.Read(settings),
            Body = Set.Body.Read(settings),
            Redirects = Set.Redirects.Read(settings),
            MaxBodyBytes = Set.MaxBody.Read(settings),
            Tls = TlsPlan.Of(request) with { Roots = roots },
            Version = Set.HttpVersion.Read(settings) == "2" ? HttpVersion.Version20 : HttpVersion.Version11,
            Expected = HttpExpectations.Of(request.Expectations),
        };
    }

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

/// <summary>One request of a check: the job's own, or one that a redirect led to.</summary>
/// <param name="Uri">What to ask for.</param>
/// <param name="Method">How to ask.</param>
/// <param name="IsOwnOrigin">Whether it is still the job's own origin that is asked, which gets the job's headers and names.</param>
/// <param name="SendsBody">Whether the job's body goes along.</param>
internal sealed record HttpTarget(Uri Uri, HttpMethod Method, bool IsOwnOrigin, bool SendsBody)
{
    public bool IsSecure => Uri.Scheme == Uri.UriSchemeHttps;
}
