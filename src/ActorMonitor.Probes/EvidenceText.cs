using System.Globalization;
using System.Text;

namespace ActorMonitor.Probes;

/// <summary>Makes a text that holds a peer's words fit for a console, a log and a page.</summary>
internal static class EvidenceText
{
    /// <summary>The text with everything that steers a terminal or a page's writing direction replaced by spaces, cut to a length.</summary>
    public static string Printable(string text, int maxLength)
    {
        // Nearly every text is one of these.
        if (text.Length < maxLength && !text.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            return text;
        var printable = new StringBuilder(Math.Min(text.Length, maxLength));
        foreach (var rune in text.EnumerateRunes())
        {
            if (printable.Length + rune.Utf16SequenceLength >= maxLength)
                return printable.Append('\u2026').ToString();
            if (IsPrintable(rune))
                printable.Append(rune.ToString());
            else
                printable.Append(' ');
        }

        return printable.ToString();
    }

    private static bool IsPrintable(Rune rune) => Rune.GetUnicodeCategory(rune)
        is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator);
}
