using System.Collections.Immutable;
using System.Net;

namespace ActorMonitor.Probes.Targets;

/// <summary>Which name servers to ask, and how.</summary>
/// <param name="Servers">The servers in order.</param>
/// <param name="Timeout">How long one is waited for.</param>
/// <param name="Attempts">How often each is asked.</param>
/// <param name="Rotate">Whether to begin with another one each time.</param>
/// <param name="UseStream">Whether to ask over TCP only.</param>
internal sealed record NameServers(ImmutableArray<IPEndPoint> Servers, TimeSpan Timeout, int Attempts, bool Rotate, bool UseStream)
{
    public const int DefaultPort = 53;

    /// <summary>Those of a resolv.conf.</summary>
    public static NameServers Of(ResolverFile file) => new(file.Servers, file.Timeout, file.Attempts, file.Rotate, file.UseStream);

    /// <summary>Those that are configured here, asked as resolv.conf's defaults say.</summary>
    public static NameServers Of(ImmutableArray<IPEndPoint> servers) => Of(ResolverFile.Default with { Servers = servers });

    /// <summary>Reads <c>ADDRESS</c>, <c>ADDRESS:PORT</c> or <c>[IPV6]:PORT</c>.</summary>
    public static bool TryParse(string text, out IPEndPoint server)
    {
        server = new IPEndPoint(IPAddress.None, 0);

        // In brackets an address may have a port, which IPAddress passes over.
        if (!text.StartsWith('[') && IPAddress.TryParse(text, out var address))
            server = new IPEndPoint(address, DefaultPort);
        else if (IPEndPoint.TryParse(text, out var endpoint))
            server = text.EndsWith(']') ? new IPEndPoint(endpoint.Address, DefaultPort) : endpoint;

        // 127.1 is an address too, and more often a slip of the pen.
        return server.Port > 0 && (text.Contains(':', StringComparison.Ordinal) || text.Count(c => c == '.') == 3);
    }

    /// <summary>A server as evidence: its address, and its port when that is another than DNS's.</summary>
    public static string Print(IPEndPoint server) => server.Port == DefaultPort ? server.Address.ToString() : server.ToString();
}
