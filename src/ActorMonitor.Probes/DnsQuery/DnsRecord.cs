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

    /// <summary>The whole record in presentation form.</summary>
    public override string ToString() => $"{Name} {TtlSeconds} {DnsCodes.ClassName(Class)} {DnsCodes.TypeName(Type)} {Data}";

    /// <summary>
    /// Whether the data is what a job expects: an address by value, text exactly (quoted, or plain), other types without
    /// regard to case and a final dot.
    /// </summary>
    internal bool Holds(string expected) => (DnsType)Type switch
    {
        DnsType.A or DnsType.AAAA => IPAddress.TryParse(expected, out var address) && address.Equals(IPAddress.Parse(Data)),
        DnsType.TXT => expected == Data || expected == PlainText,
        DnsType.NS or DnsType.CNAME or DnsType.PTR or DnsType.MX or DnsType.SRV or DnsType.SOA
            => expected.TrimEnd('.').Equals(Data.TrimEnd('.'), StringComparison.OrdinalIgnoreCase),
        _ => expected == Data,
    };

    /// <summary>Reads the data that stands from <paramref name="offset"/> for <paramref name="length"/> bytes (RFC 1035 section 3.3).</summary>
    internal static DnsRecord Read(ReadOnlySpan<byte> message, int offset, int length, DnsName name, ushort type, ushort @class, uint ttlSeconds)
    {
        var data = message.Slice(offset, length);
        var record = new DnsRecord(name, type, @class, ttlSeconds, "");
        if (@class != DnsCodes.Internet)
            return record with { Data = DnsText.Unknown(data) };

        switch ((DnsType)type)
        {
            case DnsType.A:
                return record with { Data = Address(data, AddressFamily.InterNetwork) };
            case DnsType.AAAA:
                return record with { Data = Address(data, AddressFamily.InterNetworkV6) };
            case DnsType.NS or DnsType.CNAME or DnsType.PTR:
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
            case DnsType.TXT:
                return ReadText(record, data);
            case DnsType.CAA:
                return record with { Data = Authorization(data) };
            default:
                return record with { Data = DnsText.Unknown(data) };
        }
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
