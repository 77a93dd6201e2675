using System.Text;

namespace ActorMonitor.Shell;

/// <summary>Lines typed at a terminal, with history and completion.</summary>
/// <param name="keys">The keyboard.</param>
/// <param name="output">The terminal.</param>
/// <param name="terminal">Its width and colours.</param>
/// <param name="line">The line with those before it.</param>
/// <param name="history">Keeps the lines for the next run.</param>
/// <param name="complete">What Tab does to the text before the cursor.</param>
internal sealed class TerminalLines(
    IKeyboard keys,
    TextWriter output,
    Terminal terminal,
    LineBuffer line,
    HistoryFile history,
    Func<string, CancellationToken, Task<LineCompletion>> complete) : ILineSource
{
    // Typed while a completion was awaited: more than this nobody types in that time.
    private const int MaxEarlyKeys = 4_096;

    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(15);

    private readonly Queue<ConsoleKeyInfo> _early = new();

    public bool IsTerminal => true;

    public async ValueTask<string?> ReadAsync(string prompt, CancellationToken cancellationToken)
    {
        keys.TakeInterrupts(asKeys: true);
        try
        {
            return await TypeAsync(prompt, cancellationToken);
        }
        finally
        {
            keys.TakeInterrupts(asKeys: false);
        }
    }

    /// <summary>What draws prompt and text on one line; a text too long for it is shown around its cursor.</summary>
    public static string Drawing(string prompt, string text, int cursor, int columns, Ink? ink = null)
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

        return $"\r{(ink ?? Ink.None).Prompt(prompt)}{shown}\e[K\r\e[{prompt.Length + TerminalText.Width(text[first..cursor])}C";
    }

    private async Task<string?> TypeAsync(string prompt, CancellationToken cancellationToken)
    {
        await DrawAsync(prompt);
        while (true)
        {
            var step = line.Apply(_early.TryDequeue(out var early) ? early : keys.Read());

            // A pasted line is drawn once, not once a character.
            if (step != LineStep.Edited || (_early.Count == 0 && !keys.HasKey))
                await DrawAsync(prompt);
            switch (step)
            {
                case LineStep.Submitted:
                    var done = line.Text;
                    await output.WriteLineAsync();
                    await output.FlushAsync(cancellationToken);
                    line.Begin(done);
                    await history.AddAsync(done, cancellationToken);
                    return done;
                case LineStep.Ended:
                    await output.WriteLineAsync();
                    return null;
                case LineStep.Abandoned:
                    await output.WriteLineAsync("^C");
                    line.Begin(null);
                    await DrawAsync(prompt);
                    break;
                case LineStep.Cleared:
                    await output.WriteAsync("\e[H\e[2J");
                    await DrawAsync(prompt);
                    break;
                case LineStep.Completing:
                    await CompleteAsync(cancellationToken);
                    await DrawAsync(prompt);
                    break;
            }
        }
    }

    // The prompt never hangs on the node: keys typed meanwhile are kept for later, and Ctrl+C ends the wait.
    private async Task CompleteAsync(CancellationToken cancellationToken)
    {
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var completing = complete(line.Text[..line.Cursor], ends.Token);
        while (await Task.WhenAny(completing, Task.Delay(BetweenLooks, TimeProvider.System, cancellationToken)) != completing)
        {
            while (_early.Count < MaxEarlyKeys && keys.HasKey)
            {
                var key = keys.Read();
                _early.Enqueue(key);
                if (key is not { Key: ConsoleKey.C, Modifiers: ConsoleModifiers.Control })
                    continue;
                await ends.CancelAsync();
                return;
            }
        }

        var completion = await completing;
        line.Complete(completion);
        if (completion.Possibilities.Count == 0)
            return;
        await output.WriteLineAsync();
        foreach (var row in CandidateList.Lines(completion.Possibilities, terminal.Size().Columns))
            await output.WriteLineAsync(row);
    }

    private async Task DrawAsync(string prompt)
    {
        var shown = line.Search?.Prompt ?? prompt;
        await output.WriteAsync(Drawing(shown, line.Text, line.Cursor, terminal.Size().Columns, terminal.OutputInk));
        await output.FlushAsync();
    }
}
