namespace ActorMonitor.Shell;

/// <summary>What a key did to the line being typed.</summary>
internal enum LineStep
{
    /// <summary>The line goes on.</summary>
    Edited,

    /// <summary>Enter: the line is done.</summary>
    Submitted,

    /// <summary>Ctrl+C: the line is thrown away.</summary>
    Abandoned,

    /// <summary>Ctrl+D on an empty line: no more lines.</summary>
    Ended,

    /// <summary>Ctrl+L: the screen is wanted clean.</summary>
    Cleared,

    /// <summary>Tab: the word before the cursor is to be completed.</summary>
    Completing,
}

/// <summary>The line being typed: its text, its cursor, and the lines before it. Keys in, text out; it never sees a terminal.</summary>
internal sealed class LineBuffer
{
    public const int MaxLength = 4_096;
    public const int MaxHistory = 1_000;

    private readonly List<string> _history;
    private int _place;
    private string _unfinished = "";
    private string _prefix = "";

    /// <summary>A new line below others.</summary>
    /// <param name="history">The lines before, the oldest first.</param>
    public LineBuffer(IReadOnlyList<string> history)
    {
        _history = [.. history.TakeLast(MaxHistory)];
        _place = _history.Count;
    }

    public string Text { get; private set; } = "";

    public int Cursor { get; private set; }

    /// <summary>The search through the lines before; null when there is none.</summary>
    public LineSearch? Search { get; private set; }

    /// <summary>Starts a new line; a done one becomes the newest of those before, unless it begins with a space.</summary>
    public void Begin(string? done)
    {
        if (!string.IsNullOrWhiteSpace(done) && done[0] != ' ' && (_history.Count == 0 || _history[^1] != done))
            _history.Add(done);
        if (_history.Count > MaxHistory)
            _history.RemoveAt(0);
        (_place, _unfinished, _prefix, Search) = (_history.Count, "", "", null);
        Set("");
    }

    public LineStep Apply(ConsoleKeyInfo key)
    {
        if (Search is { } search)
        {
            if (search.Takes(key))
            {
                Show(search);
                return LineStep.Edited;
            }

            // Every other key goes on with the line that was found.
            Search = null;
            if (LineSearch.IsCancel(key))
            {
                Set(search.Before);
                return LineStep.Edited;
            }
        }

        return key.Modifiers.HasFlag(ConsoleModifiers.Control) ? ApplyControl(key.Key) : ApplyKey(key);
    }

    /// <summary>Puts the completed word in the place of the unfinished one.</summary>
    public void Complete(LineCompletion completion)
    {
        if (completion.Replacement is not { } word || Text.Length - (Cursor - completion.Start) + word.Length > MaxLength)
            return;
        var rest = Text[Cursor..];

        // In the middle of a line the space is there already.
        if (word.EndsWith(' ') && rest.StartsWith(' '))
            word = word[..^1];
        Text = Text[..completion.Start] + word + rest;
        Cursor = completion.Start + word.Length;
        _place = _history.Count;
    }

    private LineStep ApplyKey(ConsoleKeyInfo key)
    {
        switch (key.Key)
        {
            case ConsoleKey.Enter:
                return LineStep.Submitted;
            case ConsoleKey.Tab:
                return LineStep.Completing;
            case ConsoleKey.Backspace when Cursor > 0:
                Remove(Before(), Cursor);
                break;
            case ConsoleKey.Delete when Cursor < Text.Length:
                Remove(Cursor, After());
                break;
            case ConsoleKey.LeftArrow:
                Cursor = Before();
                break;
            case ConsoleKey.RightArrow:
                Cursor = After();
                break;
            case ConsoleKey.Home:
                Cursor = 0;
                break;
            case ConsoleKey.End:
                Cursor = Text.Length;
                break;
            case ConsoleKey.UpArrow:
                Recall(older: true);
                break;
            case ConsoleKey.DownArrow:
                Recall(older: false);
                break;
            default:
                if (!char.IsControl(key.KeyChar) && Text.Length < MaxLength)
                {
                    Text = Text.Insert(Cursor, key.KeyChar.ToString());
                    Cursor++;
                    _place = _history.Count;
                }

                break;
        }

        return LineStep.Edited;
    }

    // The keys of Emacs, which every shell's prompt has.
    private LineStep ApplyControl(ConsoleKey key)
    {
        switch (key)
        {
            case ConsoleKey.C:
                return LineStep.Abandoned;
            case ConsoleKey.D when Text.Length == 0:
                return LineStep.Ended;
            case ConsoleKey.D when Cursor < Text.Length:
                Remove(Cursor, After());
                break;
            case ConsoleKey.L:
                return LineStep.Cleared;
            case ConsoleKey.R:
                Search = new LineSearch(_history, Text);
                break;
            case ConsoleKey.A:
                Cursor = 0;
                break;
            case ConsoleKey.E:
                Cursor = Text.Length;
                break;
            case ConsoleKey.B:
                Cursor = Before();
                break;
            case ConsoleKey.F:
                Cursor = After();
                break;
            case ConsoleKey.U:
                Remove(0, Cursor);
                break;
            case ConsoleKey.K:
                Remove(Cursor, Text.Length);
                break;
            case ConsoleKey.W:
                Remove(Text[..Cursor].TrimEnd().LastIndexOf(' ') + 1, Cursor);
                break;
            case ConsoleKey.P:
                Recall(older: true);
                break;
            case ConsoleKey.N:
                Recall(older: false);
                break;
            case ConsoleKey.I:
                return LineStep.Completing;
            case ConsoleKey.M or ConsoleKey.J:
                return LineStep.Submitted;
            case ConsoleKey.H when Cursor > 0:
                Remove(Before(), Cursor);
                break;
        }

        return LineStep.Edited;
    }

    // Lines that begin with what was typed; the one that was begun is below the newest.
    private void Recall(bool older)
    {
        if (_place == _history.Count)
            (_unfinished, _prefix) = (Text, Text[..Cursor]);
        var place = _place;
        do
        {
            place += older ? -1 : 1;
            if (place < 0 || place > _history.Count)
                return;
        }
        while (place < _history.Count && (_history[place] == Text || !_history[place].StartsWith(_prefix, StringComparison.Ordinal)));
        _place = place;
        Set(place == _history.Count ? _unfinished : _history[place]);
    }

    private void Show(LineSearch search)
    {
        if (search.Found is not { } found)
            return;
        (Text, Cursor) = (found, Math.Max(0, found.IndexOf(search.Query, StringComparison.OrdinalIgnoreCase)));
        _place = _history.Count;
    }

    private void Set(string text) => (Text, Cursor) = (text, text.Length);

    private void Remove(int from, int to)
    {
        (Text, Cursor) = (Text.Remove(from, to - from), from);
        _place = _history.Count;
    }

    // Over both halves of a surrogate pair at once.
    private int Before() => Math.Max(0, Cursor - (Cursor > 1 && char.IsSurrogatePair(Text, Cursor - 2) ? 2 : 1));

    private int After() => Math.Min(Text.Length, Cursor + (Cursor < Text.Length - 1 && char.IsSurrogatePair(Text, Cursor) ? 2 : 1));
}
