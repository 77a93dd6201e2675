using System.Net;

namespace ActorMonitor.Probes.Icmp;

/// <summary>What a check sends.</summary>
/// <param name="Target">The address to ask.</param>
/// <param name="Count">How many echoes.</param>
/// <param name="Gap">The time from the planned instant of one echo to that of the next.</param>
/// <param name="Size">The payload's bytes, at least <see cref="EchoPayload.MinimumBytes"/>.</param>
internal sealed record EchoPlan(IPAddress Target, int Count, TimeSpan Gap, int Size)
{
    /// <summary>The largest payload: the echo fills a jumbo frame of 9,000 bytes.</summary>
    public const int MaximumBytes = 8972;

    /// <summary>The bound on the whole exchange.</summary>
    public required TimeSpan AtMost { get; init; }

    /// <summary>How long each echo is waited for; null for as long as the exchange may take.</summary>
    public TimeSpan? Wait { get; init; }

    /// <summary>How long to listen on for repeated replies once the last echo is settled.</summary>
    public TimeSpan Linger { get; init; }

    /// <summary>The hop limit; null for the system's.</summary>
    public int? Ttl { get; init; }

    /// <summary>Whether the echoes must not be fragmented.</summary>
    public bool DontFragment { get; init; }

    /// <summary>The differentiated services code point; null for the system's.</summary>
    public int? Dscp { get; init; }

    /// <summary>The address to send from; null for the system's choice.</summary>
    public IPAddress? Source { get; init; }

    /// <summary>Whether the packets need more than the socket's own options.</summary>
    public bool HasPacketOptions => Ttl is not null || Dscp is not null || Source is not null;
}
