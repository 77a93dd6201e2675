using System.Net;
using System.Text;

namespace ActorMonitor.LoopbackTargets;

/// <summary>The records that the DNS server has. Names are in lower case without a final dot; the root is empty.</summary>
internal static class DnsZone
{
    internal const ushort Alias = 5;
    internal const ushort StartOfAuthority = 6;
    private const string Zone = LoopbackServers.Zone;

    private static readonly List<(string Name, ushort Type, byte[] Data)> Records =
    [
        ("", 2, Name($"ns.{Zone}")),
        (Zone, StartOfAuthority, [.. Name($"ns.{Zone}"), .. Name($"hostmaster.{Zone}"), .. Number32(1), .. Number32(3600), .. Number32(600), .. Number32(86_400), .. Number32(60)]),
        (Zone, 2, Name($"ns.{Zone}")),
        (Zone, 15, [.. Number16(10), .. Name($"mail.{Zone}")]),
        (Zone, 16, Text("v=spf1 -all")),
        (Zone, 257, [0, 5, .. "issue"u8, .. Encoding.ASCII.GetBytes($"ca.{Zone}")]),
        ($"alias.{Zone}", Alias, Name($"www.{Zone}")),
        ($"_http._tcp.{Zone}", 33, [.. Number16(0), .. Number16(5), .. Number16(80), .. Name($"www.{Zone}")]),
        ("1.0.0.127.in-addr.arpa", 12, Name($"www.{Zone}")),
        ($"1{string.Concat(Enumerable.Repeat(".0", 31))}.ip6.arpa", 12, Name($"www.{Zone}")),
        // More than fits into a datagram: the answer is truncated over UDP.
        ($"big.{Zone}", 16, [.. Enumerable.Range(0, 16).SelectMany(i => Text(new string((char)('a' + i), 250)))]),
        .. new[] { Zone, $"www.{Zone}", $"ns.{Zone}", $"mail.{Zone}" }.SelectMany(name => new (string, ushort, byte[])[]
        {
            (name, 1, IPAddress.Loopback.GetAddressBytes()),
            (name, 28, IPAddress.IPv6Loopback.GetAddressBytes()),
        }),
    ];

    private static readonly ILookup<string, (string Name, ushort Type, byte[] Data)> ByName = Records.ToLookup(record => record.Name);

    /// <summary>Whether a name exists.</summary>
    internal static bool Has(string name) => ByName.Contains(name);

    /// <summary>A name's records of a type, and an alias with its target's.</summary>
    internal static List<(string Name, ushort Type, byte[] Data)> Find(string name, ushort type)
    {
        var found = ByName[name].Where(record => record.Type == type || record.Type == Alias).ToList();
        if (type != Alias && found.Count == 1 && found[0].Type == Alias)
            found.AddRange(ByName[$"www.{Zone}"].Where(record => record.Type == type));
        return found;
    }

    /// <summary>The zone's SOA record, which goes with a negative answer (RFC 2308 section 3).</summary>
    internal static (string Name, ushort Type, byte[] Data) Authority => ByName[Zone].First(record => record.Type == StartOfAuthority);

    /// <summary>A name on the wire, uncompressed.</summary>
    internal static byte[] Name(string name)
        => [.. name.Split('.', StringSplitOptions.RemoveEmptyEntries).SelectMany(label => (byte[])[(byte)label.Length, .. Encoding.ASCII.GetBytes(label)]), 0];

    private static byte[] Text(string text) => [(byte)text.Length, .. Encoding.ASCII.GetBytes(text)];

    private static byte[] Number16(int number) => [(byte)(number >> 8), (byte)number];

    private static byte[] Number32(int number) => [.. Number16(number >> 16), .. Number16(number)];
}
