using System.Collections.Immutable;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes.RouteTrace;

/// <summary>Jobs that show what traceroute can do; together they show every setting and expectation.</summary>
internal static class RouteTraceExamples
{
    public static readonly ImmutableArray<ServiceExample> All =
    [
        new("Traces the way to a host and names its routers", """
            {
              "name": "www-path", "service": "traceroute", "host": "www.example.com", "interval": "1m", "timeout": "10s",
              "settings": { "names": true, "maxHops": 20, "tries": 3, "family": "ipv4", "resolver": "system" },
              "expect": { "maxHops": 12, "minHops": 2, "rttMs": 150, "lossPercent": 40 }
            }
            """),
        new("Tells when the way to an office has changed", """
            {
              "name": "office-path", "service": "traceroute", "host": "vpn.example.com", "interval": "1m", "timeout": "10s",
              "settings": { "method": "icmp", "hopTimeout": "1s", "slowPass": true },
              "expect": { "pathStable": true }
            }
            """),
        new("Keeps traffic on its provider and out of another network", """
            {
              "name": "transit", "service": "traceroute", "host": "shop.example.com", "interval": "5m", "timeout": "10s",
              "settings": { "method": "udp", "port": 33434 },
              "expect": { "path": { "contains": ["10.2.0.0/24"], "avoids": ["203.0.113.0/24", "2001:db8:bad::/48"] } }
            }
            """),
        new("Looks at all links of a load-balanced path as real-time traffic sees them", """
            {
              "name": "backbone", "service": "traceroute", "host": "media.example.com", "interval": "1m", "timeout": "10s",
              "settings": { "method": "udp", "flows": 8, "dscp": 46, "source": "10.1.0.1" },
              "expect": { "rttMs": 80 }
            }
            """),
        new("Proves that full-sized packets pass without fragments", """
            {
              "name": "jumbo", "service": "traceroute", "host": "backup.example.com", "interval": "5m", "timeout": "10s",
              "settings": { "size": 1400, "dontFragment": true }
            }
            """),
        new("Pins a path by its hash", """
            {
              "name": "pinned", "service": "traceroute", "host": "core.example.com", "interval": "1m", "timeout": "10s",
              "expect": { "path": { "hash": ["8e88bec24a311d11"] } }
            }
            """),
        new("Proves that a network cannot be reached from here", """
            {
              "name": "isolated", "service": "traceroute", "host": "plant.example.com", "interval": "5m", "timeout": "10s",
              "settings": { "maxHops": 8 },
              "expect": { "reached": false }
            }
            """),
    ];
}
