using System.Collections.Immutable;
using System.Net;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;
using ActorMonitor.Probes.Tls;

namespace ActorMonitor.Probes.DnsQuery;

/// <summary>How a job asks; read from its settings.</summary>
internal sealed record DnsSettings(DnsQuestion Question, bool Recursion, string Transport, int? PayloadBytes, bool Dnssec, bool Retransmit)
{
    internal const string Udp = "udp";
    internal const string Tcp = "tcp";
    internal const string OverTls = "tls";
    internal const int PlainPort = 53;
    internal const int TlsPort = 853;
    private const string Auto = "auto";

    // The payload size on which resolvers agreed in 2020: it passes every path without IP fragments.
    private const int DefaultPayloadBytes = 1232;

    private static readonly Setting<string?> Query = Setting.OptionalText(
        "query",
        "The name to ask for; an address with type PTR is asked for under in-addr.arpa or ip6.arpa. Without it, the job's own name when that is a host name (it has a dot), else the root (\".\").",
        "a domain name (other than ASCII as xn--...)",
        text => DnsName.TryParse(text, out _));

    private static readonly Setting<string?> Type = Setting.OptionalText(
        "type", "The record type to ask for. Without it A; for the root NS; for an address PTR; with `nameServers` SOA.",
        "a record type such as A, AAAA, MX, TXT, SOA, or TYPE65280 for one without a name", text => DnsCodes.TryParseType(text, out _));

    private static readonly Setting<string> Class = Setting.Choice(
        "class", "IN", "The class to ask in; CH has what servers tell of themselves (version.bind TXT).", [.. DnsCodes.Classes.Select(known => known.Name)]);

    private static readonly Setting<bool> RecursionFlag = Setting.Flag("recursion", true, "Whether the server should ask others for what it does not know (RD).");

    private static readonly Setting<string> TransportChoice = Setting.Choice(
        "transport", Auto,
        "Ask over UDP, over TCP, over UDP and again over TCP when the answer is truncated (auto), or over TLS (RFC 7858), which means port 853 where the job's is 53.",
        Auto, Udp, Tcp, OverTls);

    private static readonly Setting<bool> EdnsFlag = Setting.Flag(
        "edns", true, "Send an EDNS record (RFC 6891). A server that refuses it is asked again without, unless dnssec or nsid is set.");

    private static readonly Setting<int> PayloadSize = Setting.Integer("payloadSize", DefaultPayloadBytes, 512, 65_507, "With edns: the largest answer to take over UDP, in bytes.");

    private static readonly Setting<bool> DnssecFlag = Setting.Flag("dnssec", false, "Ask for DNSSEC signatures (DO); implies edns.");

    private static readonly Setting<bool> NoCheck = Setting.Flag("checkingDisabled", false, "Ask a validating server not to validate (CD).");

    private static readonly Setting<bool> Nsid = Setting.Flag("nsid", false, "Ask which of the servers behind an address answers (RFC 5001), shown as `dns.nsid`; implies edns.");

    private static readonly Setting<bool> MixedCase = Setting.Flag(
        "mixedCase", false, "Over UDP: write the name in letters of random case and take only answers that repeat them, which makes forging harder. Some servers do not repeat them.");

    private static readonly Setting<bool> RetransmitFlag = Setting.Flag("retransmit", true, "Over UDP: ask once more when half the timeout has passed.");

    private static readonly Setting<bool> NameServers = Setting.Flag(
        "nameServers", false,
        "Ask the server for the name servers of the zone that `query` names, then each address of each (at the job's port, without recursion) for the zone's SOA: each has to answer with authority, and all with the same serial.");

    /// <summary>What the settings of a dns job can be.</summary>
    internal static readonly ImmutableArray<Setting> All =
    [
        Query, Type, Class, RecursionFlag, TransportChoice, EdnsFlag, PayloadSize, DnssecFlag, NoCheck, Nsid, MixedCase, RetransmitFlag, NameServers, .. TargetResolver.Settings,
        .. SocketSettings.All, .. TlsSettings.Settings,
    ];

    internal bool CheckingDisabled { get; init; }

    internal bool AsksServerId { get; init; }

    internal bool MixesCase { get; init; }

    internal bool AsksNameServers { get; init; }

    internal SocketSettings Sockets { get; init; } = SocketSettings.None;

    /// <summary>What a job asks for when it has no <c>query</c>: its own name when that is a host name, else the root.</summary>
    internal static SettingMap Implied(string job) => SettingMap.Empty.With(Query.Name, IsHostName(job) ? job : ".");

    /// <summary>Reads a job's settings.</summary>
    internal static DnsSettings Read(SettingMap settings, string job)
    {
        var query = Query.Read(settings) ?? Query.Read(Implied(job))!;
        var address = IsAddress(query, out var parsed) ? parsed : null;
        var name = DnsName.TryParse(query, out var read) ? read : DnsName.Root;
        var asksNameServers = NameServers.Read(settings);
        var type = ReadType(settings, asksNameServers ? DnsType.SOA : address is not null ? DnsType.PTR : name.IsRoot ? DnsType.NS : DnsType.A);
        if (asksNameServers && type != (ushort)DnsType.SOA)
            throw new SettingException($"type = {DnsCodes.TypeName(type)}: expected SOA, which is what nameServers compares");
        if (type == (ushort)DnsType.PTR && address is not null)
            name = DnsName.ReverseOf(address);

        var dnssec = DnssecFlag.Read(settings);
        var nsid = Nsid.Read(settings);
        var @class = Class.Read(settings);
        return new DnsSettings(
            new DnsQuestion(name, type, Array.Find(DnsCodes.Classes, known => known.Name == @class).Code),
            RecursionFlag.Read(settings),
            TransportChoice.Read(settings),
            dnssec || nsid || EdnsFlag.Read(settings) ? PayloadSize.Read(settings) : null,
            dnssec,
            RetransmitFlag.Read(settings))
        {
            CheckingDisabled = NoCheck.Read(settings),
            AsksServerId = nsid,
            MixesCase = MixedCase.Read(settings),
            AsksNameServers = asksNameServers,
            Sockets = SocketSettings.Read(settings),
        };
    }

    /// <summary>The query, without an id.</summary>
    internal byte[] Encode() => Question.Encode(0, Recursion, PayloadBytes, Dnssec, CheckingDisabled, AsksServerId && PayloadBytes is not null);

    /// <summary>
    /// Whether a text reads as a fully qualified host name (RFC 1123 section 2.1): two labels or more of letters, digits
    /// and inner hyphens, the last not of digits only, and no address.
    /// </summary>
    internal static bool IsHostName(string text)
    {
        var labels = (text.EndsWith('.') ? text[..^1] : text).Split('.');
        return labels.Length >= 2
            && DnsName.TryParse(text, out _)
            && Array.TrueForAll(labels, IsHostLabel)
            && !labels[^1].All(char.IsAsciiDigit);
    }

    private static ushort ReadType(SettingMap settings, DnsType @default)
        => Type.Read(settings) is { } text && DnsCodes.TryParseType(text, out var type) ? type : (ushort)@default;

    private static bool IsHostLabel(string label)
        => label.Length > 0 && label[0] != '-' && label[^1] != '-' && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    // Only the full form of an IPv4 address: IPAddress also takes "1" and "1.2" for one.
    private static bool IsAddress(string text, out IPAddress? address)
        => IPAddress.TryParse(text, out address) && (text.Contains(':', StringComparison.Ordinal) || text.Count(c => c == '.') == 3);
}
