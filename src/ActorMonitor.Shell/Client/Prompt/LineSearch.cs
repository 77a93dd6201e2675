namespace ActorMonitor.Shell;

/// <summary>Ctrl+R: looks for a line with a text in it, from the newest to the oldest, while the text is typed.</summary>
/// <param name="history">The lines, the oldest first.</param>
/// <param name="before">The line that was being typed.</param>
internal sealed class LineSearch(IReadOnlyList<string> history, string before)
{
    private int _place = history.Count;

    /// <summary>The line to come back to when the search is given up.</summary>
    public string Before => before;

    public string Query { get; private set; } = "";

    /// <summary>The line found last; null as long as there is none.</summary>
    public string? Found { get; private set; }

    /// <summary>Whether no line further up has the text.</summary>
    public bool Fails { get; private set; }

    public string Prompt => $"({(Fails ? "no line with" : "search")} \"{Query}\") ";

    public static bool IsCancel(ConsoleKeyInfo key) => key.Key == ConsoleKey.G && key.Modifiers.HasFlag(ConsoleModifiers.Control);

    /// <summary>Goes on searching with a key; false when the key means something else and ends the search.</summary>
    public bool Takes(ConsoleKeyInfo key)
    {
        if (key.Modifiers.HasFlag(ConsoleModifiers.Control))
        {
            if (key.Key == ConsoleKey.R)
                Find(_place - 1);
            else if (key.Key == ConsoleKey.H)
                Shorten();
            return key.Key is ConsoleKey.R or ConsoleKey.H;
        }

        if (key.Key == ConsoleKey.Backspace)
        {
            Shorten();
            return true;
        }

        if (char.IsControl(key.KeyChar))
            return false;
        Query += key.KeyChar;
        Find(Math.Min(_place, history.Count - 1));
        return true;
    }

    private void Shorten()
    {
        Query = Query.Length > 0 ? Query[..^1] : "";
        Find(history.Count - 1);
    }

    private void Find(int from)
    {
        Fails = false;
        if (Query.Length == 0)
            return;
        for (var i = from; i >= 0; i--)
        {
            // The same line again is nothing new.
            if (history[i].Contains(Query, StringComparison.OrdinalIgnoreCase) && (history[i] != Found || i == _place))
            {
                (_place, Found) = (i, history[i]);
                return;
            }
        }

        Fails = true;
    }
}
