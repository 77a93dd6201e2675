using System.Collections.Frozen;
using System.Globalization;

namespace ActorMonitor.Probes.DnsQuery;

/// <summary>The record types that have a name here. The numbers are IANA's.</summary>
internal enum DnsType : ushort
{
    A = 1,
    NS = 2,
    CNAME = 5,
    SOA = 6,
    PTR = 12,
    HINFO = 13,
    MX = 15,
    TXT = 16,
    RP = 17,
    AFSDB = 18,
    AAAA = 28,
    LOC = 29,
    SRV = 33,
    NAPTR = 35,
    CERT = 37,
    DNAME = 39,
    OPT = 41,
    DS = 43,
    SSHFP = 44,
    RRSIG = 46,
    NSEC = 47,
    DNSKEY = 48,
    NSEC3 = 50,
    NSEC3PARAM = 51,
    TLSA = 52,
    SMIMEA = 53,
    CDS = 59,
    CDNSKEY = 60,
    OPENPGPKEY = 61,
    CSYNC = 62,
    ZONEMD = 63,
    SVCB = 64,
    HTTPS = 65,
    SPF = 99,
    IXFR = 251,
    AXFR = 252,
    ANY = 255,
    URI = 256,
    CAA = 257,
}

/// <summary>The header's bits (RFC 1035 section 4.1.1, RFC 4035 section 3.1.6).</summary>
[Flags]
internal enum DnsFlags : ushort
{
    None = 0,
    CheckingDisabled = 0x0010,
    AuthenticData = 0x0020,
    RecursionAvailable = 0x0080,
    RecursionDesired = 0x0100,
    Truncated = 0x0200,
    Authoritative = 0x0400,
    Response = 0x8000,
}

/// <summary>The names of DNS's numbers.</summary>
internal static class DnsCodes
{
    internal const ushort Internet = 1;

    internal const int NoError = 0;
    internal const int FormatError = 1;
    internal const int NameError = 3;
    internal const int NotImplemented = 4;

    /// <summary>The classes that a job can ask in (RFC 1035 section 3.2.4).</summary>
    internal static readonly (ushort Code, string Name)[] Classes = [(Internet, "IN"), (3, "CH"), (4, "HS")];

    /// <summary>The rcodes with a name (RFC 6895 section 2.3), by number.</summary>
    internal static readonly (int Code, string Name)[] Rcodes =
    [
        (NoError, "NOERROR"), (FormatError, "FORMERR"), (2, "SERVFAIL"), (NameError, "NXDOMAIN"), (NotImplemented, "NOTIMP"), (5, "REFUSED"),
        (6, "YXDOMAIN"), (7, "YXRRSET"), (8, "NXRRSET"), (9, "NOTAUTH"), (10, "NOTZONE"), (16, "BADVERS"), (23, "BADCOOKIE"),
    ];

    private static readonly (DnsFlags Flag, string Name)[] FlagNames =
    [
        (DnsFlags.Authoritative, "aa"), (DnsFlags.Truncated, "tc"), (DnsFlags.RecursionDesired, "rd"),
        (DnsFlags.RecursionAvailable, "ra"), (DnsFlags.AuthenticData, "ad"), (DnsFlags.CheckingDisabled, "cd"),
    ];

    private static readonly string?[] PrintedFlags = new string?[1 << 12];

    private static readonly FrozenDictionary<ushort, string> TypeNames = Enum.GetValues<DnsType>().ToFrozenDictionary(type => (ushort)type, type => type.ToString());
    private static readonly FrozenDictionary<string, ushort> TypesByName = TypeNames.ToFrozenDictionary(pair => pair.Value, pair => pair.Key, StringComparer.OrdinalIgnoreCase);
    private static readonly FrozenDictionary<int, string> RcodeNames = Rcodes.ToFrozenDictionary(known => known.Code, known => known.Name);

    /// <summary>A type's mnemonic, or <c>TYPE4711</c> (RFC 3597 section 5).</summary>
    internal static string TypeName(ushort type) => TypeNames.TryGetValue(type, out var name) ? name : $"TYPE{type}";

    /// <summary>
    /// Reads a type that a query can ask for: neither one that stands for the message itself (OPT, and the range of TSIG and its
    /// like) nor a transfer of a zone, which is no single answer (RFC 6895 section 3.1).
    /// </summary>
    internal static bool TryParseType(string text, out ushort type)
        => (TypesByName.TryGetValue(text, out type)
            || (text.StartsWith("TYPE", StringComparison.OrdinalIgnoreCase) && ushort.TryParse(text.AsSpan(4), NumberStyles.None, CultureInfo.InvariantCulture, out type)))
            && type is not (0 or (ushort)DnsType.OPT or >= 249 and < (ushort)DnsType.ANY);

    /// <summary>A class's mnemonic, or <c>CLASS4711</c>.</summary>
    internal static string ClassName(ushort @class) => Array.Find(Classes, known => known.Code == @class).Name ?? $"CLASS{@class}";

    /// <summary>An rcode's name, or <c>RCODE4711</c>.</summary>
    internal static string RcodeName(int rcode) => RcodeNames.TryGetValue(rcode, out var name) ? name : $"RCODE{rcode}";

    /// <summary>Whether a text is an rcode's name, or <c>RCODE4711</c>.</summary>
    internal static bool IsRcodeName(string text)
        => Array.Exists(Rcodes, known => known.Name.Equals(text, StringComparison.OrdinalIgnoreCase))
            || (text.StartsWith("RCODE", StringComparison.OrdinalIgnoreCase) && int.TryParse(text.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var code) && code < 4096);

    /// <summary>The names of the flags that are set, in the header's order.</summary>
    internal static IEnumerable<string> NamesOf(DnsFlags flags) => FlagNames.Where(known => flags.HasFlag(known.Flag)).Select(known => known.Name);

    /// <summary>The same in one text.</summary>
    internal static string Print(DnsFlags flags)
    {
        // Sixteen bits make few texts, of which a monitor meets a handful.
        ref var text = ref PrintedFlags[(ushort)flags >> 4];
        return text ??= string.Join(' ', NamesOf(flags));
    }

    /// <summary>Whether a text is the name of a flag.</summary>
    internal static bool IsFlagName(string name) => Array.Exists(FlagNames, known => known.Name == name);

    /// <summary>The flag of a name.</summary>
    internal static DnsFlags FlagOf(string name) => Array.Find(FlagNames, known => known.Name == name).Flag;
}
