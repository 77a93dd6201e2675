using System.Diagnostics.CodeAnalysis;

namespace ActorMonitor.Probes.UdpExchange;

/// <summary>Bytes as hexadecimal text; spaces and colons may stand between them.</summary>
internal static class HexText
{
    public static bool TryParse(string text, [NotNullWhen(true)] out byte[]? bytes)
    {
        var digits = string.Concat(text.Where(c => c is not (' ' or ':')));
        bytes = null;
        if (digits.Length % 2 != 0 || !digits.All(char.IsAsciiHexDigit))
            return false;
        bytes = Convert.FromHexString(digits);
        return true;
    }

    /// <summary>Bytes of a text that a setting has accepted.</summary>
    public static byte[] Parse(string text) => TryParse(text, out var bytes) ? bytes : throw new FormatException($"{text} is no hexadecimal text");
}
