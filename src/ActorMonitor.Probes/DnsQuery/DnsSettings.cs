using System.Collections.Immutable;
using System.Net;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.DnsQuery;

/// <summary>How a job asks; read from its settings.</summary>
internal sealed record DnsSettings(DnsQuestion Question, bool Recursion, string Transport, int? PayloadBytes, bool Dnssec, bool Retransmit)
{
    internal const string Udp = "udp";
    internal const string Tcp = "tcp";
    private const string Auto = "auto";

    // The payload size on which resolvers agreed in 2020: it passes every path without IP fragments.
    private const int DefaultPayloadBytes = 1232;

    private static readonly Setting<string?> Query = Setting.OptionalText(
        "query",
        "The name to ask for; an address with type PTR is asked for under in-addr.arpa or ip6.arpa. Without it, the job's own name when that is a host name (it has a dot), else the root (\".\").",
        "a domain name (other than ASCII as xn--...)",
        text => DnsName.TryParse(text, out _));

    private static readonly Setting<string?> Type = Setting.OptionalChoice(
        "type", "The record type to ask for. Without it A; for the root NS; for an address PTR.", DnsCodes.AskableTypes);

    private static readonly Setting<bool> RecursionFlag = Setting.Flag("recursion", true, "Whether the server should ask others for what it does not know (RD).");

    private static readonly Setting<string> TransportChoice = Setting.Choice(
        "transport", Auto, "Ask over UDP, over TCP, or over UDP and again over TCP when the answer is truncated (auto).", Auto, Udp, Tcp);

    private static readonly Setting<bool> Edns = Setting.Flag(
        "edns", true, "Send an EDNS record (RFC 6891). A server that refuses it is asked again without, unless dnssec is set.");

    private static readonly Setting<int> PayloadSize = Setting.Integer("payloadSize", DefaultPayloadBytes, 512, 65_507, "With edns: the largest answer to take over UDP, in bytes.");

    private static readonly Setting<bool> DnssecFlag = Setting.Flag("dnssec", false, "Ask for DNSSEC signatures (DO); implies edns.");

    private static readonly Setting<bool> RetransmitFlag = Setting.Flag("retransmit", true, "Over UDP: ask once more when half the timeout has passed.");

    /// <summary>What the settings of a dns job can be.</summary>
    internal static readonly ImmutableArray<Setting> All =
        [Query, Type, RecursionFlag, TransportChoice, Edns, PayloadSize, DnssecFlag, RetransmitFlag, TargetResolver.Family];

    /// <summary>What a job asks for when it has no <c>query</c>: its own name when that is a host name, else the root.</summary>
    internal static SettingMap Implied(string job) => SettingMap.Empty.With(Query.Name, IsHostName(job) ? job : ".");

    /// <summary>Reads a job's settings.</summary>
    internal static DnsSettings Read(SettingMap settings, string job)
    {
        var query = Query.Read(settings) ?? Query.Read(Implied(job))!;
        var address = IsAddress(query, out var parsed) ? parsed : null;
        var name = DnsName.TryParse(query, out var read) ? read : DnsName.Root;
        var type = Enum.Parse<DnsType>(Type.Read(settings) ?? (address is not null ? "PTR" : name.IsRoot ? "NS" : "A"));
        if (type == DnsType.PTR && address is not null)
            name = DnsName.ReverseOf(address);

        var dnssec = DnssecFlag.Read(settings);
        return new DnsSettings(
            new DnsQuestion(name, (ushort)type, DnsCodes.Internet),
            RecursionFlag.Read(settings),
            TransportChoice.Read(settings),
            dnssec || Edns.Read(settings) ? PayloadSize.Read(settings) : null,
            dnssec,
            RetransmitFlag.Read(settings));
    }

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

    private static bool IsHostLabel(string label)
        => label.Length > 0 && label[0] != '-' && label[^1] != '-' && label.All(c => char.IsAsciiLetterOrDigit(c) || c == '-');

    // Only the full form of an IPv4 address: IPAddress also takes "1" and "1.2" for one.
    private static bool IsAddress(string text, out IPAddress? address)
        => IPAddress.TryParse(text, out address) && (text.Contains(':', StringComparison.Ordinal) || text.Count(c => c == '.') == 3);
}
