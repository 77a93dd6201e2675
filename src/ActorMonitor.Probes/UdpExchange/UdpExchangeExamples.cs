using System.Collections.Immutable;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes.UdpExchange;

/// <summary>The examples of the reference page.</summary>
internal static class UdpExchangeExamples
{
    public static readonly ImmutableArray<ServiceExample> All =
    [
        new("Asks a game server for its name, and shows it",
            """
            {
              "name": "game", "service": "udp", "host": "game.example.com", "port": 27015, "interval": "30s",
              "settings": { "payloadHex": "ff ff ff ff 54 53 6f 75 72 63 65 20 45 6e 67 69 6e 65 20 51 75 65 72 79 00" },
              "expect": { "answer": { "matches": "^\\xff{4}I.(?<name>[^\\x00]+)\\x00", "hex": "ff ff ff ff 49" } }
            }
            """),
        new("Asks a service in words",
            """
            {
              "name": "memcached", "service": "udp", "host": "cache.example.com", "port": 11211, "interval": "30s",
              "settings": { "payload": "\u0000\u0001\u0000\u0000\u0000\u0001\u0000\u0000version\r\n", "resolver": "192.0.2.53" },
              "expect": { "answer": { "contains": "VERSION" } }
            }
            """),
        new("Measures loss and round trip of the class that calls travel in",
            """
            {
              "name": "voice-path", "service": "udp", "host": "echo.example.com", "port": 7, "interval": "30s", "timeout": "5s",
              "settings": { "family": "ipv4", "source": "192.0.2.7", "dscp": 46, "ttl": 64, "payload": "are you there?", "count": 20, "gap": "20ms", "wait": "1s" },
              "expect": { "lossPercent": 5, "rttMs": 150 }
            }
            """),
        new("Checks that a port does not answer strangers",
            """
            {
              "name": "closed-resolver", "service": "udp", "host": "ns.example.com", "port": 53, "interval": "5m", "timeout": "2s",
              "settings": { "payloadHex": "00 01 01 00 00 01 00 00 00 00 00 00 03 77 77 77 07 65 78 61 6d 70 6c 65 03 6f 72 67 00 00 01 00 01" },
              "expect": { "silence": true }
            }
            """),
    ];
}
