using System.Globalization;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>One request of a check: the job's own, or one that a redirect led to.</summary>
/// <param name="Uri">What to ask for.</param>
/// <param name="Method">How to ask.</param>
/// <param name="IsOwnOrigin">Whether it is still the job's own origin that is asked, which gets the job's headers and names.</param>
/// <param name="SendsBody">Whether the job's body goes along.</param>
internal sealed record HttpTarget(Uri Uri, HttpMethod Method, bool IsOwnOrigin, bool SendsBody)
{
    public bool IsSecure => Uri.Scheme == Uri.UriSchemeHttps;

    /// <summary>The host to resolve: a name in ASCII, or an address without brackets.</summary>
    public string Host => Uri.HostNameType == UriHostNameType.IPv6 ? Uri.DnsSafeHost : Uri.IdnHost;

    /// <summary>The host as it stands in a URI.</summary>
    public string HostText => Uri.HostNameType == UriHostNameType.IPv6 ? Uri.Host : Uri.IdnHost;

    /// <summary>The host, and the port when it is not the scheme's.</summary>
    public string Authority => Uri.IsDefaultPort ? HostText : $"{HostText}:{Uri.Port.ToString(CultureInfo.InvariantCulture)}";
}
