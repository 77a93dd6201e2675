using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ActorMonitor.Probes.DnsQuery;

/// <summary>One record of an answer.</summary>
/// <param name="Name">Whose record it is.</param>
/// <param name="Type">Its type's number.</param>
/// <param name="Class">Its class's number.</param>
/// <param name="TtlSeconds">How long it may be kept.</param>
/// <param name="Data">Its data in presentation form.</param>
internal sealed record DnsRecord(DnsName Name, ushort Type, ushort Class, uint TtlSeconds, string Data)
{
    /// <summary>A TXT record's strings joined; null for other types.</summary>
    internal string? PlainText { get; init; }

    /// <summary>An SOA record's serial; null for other types.</summary>
    internal uint? Serial { get; init; }

    /// <summary>Until when a signature is valid (RFC 4034 section 3.1.5); null for other types.</summary>
    internal DateTimeOffset? Expires { get; init; }

    /// <summary>Whose signature it is; null for other types.</summary>
    internal DnsName? Signer { get; init; }

    /// <summary>Whether it is of the type and class asked for.</summary>
    internal bool IsOf(DnsQuestion question) => (Type == question.Type || question.Type == (ushort)DnsType.ANY) && Class == question.Class;

    /// <summary>The whole record in presentation form.</summary>
    public override string ToString() => $"{Name} {TtlSeconds} {DnsCodes.ClassName(Class)} {DnsCodes.TypeName(Type)} {Data}";

    /// <summary>
    /// Whether the data is what a job expects: an address by value, text exactly (quoted, or plain), other types without
    /// regard to case and a final dot.
    /// </summary>
    internal bool Holds(string expected) => (DnsType)Type switch
    {
        DnsType.A or DnsType.AAAA => IPAddress.TryParse(expected, out var address) && address.Equals(IPAddress.Parse(Data)),
        DnsType.TXT or DnsType.SPF => expected == Data || expected == PlainText,
        DnsType.NS or DnsType.CNAME or DnsType.PTR or DnsType.DNAME or DnsType.MX or DnsType.SRV or DnsType.SOA
            => expected.TrimEnd('.').Equals(Data.TrimEnd('.'), StringComparison.OrdinalIgnoreCase),
        DnsType.DS or DnsType.CDS or DnsType.TLSA or DnsType.SMIMEA or DnsType.SSHFP => expected.Equals(Data, StringComparison.OrdinalIgnoreCase),
        _ => expected == Data,
    };

    /// <summary>Reads the data that stands from <paramref name="offset"/> for <paramref name="length"/> bytes (RFC 1035 section 3.3).</summary>
    internal static DnsRecord Read(ReadOnlySpan<byte> message, int offset, int length, DnsName name, ushort type, ushort @class, uint ttlSeconds)
    {
        var data = message.Slice(offset, length);
        var record = new DnsRecord(name, type, @class, ttlSeconds, "");

        // The form of these is that of the Internet class.
        if (@class != DnsCodes.Internet && (DnsType)type is (DnsType.A or DnsType.AAAA or DnsType.SRV))
            return record with { Data = DnsText.Unknown(data) };

        switch ((DnsType)type)
        {
            case DnsType.A:
                return record with { Data = Address(data, AddressFamily.InterNetwork) };
            case DnsType.AAAA:
                return record with { Data = Address(data, AddressFamily.InterNetworkV6) };
            case DnsType.NS or DnsType.CNAME or DnsType.PTR or DnsType.DNAME:
                return record with { Data = Names(message, offset, length, 1, out _) };
            case DnsType.MX:
                AtLeast(data, 2, "an MX record");
                return record with { Data = $"{DnsText.UInt16(data, 0)} {Names(message, offset + 2, length - 2, 1, out _)}" };
            case DnsType.SRV:
                // RFC 2782
                AtLeast(data, 6, "an SRV record");
                return record with { Data = $"{DnsText.UInt16(data, 0)} {DnsText.UInt16(data, 2)} {DnsText.UInt16(data, 4)} {Names(message, offset + 6, length - 6, 1, out _)}" };
            case DnsType.SOA:
                AtLeast(data, 20, "an SOA record");
                var names = Names(message, offset, length - 20, 2, out _);
                var numbers = data[^20..];
                var serial = DnsText.UInt32(numbers, 0);
                return record with
                {
                    Data = $"{names} {serial} {DnsText.UInt32(numbers, 4)} {DnsText.UInt32(numbers, 8)} {DnsText.UInt32(numbers, 12)} {DnsText.UInt32(numbers, 16)}",
                    Serial = serial,
                };
            case DnsType.TXT or DnsType.SPF or DnsType.HINFO:
                return ReadText(record, data);
            case DnsType.CAA:
                return record with { Data = Authorization(data) };
            case DnsType.DS or DnsType.CDS:
                // RFC 4034 section 5.3
                AtLeast(data, 4, "a DS record");
                return record with { Data = $"{DnsText.UInt16(data, 0)} {data[2]} {data[3]} {Convert.ToHexString(data[4..])}" };
            case DnsType.SSHFP:
                // RFC 4255 section 3.2
                AtLeast(data, 2, "an SSHFP record");
                return record with { Data = $"{data[0]} {data[1]} {Convert.ToHexString(data[2..])}" };
            case DnsType.TLSA or DnsType.SMIMEA:
                // RFC 6698 section 2.2
                AtLeast(data, 3, "a TLSA record");
                return record with { Data = $"{data[0]} {data[1]} {data[2]} {Convert.ToHexString(data[3..])}" };
            case DnsType.DNSKEY or DnsType.CDNSKEY:
                // RFC 4034 section 2.2
                AtLeast(data, 4, "a DNSKEY record");
                return record with { Data = $"{DnsText.UInt16(data, 0)} {data[2]} {data[3]} {Convert.ToBase64String(data[4..])}" };
            case DnsType.RRSIG:
                return ReadSignature(record, message, offset, length);
            default:
                return record with { Data = DnsText.Unknown(data) };
        }
    }

    // RFC 4034 section 3.1: type covered, algorithm, labels, TTL, expiration, inception, key tag, signer's name, signature.
    private static DnsRecord ReadSignature(DnsRecord record, ReadOnlySpan<byte> message, int offset, int length)
    {
        var data = message.Slice(offset, length);
        AtLeast(data, 19, "an RRSIG record");
        var end = offset + 18;
        var signer = DnsName.Read(message, ref end);
        if (end > offset + length)
            throw new DnsFormatException("a name does not end with its record");
        var (expires, inception) = (DateTimeOffset.FromUnixTimeSeconds(DnsText.UInt32(data, 8)), DateTimeOffset.FromUnixTimeSeconds(DnsText.UInt32(data, 12)));
        return record with
        {
            Data = $"{DnsCodes.TypeName(DnsText.UInt16(data, 0))} {data[2]} {data[3]} {DnsText.UInt32(data, 4)} {expires:yyyyMMddHHmmss} {inception:yyyyMMddHHmmss} "
                + $"{DnsText.UInt16(data, 16)} {signer} {Convert.ToBase64String(message[end..(offset + length)])}",
            Expires = expires,
            Signer = signer,
        };
    }

    private static string Address(ReadOnlySpan<byte> data, AddressFamily family)
        => data.Length == (family == AddressFamily.InterNetwork ? 4 : 16)
            ? new IPAddress(data).ToString()
            : throw new DnsFormatException($"an address record has {data.Length} bytes");

    private static string Names(ReadOnlySpan<byte> message, int offset, int length, int count, out int end)
    {
        end = offset;
        var text = DnsName.Read(message, ref end).ToString();
        for (var i = 1; i < count; i++)
            text += " " + DnsName.Read(message, ref end);
        return end == offset + length ? text : throw new DnsFormatException("a name does not end with its record");
    }

    private static DnsRecord ReadText(DnsRecord record, ReadOnlySpan<byte> data)
    {
        AtLeast(data, 1, "a TXT record");
        var quoted = new List<string>();
        var joined = new List<byte>(data.Length);
        for (var position = 0; position < data.Length;)
        {
            var length = data[position++];
            if (position + length > data.Length)
                throw new DnsFormatException("a text runs past the end of its record");
            quoted.Add(DnsText.Quoted(data.Slice(position, length)));
            joined.AddRange(data.Slice(position, length));
            position += length;
        }

        return record with { Data = string.Join(' ', quoted), PlainText = Encoding.UTF8.GetString([.. joined]) };
    }

    // RFC 8659 section 4.1: flags, the tag's length, tag, value.
    private static string Authorization(ReadOnlySpan<byte> data)
    {
        AtLeast(data, 2, "a CAA record");
        int tagLength = data[1];
        if (tagLength == 0 || 2 + tagLength > data.Length)
            throw new DnsFormatException("a CAA record's tag runs past the end of the record");
        var tag = data.Slice(2, tagLength);
        foreach (var b in tag)
        {
            if (!char.IsAsciiLetterOrDigit((char)b))
                throw new DnsFormatException("a CAA record's tag is no word");
        }

        return $"{data[0]} {Encoding.ASCII.GetString(tag)} {DnsText.Quoted(data[(2 + tagLength)..])}";
    }

    private static void AtLeast(ReadOnlySpan<byte> data, int length, string what)
    {
        if (data.Length < length)
            throw new DnsFormatException($"{what} has {data.Length} bytes");
    }
}
