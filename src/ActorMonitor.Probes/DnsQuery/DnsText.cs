using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace ActorMonitor.Probes.DnsQuery;

/// <summary>The presentation form of bytes and of record data (RFC 1035 section 5.1).</summary>
internal static class DnsText
{
    /// <summary>Appends one byte: printable as it is, with a backslash when in <paramref name="escaped"/>, else as <c>\DDD</c>.</summary>
    internal static void Append(StringBuilder text, byte value, string escaped, bool spaceEscaped)
    {
        if (value is < 0x20 or > 0x7E || (value == 0x20 && spaceEscaped))
        {
            text.Append('\\').Append(value.ToString("D3", CultureInfo.InvariantCulture));
            return;
        }

        if (escaped.Contains((char)value, StringComparison.Ordinal))
            text.Append('\\');
        text.Append((char)value);
    }

    /// <summary>Bytes in quotes, as a TXT or CAA record shows them.</summary>
    internal static string Quoted(ReadOnlySpan<byte> bytes)
    {
        var text = new StringBuilder(bytes.Length + 2).Append('"');
        foreach (var value in bytes)
            Append(text, value, escaped: "\"\\", spaceEscaped: false);
        return text.Append('"').ToString();
    }

    /// <summary>Data of a type that has no form of its own here (RFC 3597 section 5).</summary>
    internal static string Unknown(ReadOnlySpan<byte> data)
        => data.IsEmpty ? @"\# 0" : $@"\# {data.Length} {Convert.ToHexStringLower(data)}";

    internal static ushort UInt16(ReadOnlySpan<byte> message, int offset) => BinaryPrimitives.ReadUInt16BigEndian(message[offset..]);

    internal static uint UInt32(ReadOnlySpan<byte> message, int offset) => BinaryPrimitives.ReadUInt32BigEndian(message[offset..]);
}
