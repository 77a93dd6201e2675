using System.Collections.Immutable;
using System.Text;

namespace ActorMonitor.Probes.DnsQuery;

/// <summary>What an OPT record says (RFC 6891 section 6.1).</summary>
/// <param name="UpperRcode">The upper bits of the response code.</param>
/// <param name="Version">The version of EDNS.</param>
/// <param name="PayloadBytes">The largest message that the server takes over UDP.</param>
/// <param name="Dnssec">The DO bit.</param>
/// <param name="Errors">The extended errors (RFC 8914) as <c>18 Prohibited by policy</c>.</param>
/// <param name="ServerId">The server's identifier (RFC 5001): its text when it is one, else in hexadecimal; null when it told none.</param>
internal sealed record DnsEdns(int UpperRcode, int Version, int PayloadBytes, bool Dnssec, ImmutableArray<string> Errors, string? ServerId)
{
    internal const int NsidOption = 3;
    private const int ErrorOption = 15;
    private const int LongestText = 200;

    public override string ToString() => $"version {Version}, {PayloadBytes} bytes{(Dnssec ? ", do" : "")}";

    /// <summary>Reads a record's class, TTL and data: options of code, length, data.</summary>
    internal static DnsEdns Read(ushort @class, uint ttl, ReadOnlySpan<byte> options)
    {
        var errors = ImmutableArray<string>.Empty;
        string? serverId = null;
        while (!options.IsEmpty)
        {
            if (options.Length < 4 || options.Length - 4 < DnsText.UInt16(options, 2))
                throw new DnsFormatException("an EDNS option is cut short");
            int code = DnsText.UInt16(options, 0);
            var data = options.Slice(4, DnsText.UInt16(options, 2));
            options = options[(4 + data.Length)..];
            if (code == NsidOption)
                serverId = IdText(data[..Math.Min(data.Length, LongestText)]);
            else if (code == ErrorOption)
                errors = errors.Add(ErrorText(data));
        }

        return new DnsEdns((int)(ttl >> 24), (int)(ttl >> 16) & 0xFF, @class, (ttl & 0x8000) != 0, errors, serverId);
    }

    // RFC 8914 section 2: a code and a text in UTF-8.
    private static string ErrorText(ReadOnlySpan<byte> data)
    {
        if (data.Length < 2)
            throw new DnsFormatException("an extended error is cut short");
        var text = Encoding.UTF8.GetString(data[2..Math.Min(data.Length, LongestText)]);
        return $"{DnsText.UInt16(data, 0)} {string.Concat(text.Where(c => !char.IsControl(c)))}".TrimEnd();
    }

    private static string IdText(ReadOnlySpan<byte> data)
        => data.ContainsAnyExceptInRange((byte)0x20, (byte)0x7E) ? Convert.ToHexStringLower(data) : Encoding.ASCII.GetString(data);
}
