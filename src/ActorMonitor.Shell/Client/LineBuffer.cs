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

    /// <summary>Tab with several possibilities: show <see cref="LineBuffer.Possibilities"/>.</summary>
    Undecided,
}

/// <summary>The line being typed: its text, its cursor, and the lines before it. Keys in, text out; it never sees a terminal.</summary>
internal sealed class LineBuffer(IReadOnlyList<string> completions)
{
    public const int MaxLength = 4_096;
    public const int MaxHistory = 500;

    private readonly List<string> _history = [];
    private int _place;
    private string _unfinished = "";

    public string Text { get; private set; } = "";

    public int Cursor { get; private set; }

    public IReadOnlyList<string> Possibilities { get; private set; } = [];

    /// <summary>Starts a new line; a done one becomes the newest of those before.</summary>
    public void Begin(string? done)
    {
        if (!string.IsNullOrWhiteSpace(done) && (_history.Count == 0 || _history[^1] != done))
            _history.Add(done);
        if (_history.Count > MaxHistory)
            _history.RemoveAt(0);
        (_place, _unfinished) = (_history.Count, "");
        Set("");
    }

    public LineStep Apply(ConsoleKeyInfo key)
    {
        if (key.Modifiers.HasFlag(ConsoleModifiers.Control))
            return ApplyControl(key.Key);
        switch (key.Key)
        {
            case ConsoleKey.Enter:
                return LineStep.Submitted;
            case ConsoleKey.Tab:
                return Complete();
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
                Recall(_place - 1);
                break;
            case ConsoleKey.DownArrow:
                Recall(_place + 1);
                break;
            default:
                if (!char.IsControl(key.KeyChar) && Text.Length < MaxLength)
                {
                    Text = Text.Insert(Cursor, key.KeyChar.ToString());
                    Cursor++;
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
            case ConsoleKey.A:
                Cursor = 0;
                break;
            case ConsoleKey.E:
                Cursor = Text.Length;
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
                Recall(_place - 1);
                break;
            case ConsoleKey.N:
                Recall(_place + 1);
                break;
            case ConsoleKey.M or ConsoleKey.J:
                return LineStep.Submitted;
            case ConsoleKey.H when Cursor > 0:
                Remove(Before(), Cursor);
                break;
        }

        return LineStep.Edited;
    }

    private void Recall(int place)
    {
        if (place < 0 || place > _history.Count)
            return;
        if (_place == _history.Count)
            _unfinished = Text;
        _place = place;
        Set(place == _history.Count ? _unfinished : _history[place]);
    }

    // Completes as far as all names that begin with the text agree, word by word.
    private LineStep Complete()
    {
        var typed = Text[..Cursor];
        var fitting = completions.Where(name => name.StartsWith(typed, StringComparison.OrdinalIgnoreCase)).ToArray();
        if (fitting.Length == 0)
            return LineStep.Edited;
        var common = fitting.Aggregate((a, b) => a[..Common(a, b)]);
        if (fitting.Length == 1)
            common += " ";
        if (common.Length > typed.Length)
        {
            (Text, Cursor) = (common + Text[Cursor..], common.Length);
            return LineStep.Edited;
        }

        Possibilities = fitting;
        return fitting.Length > 1 ? LineStep.Undecided : LineStep.Edited;
    }

    private static int Common(string a, string b)
    {
        var length = 0;
        while (length < a.Length && length < b.Length && char.ToLowerInvariant(a[length]) == char.ToLowerInvariant(b[length]))
            length++;
        return length;
    }

    private void Set(string text) => (Text, Cursor) = (text, text.Length);

    private void Remove(int from, int to) => (Text, Cursor) = (Text.Remove(from, to - from), from);

    // Over both halves of a surrogate pair at once.
    private int Before() => Math.Max(0, Cursor - (Cursor > 1 && char.IsSurrogatePair(Text, Cursor - 2) ? 2 : 1));

    private int After() => Math.Min(Text.Length, Cursor + (Cursor < Text.Length - 1 && char.IsSurrogatePair(Text, Cursor) ? 2 : 1));
}
