using System.Globalization;
using System.Net;

namespace ActorMonitor.Shell;

/// <summary>Where a node's pbm endpoint is.</summary>
internal sealed record NodeAddress(string Host, int Port)
{
    public const int ManagerPort = 9110;
    public const int MonitorPort = 9111;

    public static readonly NodeAddress Default = new("127.0.0.1", ManagerPort);

    /// <summary>Whether the address by itself says that the node is on this machine.</summary>
    public bool IsLoopback => Host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(Host.Trim('[', ']'), out var literal) && IPAddress.IsLoopback(literal));

    public Uri Uri(bool usesTls) => new($"{(usesTls ? System.Uri.UriSchemeHttps : System.Uri.UriSchemeHttp)}://{Host}:{Port}{WireRequest.Path}");

    /// <summary>Reads <c>HOST:PORT</c>, <c>:PORT</c> or <c>[IPV6]:PORT</c>.</summary>
    public static NodeAddress? Parse(string text)
    {
        var colon = text.LastIndexOf(':');
        if (colon < 0 || !int.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
            return null;
        var host = text[..colon];
        if (host.Length == 0)
            return new NodeAddress(Default.Host, port);
        return System.Uri.CheckHostName(host) is UriHostNameType.Dns or UriHostNameType.IPv4 || (host[0] == '[' && System.Uri.CheckHostName(host) == UriHostNameType.IPv6)
            ? new NodeAddress(host, port)
            : null;
    }

    public override string ToString() => $"{Host}:{Port}";
}
