using System.Net.Sockets;

namespace ActorMonitor.Probes.Icmp;

/// <summary>The words for ICMP errors in messages.</summary>
internal static class IcmpText
{
    /// <summary>What an error says (RFC 792, RFC 1812 section 5.2.7.1; RFC 4443 section 3).</summary>
    public static string Describe(AddressFamily family, byte type, byte code) => family == AddressFamily.InterNetwork
        ? (type, code) switch
        {
            (3, 0) => "network unreachable",
            (3, 1) => "host unreachable",
            (3, 2) => "protocol unreachable",
            (3, 3) => "port unreachable",
            (3, 4) => "fragmentation needed and forbidden",
            (3, 5) => "source route failed",
            (3, 6) => "network unknown",
            (3, 7) => "host unknown",
            (3, 8) => "source host isolated",
            (3, 9) => "network administratively prohibited",
            (3, 10) => "host administratively prohibited",
            (3, 11) => "network unreachable for the type of service",
            (3, 12) => "host unreachable for the type of service",
            (3, 13) => "administratively prohibited",
            (3, 14) => "host precedence violation",
            (3, 15) => "precedence cut off",
            (3, _) => $"unreachable (code {code})",
            (11, 0) => "hop limit exceeded",
            (11, _) => "reassembly time exceeded",
            (12, _) => "parameter problem",
            _ => $"ICMP type {type} code {code}",
        }
        : (type, code) switch
        {
            (1, 0) => "no route",
            (1, 1) => "administratively prohibited",
            (1, 2) => "beyond the scope of the source address",
            (1, 3) => "address unreachable",
            (1, 4) => "port unreachable",
            (1, 5) => "source address refused by policy",
            (1, 6) => "route rejects the destination",
            (1, 7) => "error in the source routing header",
            (1, _) => $"unreachable (code {code})",
            (2, _) => "packet too big",
            (3, 0) => "hop limit exceeded",
            (3, _) => "reassembly time exceeded",
            (4, _) => "parameter problem",
            _ => $"ICMPv6 type {type} code {code}",
        };
}
