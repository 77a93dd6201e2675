using System.Text;

namespace ActorMonitor.Shell;

/// <summary>Where a session's lines come from.</summary>
internal interface ILineSource
{
    /// <summary>Whether a person types there and wants a prompt.</summary>
    bool IsTerminal { get; }

    /// <summary>The next line; null when there are no more.</summary>
    ValueTask<string?> ReadAsync(string prompt, CancellationToken cancellationToken);
}

/// <summary>Lines from a file or a pipe.</summary>
internal sealed class ReaderLines(TextReader reader) : ILineSource
{
    public bool IsTerminal => false;

    public ValueTask<string?> ReadAsync(string prompt, CancellationToken cancellationToken) => reader.ReadLineAsync(cancellationToken);
}

/// <summary>Lines typed at a terminal, with history and completion.</summary>
internal sealed class TerminalLines(IReadOnlyList<string> completions) : ILineSource
{
    private readonly LineBuffer _line = new(completions);

    public bool IsTerminal => true;

    public ValueTask<string?> ReadAsync(string prompt, CancellationToken cancellationToken)
    {
        // While a line is typed Ctrl+C is a key like others; while a command runs it is a signal.
        Console.TreatControlCAsInput = true;
        try
        {
            return ValueTask.FromResult(Read(prompt));
        }
        finally
        {
            Console.TreatControlCAsInput = false;
        }
    }

    private string? Read(string prompt)
    {
        Draw(prompt);
        while (true)
        {
            var step = _line.Apply(Console.ReadKey(intercept: true));

            // A pasted line is drawn once, not once a character.
            if (step != LineStep.Edited || !Console.KeyAvailable)
                Draw(prompt);
            switch (step)
            {
                case LineStep.Submitted:
                    var done = _line.Text;
                    Console.Out.WriteLine();
                    _line.Begin(done);
                    return done;
                case LineStep.Ended:
                    Console.Out.WriteLine();
                    return null;
                case LineStep.Abandoned:
                    Console.Out.WriteLine("^C");
                    _line.Begin(null);
                    Draw(prompt);
                    break;
                case LineStep.Cleared:
                    Console.Out.Write("\e[H\e[2J");
                    Draw(prompt);
                    break;
                case LineStep.Undecided:
                    Console.Out.WriteLine();
                    Console.Out.WriteLine(string.Join("   ", _line.Possibilities));
                    Draw(prompt);
                    break;
            }
        }
    }

    private void Draw(string prompt) => Console.Out.Write(Drawing(prompt, _line.Text, _line.Cursor, Console.WindowWidth));

    /// <summary>What draws prompt and text on one line; a text too long for it is shown around its cursor.</summary>
    public static string Drawing(string prompt, string text, int cursor, int columns)
    {
        var room = Math.Max(10, (columns > 0 ? columns : 80) - prompt.Length - 1);
        var first = 0;
        while (TerminalText.Width(text[first..cursor]) >= room)
            first++;
        var shown = new StringBuilder();
        foreach (var rune in text.AsSpan(first).EnumerateRunes())
        {
            if (TerminalText.Width(shown.ToString() + rune) > room)
                break;
            shown.Append(rune);
        }

        return $"\r{prompt}{shown}\e[K\r\e[{prompt.Length + TerminalText.Width(text[first..cursor])}C";
    }
}
