namespace ActorMonitor.Configuration;

/// <summary>Finds what somebody probably meant to type.</summary>
internal static class ClosestName
{
    private const int MaxLength = 64;

    /// <summary>The known name nearest to a mistyped one; null when none is near.</summary>
    internal static string? To(string typed, IEnumerable<string> known)
    {
        if (typed.Length is 0 or > MaxLength)
            return null;

        string? best = null;
        var bestDistance = int.MaxValue;
        foreach (var name in known)
        {
            var distance = Distance(typed.ToLowerInvariant(), name.ToLowerInvariant());
            if (distance < bestDistance && distance <= Math.Max(1, Math.Min(typed.Length, name.Length) / 3))
                (best, bestDistance) = (name, distance);
        }

        return best;
    }

    /// <summary><c>; did you mean "interval"?</c> or, with nothing near, <paramref name="otherwise"/>.</summary>
    internal static string Hint(string typed, IEnumerable<string> known, string otherwise)
        => To(typed, known) is { } name ? $"; did you mean \"{name}\"?" : otherwise;

    // Insertions, deletions, replacements, and swaps of neighbours count one each.
    private static int Distance(string a, string b)
    {
        if (b.Length > MaxLength)
            return int.MaxValue;
        var rows = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
            rows[i, 0] = i;
        for (var j = 0; j <= b.Length; j++)
            rows[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
        {
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = rows[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                rows[i, j] = Math.Min(replaced, Math.Min(rows[i - 1, j], rows[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
                    rows[i, j] = Math.Min(rows[i, j], rows[i - 2, j - 2] + 1);
            }
        }

        return rows[a.Length, b.Length];
    }
}
