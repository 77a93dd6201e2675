namespace ActorMonitor.Probes.DnsQuery;

/// <summary>The record types that have a name here. The numbers are IANA's.</summary>
internal enum DnsType : ushort
{
    A = 1,
    NS = 2,
    CNAME = 5,
    SOA = 6,
    PTR = 12,
    MX = 15,
    TXT = 16,
    AAAA = 28,
    SRV = 33,
    OPT = 41,
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
    /// <summary>The class of all records asked for here.</summary>
    internal const ushort Internet = 1;

    internal const int NoError = 0;
    internal const int FormatError = 1;
    internal const int NameError = 3;
    internal const int NotImplemented = 4;

    /// <summary>The types that a job can ask for.</summary>
    internal static readonly string[] AskableTypes = [.. Enum.GetValues<DnsType>().Where(type => type != DnsType.OPT).Select(type => type.ToString())];

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

    /// <summary>A type's mnemonic, or <c>TYPE4711</c> (RFC 3597 section 5).</summary>
    internal static string TypeName(ushort type) => Enum.IsDefined((DnsType)type) ? ((DnsType)type).ToString() : $"TYPE{type}";

    /// <summary>A class's mnemonic, or <c>CLASS4711</c>.</summary>
    internal static string ClassName(ushort @class) => @class == Internet ? "IN" : $"CLASS{@class}";

    /// <summary>An rcode's name, or <c>RCODE4711</c>.</summary>
    internal static string RcodeName(int rcode) => Array.Find(Rcodes, known => known.Code == rcode).Name ?? $"RCODE{rcode}";

    /// <summary>The names of the flags that are set, in the header's order.</summary>
    internal static IEnumerable<string> NamesOf(DnsFlags flags) => FlagNames.Where(known => flags.HasFlag(known.Flag)).Select(known => known.Name);

    /// <summary>Whether a text is the name of a flag.</summary>
    internal static bool IsFlagName(string name) => Array.Exists(FlagNames, known => known.Name == name);
}
