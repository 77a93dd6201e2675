namespace ActorMonitor.Shell;

/// <summary>Names in columns that fit the window, read from top to bottom as <c>ls</c> has them.</summary>
internal static class CandidateList
{
    /// <summary>The most names that are shown: of ten thousand jobs nobody reads more.</summary>
    public const int MaxShown = 100;

    private const int Gap = 2;

    public static IEnumerable<string> Lines(IReadOnlyList<string> names, int columns)
    {
        var room = columns > 0 ? columns : 80;
        string[] shown = [.. names.Take(MaxShown).Select(name => TerminalText.Shorten(name, room))];
        if (shown.Length == 0)
            yield break;
        var width = shown.Max(TerminalText.Width) + Gap;
        var across = Math.Max(1, (room + Gap) / width);
        var rows = (shown.Length + across - 1) / across;
        for (var row = 0; row < rows; row++)
        {
            var line = "";
            for (var i = row; i < shown.Length; i += rows)
                line += shown[i] + new string(' ', width - TerminalText.Width(shown[i]));
            yield return line.TrimEnd();
        }

        if (names.Count > MaxShown)
            yield return $"… and {names.Count - MaxShown} more; type more of it";
    }
}
