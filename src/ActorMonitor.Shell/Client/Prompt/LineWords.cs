using System.Text;

namespace ActorMonitor.Shell;

/// <summary>Cuts a typed line into words: spaces part them, single or double quotes hold them together, a backslash in double quotes takes the next character as it is.</summary>
internal static class LineWords
{
    /// <summary>The words, or null when a quote is left open.</summary>
    public static IReadOnlyList<string>? Split(string line)
    {
        var (words, last, quote) = Read(line);
        if (quote != '\0')
            return null;
        return last is { } word ? [.. words, word.Text] : words;
    }

    /// <summary>The words of a line that is being typed: those that are done, the last one, which may be empty, and where that begins.</summary>
    public static (IReadOnlyList<string> Done, string Last, int Start) Unfinished(string line)
    {
        var (words, last, _) = Read(line);
        return (words, last?.Text ?? "", last?.Start ?? line.Length);
    }

    /// <summary>A word as it has to be typed to be one.</summary>
    public static string Quote(string word)
        => word.Length > 0 && !word.Any(c => char.IsWhiteSpace(c) || c is '"' or '\'') ? word : Open(word) + "\"";

    /// <summary>The same while the quote is still open.</summary>
    public static string Open(string word) => "\"" + word.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);

    /// <summary>A line of these words.</summary>
    public static string Join(IEnumerable<string> words) => string.Join(' ', words.Select(Quote));

    private static (List<string> Words, (string Text, int Start)? Last, char OpenQuote) Read(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (start, quote) = (-1, '\0');
        for (var i = 0; i < line.Length; i++)
        {
            var c = line[i];
            if (quote == '"' && c == '\\' && i + 1 < line.Length)
            {
                word.Append(line[++i]);
            }
            else if (quote != '\0' && c == quote)
            {
                quote = '\0';
            }
            else if (quote == '\0' && char.IsWhiteSpace(c))
            {
                if (start >= 0)
                    words.Add(word.ToString());
                word.Clear();
                start = -1;
            }
            else
            {
                if (start < 0)
                    start = i;
                if (quote == '\0' && c is ('"' or '\''))
                    quote = c;
                else
                    word.Append(c);
            }
        }

        return (words, start < 0 ? null : (word.ToString(), start), quote);
    }
}
