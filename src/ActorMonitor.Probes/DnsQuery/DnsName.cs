using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ActorMonitor.Probes.DnsQuery;

/// <summary>
/// A domain name (RFC 1035 section 3.1): labels of 1 to 63 bytes, at most 255 bytes with their lengths and the root's
/// zero. Kept as those bytes; equal without regard to ASCII case (RFC 4343).
/// </summary>
internal sealed class DnsName : IEquatable<DnsName>
{
    private const int MaxLength = 255;
    private const int MaxLabelLength = 63;

    internal static readonly DnsName Root = new([0]);

    private readonly byte[] _wire;

    private DnsName(byte[] wire) => _wire = wire;

    /// <summary>The name uncompressed, as it goes on the wire.</summary>
    internal ReadOnlySpan<byte> Wire => _wire;

    internal bool IsRoot => _wire.Length == 1;

    /// <summary>Reads the presentation form (RFC 1035 section 5.1), with or without a final dot; <c>\.</c> and <c>\065</c> are escapes.</summary>
    internal static bool TryParse(string text, out DnsName name)
    {
        name = Root;
        if (text == ".")
            return true;

        var wire = new List<byte>(text.Length + 2);
        for (var position = 0; position < text.Length;)
        {
            var lengthAt = wire.Count;
            wire.Add(0);
            while (position < text.Length && text[position] != '.')
            {
                if (!TryReadByte(text, ref position, out var value))
                    return false;
                wire.Add(value);
            }

            position++;
            var length = wire.Count - lengthAt - 1;
            if (length is 0 or > MaxLabelLength || wire.Count >= MaxLength)
                return false;
            wire[lengthAt] = (byte)length;
        }

        wire.Add(0);
        name = new DnsName([.. wire]);
        return wire.Count > 1;
    }

    /// <summary>The name under which an address has its PTR record: in-addr.arpa (RFC 1035 section 3.5), ip6.arpa (RFC 3596 section 2.5).</summary>
    internal static DnsName ReverseOf(IPAddress address)
    {
        var bytes = address.GetAddressBytes();
        Array.Reverse(bytes);
        var text = address.AddressFamily == AddressFamily.InterNetwork
            ? string.Join('.', bytes) + ".in-addr.arpa"
            : string.Join('.', bytes.SelectMany(b => new[] { b & 0xF, b >> 4 }).Select(nibble => nibble.ToString("x"))) + ".ip6.arpa";
        return TryParse(text, out var name) ? name : throw new ArgumentException("no address", nameof(address));
    }

    /// <summary>
    /// Reads a name that may be compressed (RFC 1035 section 4.1.4), and moves <paramref name="offset"/> behind it. Each
    /// pointer has to point before the labels that it ends, which bounds their number and leaves no loop.
    /// </summary>
    internal static DnsName Read(ReadOnlySpan<byte> message, ref int offset)
    {
        Span<byte> wire = stackalloc byte[MaxLength];
        var length = 0;
        var position = offset;
        var runStart = offset;
        var behind = -1;
        while (true)
        {
            if (position >= message.Length)
                throw new DnsFormatException("a name runs past the end of the message");
            var size = message[position];
            switch (size >> 6)
            {
                case 0:
                    if (position + 1 + size > message.Length)
                        throw new DnsFormatException("a label runs past the end of the message");
                    if (length + 1 + size > MaxLength)
                        throw new DnsFormatException("a name is longer than 255 bytes");
                    message.Slice(position, 1 + size).CopyTo(wire[length..]);
                    length += 1 + size;
                    position += 1 + size;
                    if (size > 0)
                        break;
                    offset = behind >= 0 ? behind : position;
                    return length == 1 ? Root : new DnsName(wire[..length].ToArray());
                case 3:
                    if (position + 1 >= message.Length)
                        throw new DnsFormatException("a compression pointer runs past the end of the message");
                    if (behind < 0)
                        behind = position + 2;
                    var target = ((size & 0x3F) << 8) | message[position + 1];
                    if (target < DnsMessage.HeaderLength || target >= runStart)
                        throw new DnsFormatException("a compression pointer does not point to an earlier name");
                    position = runStart = target;
                    break;
                default:
                    throw new DnsFormatException("a label has a reserved type");
            }
        }
    }

    /// <summary>Whether two names, or parts of them, are the same but for ASCII case, as they stand on the wire: no length byte is a letter.</summary>
    internal static bool EqualIgnoringCase(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        if (a.Length != b.Length)
            return false;
        for (var i = 0; i < a.Length; i++)
        {
            if (a[i] != b[i] && ((a[i] ^ b[i]) != 0x20 || !char.IsAsciiLetter((char)a[i])))
                return false;
        }

        return true;
    }

    public bool Equals(DnsName? other) => other is not null && EqualIgnoringCase(_wire, other._wire);

    public override bool Equals(object? obj) => Equals(obj as DnsName);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var b in _wire)
            hash.Add(b is >= (byte)'A' and <= (byte)'Z' ? b | 0x20 : b);
        return hash.ToHashCode();
    }

    /// <summary>The presentation form, with its final dot.</summary>
    public override string ToString()
    {
        if (IsRoot)
            return ".";

        var text = new StringBuilder(_wire.Length);
        for (var position = 0; _wire[position] != 0;)
        {
            var length = _wire[position++];
            foreach (var value in _wire.AsSpan(position, length))
                DnsText.Append(text, value, escaped: ".\\\"();@$", spaceEscaped: true);
            text.Append('.');
            position += length;
        }

        return text.ToString();
    }

    private static bool TryReadByte(string text, ref int position, out byte value)
    {
        value = 0;
        var c = text[position++];
        if (c == '\\')
        {
            if (position >= text.Length)
                return false;
            if (char.IsAsciiDigit(text[position]))
            {
                var digits = text.AsSpan(position, Math.Min(3, text.Length - position));
                position += 3;
                return digits.Length == 3 && byte.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
            }

            c = text[position++];
        }

        value = (byte)c;
        return c is > ' ' and < (char)0x7F;
    }
}
