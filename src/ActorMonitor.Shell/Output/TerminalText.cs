using System.Globalization;
using System.Text;

namespace ActorMonitor.Shell;

/// <summary>Text from elsewhere made safe for a terminal, and its width there.</summary>
internal static class TerminalText
{
    /// <summary>
    /// Writes controls, bidirectional marks, other invisible formats and half surrogates as \uXXXX: they could move the
    /// cursor, recolour, or make a line read otherwise than it is. The result stays valid inside a JSON string.
    /// </summary>
    public static string Escape(string text)
    {
        if (!HasUnsafe(text))
            return text;

        var safe = new StringBuilder(text.Length + 16);
        for (var i = 0; i < text.Length;)
        {
            var complete = Rune.TryGetRuneAt(text, i, out var rune);
            var length = complete ? rune.Utf16SequenceLength : 1;
            if (complete && !IsUnsafe(rune))
                safe.Append(text, i, length);
            else
                for (var j = i; j < i + length; j++)
                    safe.Append("\\u").Append(((int)text[j]).ToString("x4", CultureInfo.InvariantCulture));
            i += length;
        }

        return safe.ToString();
    }

    /// <summary>How many terminal cells a safe text takes.</summary>
    public static int Width(string text)
    {
        var width = 0;
        foreach (var rune in text.EnumerateRunes())
            width += Width(rune);
        return width;
    }

    /// <summary>A text within so many cells, ending in … when something was left out. Our own colours in it take no cell and end with it.</summary>
    public static string Shorten(string text, int cells)
    {
        var (width, cut, isColoured, isColouredAtCut) = (0, -1, false, false);
        for (var i = 0; i < text.Length;)
        {
            // \e[1m ... \e[0m: whatever else began so was escaped.
            if (text[i] == '\e')
            {
                isColoured = text[i + 2] != '0';
                i = text.IndexOf('m', i) + 1;
                continue;
            }

            var rune = Rune.GetRuneAt(text, i);
            width += Width(rune);

            // Up to here there is still a cell for the … itself.
            if (cut < 0 && width > cells - 1)
                (cut, isColouredAtCut) = (i, isColoured);
            if (width > cells)
                return string.Concat(text.AsSpan(0, cut), cells > 0 ? "…" : "", isColouredAtCut ? "\e[0m" : "");
            i += rune.Utf16SequenceLength;
        }

        return text;
    }

    private static int Width(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark => 0,
        _ => IsWide(rune.Value) ? 2 : 1,
    };

    private static bool HasUnsafe(string text)
    {
        for (var i = 0; i < text.Length;)
        {
            if (!Rune.TryGetRuneAt(text, i, out var rune) || IsUnsafe(rune))
                return true;
            i += rune.Utf16SequenceLength;
        }

        return false;
    }

    private static bool IsUnsafe(Rune rune) => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    // The ranges that terminals draw over two cells (Unicode's East Asian Width W and F, in their blocks).
    private static bool IsWide(int rune) => rune is (>= 0x1100 and <= 0x115F) or (>= 0x2E80 and <= 0x303E) or (>= 0x3041 and <= 0xA4CF)
        or (>= 0xAC00 and <= 0xD7A3) or (>= 0xF900 and <= 0xFAFF) or (>= 0xFE30 and <= 0xFE6F) or (>= 0xFF00 and <= 0xFF60)
        or (>= 0xFFE0 and <= 0xFFE6) or (>= 0x1F300 and <= 0x1FAFF) or (>= 0x20000 and <= 0x3FFFD);
}
