using System.Globalization;
using System.Net;
using System.Text;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes.Targets;

/// <summary>
/// A host as a job, a redirect or a proxy spells it: an address or a name, decided here once. What any layer may take for
/// an address is one here, and what looks like one and is none is refused, so that nothing behind the policy reads it anew.
/// </summary>
/// <param name="Literal">The address; null for a name.</param>
/// <param name="Name">The name in ASCII, with its final dot if it has one; empty for an address.</param>
internal readonly record struct TargetHost(IPAddress? Literal, string Name)
{
    private const int MaxLength = 253;
    private const int MaxLabelLength = 63;

    /// <summary>Whether the name is this host's loopback by definition (RFC 6761 section 6.3).</summary>
    public bool IsLocalhost
    {
        get
        {
            var name = Name.AsSpan().TrimEnd('.');
            return name.EndsWith("localhost", StringComparison.OrdinalIgnoreCase) && (name.Length == 9 || name[^10] == '.');
        }
    }

    /// <summary>Reads a host: an IPv6 address may stand in brackets; an IPv4 address may be short, octal, hexadecimal or have a final dot.</summary>
    /// <exception cref="TargetException">It is neither a name nor an address.</exception>
    public static TargetHost Parse(string host)
    {
        if (host.Length > 1 && host[0] == '[' && host[^1] == ']')
            host = host[1..^1];
        if (TryLiteral(host, out var literal))
            return new TargetHost(literal, "");
        if (!Ascii.IsValid(host))
        {
            host = ToAscii(host);
            if (TryLiteral(host, out literal))
                return new TargetHost(literal, "");
        }

        return IsName(host) ? new TargetHost(null, host) : throw NoHost(host);
    }

    // Only what starts with a digit or has a colon can be one: other names need no second look.
    private static bool TryLiteral(string text, out IPAddress? literal)
    {
        literal = null;
        // IPAddress takes brackets too, and passes over a port behind them.
        if (text.Length == 0 || text[0] == '[' || !(char.IsAsciiDigit(text[0]) || text.Contains(':', StringComparison.Ordinal)))
            return false;
        return IPAddress.TryParse(text, out literal)
            || (text[^1] == '.' && !text.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(text.AsSpan(0, text.Length - 1), out literal));
    }

    // Letters, digits, hyphens, and the underscores that people have (RFC 1123 section 2.1). A last label of digits, or of
    // a hexadecimal number, is an address to some reader.
    private static bool IsName(ReadOnlySpan<char> name)
    {
        if (name.Length > 0 && name[^1] == '.')
            name = name[..^1];
        if (name.Length is 0 or > MaxLength)
            return false;

        var last = name;
        foreach (var range in name.Split('.'))
        {
            last = name[range];
            if (last.Length is 0 or > MaxLabelLength)
                return false;
            foreach (var c in last)
            {
                if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
                    return false;
            }
        }

        return !IsNumber(last);
    }

    private static bool IsNumber(ReadOnlySpan<char> label)
        => label.StartsWith("0x", StringComparison.OrdinalIgnoreCase) ? label[2..].IndexOfAnyExcept(HexDigits) < 0 : !label.ContainsAnyExceptInRange('0', '9');

    private static readonly System.Buffers.SearchValues<char> HexDigits = System.Buffers.SearchValues.Create("0123456789abcdefABCDEF");

    // Names of other scripts go out as xn--... (RFC 3490). The framework runs without Unicode's tables here, so what they
    // fold into ASCII, above all digits and dots that would make an address, is folded by hand; case is too.
    private static string ToAscii(string host)
    {
        var folded = new StringBuilder(host.Length);
        foreach (var rune in host.EnumerateRunes())
        {
            if (Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.Control or UnicodeCategory.OtherNotAssigned)
                throw NoHost(host);
            if (rune.Value is 0x3002 or 0xFF0E or 0xFF61)
                folded.Append('.');
            else if (rune.Value is >= 0xFF01 and <= 0xFF5E)
                folded.Append((char)(rune.Value - 0xFEE0));
            else if (!rune.IsAscii && Rune.GetNumericValue(rune) is var number and >= 0 and <= 9 && number == Math.Floor(number))
                folded.Append((char)('0' + (int)number));
            else
                folded.Append(Rune.ToLowerInvariant(rune).ToString());
        }

        try
        {
            return new IdnMapping().GetAscii(folded.ToString());
        }
        catch (ArgumentException)
        {
            throw NoHost(host);
        }
    }

    private static TargetException NoHost(string host) => new(Outcome.Unknown, Cause.BadSettings, $"\"{host}\" is neither a host name nor an address");
}
