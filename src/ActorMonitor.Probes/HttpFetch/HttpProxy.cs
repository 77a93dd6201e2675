using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>A proxy to ask instead of the target.</summary>
/// <param name="Host">Its host.</param>
/// <param name="Port">Its port.</param>
/// <param name="Authorization">What it is told of who asks; null for nothing.</param>
internal sealed record HttpProxy(string Host, int Port, string? Authorization)
{
    public static bool TryParse(string text, [NotNullWhen(true)] out HttpProxy? proxy)
    {
        proxy = null;
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port) || port is < 1 or > 65535)
            return false;
        var host = text[..colon];
        if (host.Length > 255 || Uri.CheckHostName(host) == UriHostNameType.Unknown || (host.Contains(':', StringComparison.Ordinal) && host[0] != '['))
            return false;
        proxy = new HttpProxy(host, port, null);
        return true;
    }

    /// <summary>Without its credentials, which no message may show.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");
}
