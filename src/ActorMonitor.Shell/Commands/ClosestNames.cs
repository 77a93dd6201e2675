namespace ActorMonitor.Shell;

/// <summary>What somebody may have meant.</summary>
public static class ClosestNames
{
    /// <summary>A question such as <c>Did you mean clients?</c>, or an empty text.</summary>
    public static string Question(string typed, IEnumerable<string> names)
    {
        var close = Find(typed, names);
        return close.Length == 0 ? "" : $" Did you mean {string.Join(" or ", close)}?";
    }

    private static string[] Find(string typed, IEnumerable<string> names)
    {
        if (typed.Length is 0 or > 40)
            return [];
        var mostEdits = typed.Length <= 3 ? 1 : 2;
        return
        [
            .. names.Distinct(StringComparer.OrdinalIgnoreCase)
                .Select(name => (Name: name, Edits: name.StartsWith(typed, StringComparison.OrdinalIgnoreCase) ? 0 : Edits(typed.ToLowerInvariant(), name.ToLowerInvariant())))
                .Where(candidate => candidate.Edits <= mostEdits)
                .OrderBy(candidate => candidate.Edits)
                .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
                .Take(3)
                .Select(candidate => candidate.Name),
        ];
    }

    // Insertions, deletions, replacements and swaps of neighbours that turn one text into the other.
    private static int Edits(string a, string b)
    {
        var table = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            table[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            table[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = table[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                table[i, j] = Math.Min(replaced, Math.Min(table[i - 1, j], table[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    table[i, j] = Math.Min(table[i, j], table[i - 2, j - 2] + 1);
            }
        }

        return table[a.Length, b.Length];
    }
}
