using System.Text;

namespace ActorMonitor.Shell;

/// <summary>Cuts a typed line into words: spaces part them, single or double quotes hold them together, a backslash in double quotes takes the next character as it is.</summary>
internal static class LineWords
{
    /// <summary>The words, or null when a quote is left open.</summary>
    public static IReadOnlyList<string>? Split(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (inWord, quote) = (false, '\0');
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
            else if (quote == '\0' && c is '"' or '\'')
            {
                (inWord, quote) = (true, c);
            }
            else if (quote == '\0' && char.IsWhiteSpace(c))
            {
                if (inWord)
                    words.Add(word.ToString());
                word.Clear();
                inWord = false;
            }
            else
            {
                word.Append(c);
                inWord = true;
            }
        }

        if (quote != '\0')
            return null;
        if (inWord)
            words.Add(word.ToString());
        return words;
    }
}
