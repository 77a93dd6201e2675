namespace ActorMonitor.ManagerNode.Feed;

/// <summary>A name, or several by <c>*</c>, which stands for any characters or none.</summary>
/// <param name="Text">As it was typed.</param>
internal sealed record NamePattern(string Text)
{
    private readonly string[] _parts = Text.Split('*');

    /// <summary>Whether it stands for one name only.</summary>
    public bool IsName => _parts.Length == 1;

    public bool Matches(string name)
    {
        var (first, last) = (_parts[0], _parts[^1]);
        if (IsName)
            return name == Text;
        if (!name.StartsWith(first, StringComparison.Ordinal) || !name.AsSpan(first.Length).EndsWith(last, StringComparison.Ordinal))
            return false;

        // Between the ends each part is looked for as far to the left as can be: that leaves the most room for the others.
        var left = name.AsSpan(first.Length, name.Length - first.Length - last.Length);
        foreach (var part in _parts.AsSpan()[1..^1])
        {
            var at = left.IndexOf(part, StringComparison.Ordinal);
            if (at < 0)
                return false;
            left = left[(at + part.Length)..];
        }

        return true;
    }
}
