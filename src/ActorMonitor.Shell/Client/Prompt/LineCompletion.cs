namespace ActorMonitor.Shell;

/// <summary>What Tab does to a line, once it is known what its unfinished word could become.</summary>
/// <param name="Replacement">What stands in the place of the unfinished word; null when nothing changes.</param>
/// <param name="Start">Where that word begins.</param>
/// <param name="Possibilities">What there is to choose from, when that is still open.</param>
internal sealed record LineCompletion(string? Replacement, int Start, IReadOnlyList<string> Possibilities)
{
    public static readonly LineCompletion None = new(null, 0, []);

    private const int LongestCandidate = 256;

    /// <summary>Completes as far as all candidates agree; a space follows the only one.</summary>
    /// <param name="typed">The line up to the cursor.</param>
    /// <param name="candidates">What the node and pbm itself have for its last word.</param>
    public static LineCompletion Of(string typed, IEnumerable<string> candidates)
    {
        var (_, word, start) = LineWords.Unfinished(typed);

        // A name that cannot be typed as it is, with a control in it for example, is none.
        string[] fitting =
        [
            .. candidates.Where(candidate => candidate.Length is > 0 and <= LongestCandidate
                    && candidate.StartsWith(word, StringComparison.OrdinalIgnoreCase)
                    && TerminalText.Escape(candidate) == candidate)
                .Distinct(),
        ];
        if (fitting.Length == 0)
            return None;
        if (fitting.Length == 1)
            return new LineCompletion(LineWords.Quote(fitting[0]) + (fitting[0].EndsWith('=') ? "" : " "), start, []);

        var common = fitting.Aggregate((a, b) => a[..Common(a, b)]);
        if (common.Length <= word.Length)
            return new LineCompletion(null, start, fitting);

        // Whatever follows belongs to the name: the quote stays open.
        var isQuoted = typed[start..].AsSpan().IndexOfAny('"', '\'') >= 0 || LineWords.Quote(common) != common;
        return new LineCompletion(isQuoted ? LineWords.Open(common) : common, start, []);
    }

    private static int Common(string a, string b)
    {
        var length = 0;
        while (length < a.Length && length < b.Length && char.ToLowerInvariant(a[length]) == char.ToLowerInvariant(b[length]))
            length++;

        // Not between the halves of a surrogate pair.
        return length > 0 && char.IsHighSurrogate(a[length - 1]) ? length - 1 : length;
    }
}
