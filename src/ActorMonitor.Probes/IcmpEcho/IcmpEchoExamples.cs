using System.Collections.Immutable;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes.IcmpEcho;

/// <summary>Jobs that show how <c>ping</c> is used.</summary>
internal static class IcmpEchoExamples
{
    public static ImmutableArray<ServiceExample> All { get; } =
    [
        new("Checks that a host answers", """{ "name": "gateway", "service": "ping", "host": "gateway.example.com", "interval": 5, "timeout": "1s" }"""),
        new(
            "Watches the quality of a line for telephony",
            """
            { "name": "voice", "service": "ping", "host": "sbc.example.com", "interval": "30s", "timeout": "3s",
              "settings": { "count": 50, "gap": "20ms", "wait": "500ms", "size": 172, "dscp": 46 },
              "expect": { "lossPercent": 2, "rttMs": 150, "rttP95Ms": 200, "rttMaxMs": 400, "jitterMs": 30, "reordered": 0, "duplicates": 0 } }
            """),
        new(
            "Makes sure that a tunnel takes full packets",
            """{ "name": "tunnel", "service": "ping", "host": "branch.example.com", "settings": { "count": 2, "gap": "100ms", "size": 1372, "dontFragment": true, "family": "ipv4" } }"""),
        new(
            "Pings a peer that must be one hop away, from one address",
            """
            { "name": "peer", "service": "ping", "host": "peer.example.com", "interval": 10, "timeout": "2s",
              "settings": { "ttl": 1, "source": "192.0.2.7", "resolver": "192.0.2.53" }, "expect": { "replyTtl": 64 } }
            """),
        new(
            "Notices a longer way back, in a job of an earlier version",
            """
            { "name": "far", "service": "icmp", "host": "www.example.com", "interval": 60, "timeout": "5s",
              "settings": { "count": 3, "interval": "500ms" }, "expect": { "replyTtlMin": 48 } }
            """),
    ];
}
