namespace ActorMonitor.Shell;

/// <summary>Breaks a line of text between words, so that a terminal does not break it within one.</summary>
internal static class TextWrap
{
    /// <summary>The line in pieces that fit. What follows the first hangs below where its text begins: in the second of two columns, if it has those.</summary>
    public static IEnumerable<string> Lines(string text, int? room)
    {
        if (room is not { } cells || TerminalText.Width(text) <= cells)
        {
            yield return text;
            yield break;
        }

        var indent = new string(' ', Hanging(text, cells));
        var rest = text;
        while (TerminalText.Width(rest) > cells)
        {
            var end = Break(rest, cells, rest.Length == text.Length ? LeadingSpaces(text) : indent.Length);
            if (end < 0)
                break;
            yield return rest[..end].TrimEnd();
            rest = indent + rest[end..].TrimStart();
        }

        yield return rest;
    }

    // The last space before the line is full; none in the indentation, and -1 when a word is longer than a line.
    private static int Break(string text, int cells, int from)
    {
        var found = -1;
        for (var i = from; i < text.Length; i++)
        {
            if (text[i] != ' ')
                continue;
            if (TerminalText.Width(text[..i]) > cells)
                break;
            found = i;
        }

        return found;
    }

    private static int Hanging(string text, int cells)
    {
        var leading = LeadingSpaces(text);
        var gap = text.IndexOf("  ", leading, StringComparison.Ordinal);
        if (gap > 0)
        {
            while (gap < text.Length && text[gap] == ' ')
                gap++;
        }

        return gap > 0 && gap <= cells / 2 ? gap : Math.Min(leading, cells / 2);
    }

    private static int LeadingSpaces(string text) => text.Length - text.AsSpan().TrimStart(' ').Length;
}
