using System.Globalization;
using System.Net;

namespace ActorMonitor.Configuration;

/// <summary>The form of hosts, wherever one is configured.</summary>
internal static class HostText
{
    internal const string Accepts = "a host name or an address, without scheme, port or path";

    private const int MaxLength = 253;
    private const int MaxLabelLength = 63;

    /// <summary>Whether a text is an address literal (IPv6 with or without brackets) or has the form of a name, in any script.</summary>
    internal static bool IsValid(string text)
    {
        if (text.Length is 0 or > MaxLength)
            return false;
        if (text[0] == '[')
            return text[^1] == ']' && text.Contains(':', StringComparison.Ordinal) && IPAddress.TryParse(text[1..^1], out _);
        if (text.Contains(':', StringComparison.Ordinal))
            return IPAddress.TryParse(text, out _);

        // Underscores are no part of host names (RFC 1123 section 2.1), yet people have them.
        return (text[^1] == '.' ? text[..^1] : text).Split('.').All(label =>
            label.Length is > 0 and <= MaxLabelLength && label[0] != '-' && label[^1] != '-' && label.All(c => char.IsLetterOrDigit(c) || char.IsSurrogate(c) || c is '-' or '_' || c > 127 && !char.IsWhiteSpace(c) && !char.IsControl(c)));
    }

    /// <summary>Whether a host is this machine itself, by its name or its address.</summary>
    internal static bool IsLoopback(string host)
    {
        var plain = host.Trim('[', ']').TrimEnd('.');
        return IPAddress.TryParse(plain, out var address)
            ? IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address)
            : plain.Equals("localhost", StringComparison.OrdinalIgnoreCase) || plain.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase);
    }

    /// <summary>Splits <c>HOST:PORT</c>, <c>[v6]:PORT</c> or a host alone.</summary>
    internal static bool TrySplit(string text, int defaultPort, out string host, out int port)
    {
        (host, port) = (text, defaultPort);
        var colon = text.LastIndexOf(':');
        var isBareV6 = text.Length > 0 && text[0] != '[' && colon != text.IndexOf(':', StringComparison.Ordinal);
        if (colon > text.LastIndexOf(']') && !isBareV6)
        {
            if (!TryPort(text[(colon + 1)..], out port))
                return false;
            host = text[..colon];
        }

        if (!IsValid(host))
            return false;
        host = host.Trim('[', ']');
        return true;
    }

    private static bool TryPort(string text, out int port)
        => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= 65535;
}
