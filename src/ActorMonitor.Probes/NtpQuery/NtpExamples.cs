using System.Collections.Immutable;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes.NtpQuery;

/// <summary>Jobs that show what a check of a time server can do.</summary>
internal static class NtpExamples
{
    internal static readonly ImmutableArray<ServiceExample> All =
    [
        new(
            "Checks that a time server serves, and that its clock is within 50 ms of the monitor's",
            """
            { "name": "time", "service": "ntp", "host": "ntp.example.com", "interval": "1m",
              "expect": { "offsetMs": 50, "stratum": 3 } }
            """),
        new(
            "Takes the best of four samples, and bounds delay and jitter",
            """
            { "name": "time-quality", "service": "ntp", "host": "ntp.example.com", "interval": "5m", "timeout": "10s",
              "settings": { "samples": 4, "gap": "50ms" },
              "expect": { "offsetMs": 20, "delayMs": 100, "jitterMs": 10 } }
            """),
        new(
            "Watches how well a server is synchronised itself, and says when a leap second is announced",
            """
            { "name": "time-source", "service": "ntp", "host": "ntp.example.com", "interval": "5m",
              "expect": { "stratum": 2, "rootDispersionMs": 100, "rootDistanceMs": 250, "leap": ["none"] } }
            """),
        new(
            "Asks an old server over IPv4 from one address of the monitor, by a DNS server of its own, and only once",
            """
            { "name": "time-branch", "service": "ntp", "host": "ntp.branch.example.com", "interval": "1m",
              "settings": { "version": 3, "retransmit": false, "family": "ipv4", "source": "127.0.0.1", "dscp": 46, "resolver": "192.0.2.53" } }
            """),
    ];
}
