namespace ActorMonitor.Shell;

/// <summary>What the last word of a line could become: pbm's own words, and what the node says.</summary>
internal sealed class Completer(Func<IReadOnlyList<string>, CancellationToken, Task<IReadOnlyList<string>>> ask)
{
    /// <summary>The lines that pbm runs by itself at its prompt.</summary>
    public static readonly IReadOnlyList<string> OwnCommands = ["clear", "exit", "help", "quit"];

    public async Task<LineCompletion> CompleteAsync(string typed, CancellationToken cancellationToken)
    {
        var (done, word, _) = LineWords.Unfinished(typed);
        var optionsEnded = done.Contains("--");
        if (!optionsEnded && OwnValues(done, word) is { } values)
            return LineCompletion.Of(typed, values);

        // pbm's own options are not the node's business.
        var line = PbmArguments.ParseLine(done);
        if (line.Problem is not null)
            return LineCompletion.None;
        var candidates = await ask([.. line.Line, word], cancellationToken);
        IEnumerable<string> own = line.Line.Count == 0 && word.Length > 0 ? OwnCommands
            : !optionsEnded && word.StartsWith('-') ? PbmArguments.LineOptions
            : [];
        return LineCompletion.Of(typed, candidates.Concat(own).Order(StringComparer.OrdinalIgnoreCase));
    }

    // After --output there is nothing else, whatever the command is; --watch=2s and the like are not worth a list.
    private static IReadOnlyList<string>? OwnValues(IReadOnlyList<string> done, string word)
    {
        var equals = word.IndexOf('=', StringComparison.Ordinal);
        var (option, prefix) = equals > 0 ? (word[..equals], word[..(equals + 1)]) : (done.Count > 0 ? done[^1] : "", "");
        IReadOnlyList<string>? values = option switch
        {
            "--output" or "-o" => ["json", "table"],
            "--color" => ["always", "auto", "never"],
            _ => null,
        };
        return values is null || prefix.Length == 0 ? values : [.. values.Select(value => prefix + value)];
    }
}
