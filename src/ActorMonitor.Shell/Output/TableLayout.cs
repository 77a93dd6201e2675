using System.Collections.Immutable;

namespace ActorMonitor.Shell;

/// <summary>How wide the columns of a table are.</summary>
internal static class TableLayout
{
    /// <summary>The gap between columns.</summary>
    public const int Gap = 2;

    /// <summary>What stays of a shortened column: enough to tell most names apart.</summary>
    public const int ReadableWidth = 12;

    /// <summary>What stays of a shortened title: enough to tell which it is.</summary>
    public const int ReadableTitle = 5;

    /// <summary>
    /// Makes a table fit: first columns of text are shortened, the widest first, so that many short cells are kept whole and
    /// few long ones pay; then the titles above numbers. Numbers, durations and instants are never cut: half a number is a wrong one.
    /// </summary>
    /// <param name="columns">The columns.</param>
    /// <param name="cells">How wide their cells are.</param>
    /// <param name="titles">How wide their titles are.</param>
    /// <param name="room">The cells of a line; null is any number.</param>
    /// <returns>The widths, and whether they fit.</returns>
    public static (int[] Widths, bool Fits) Fit(ImmutableArray<ShellColumn> columns, int[] cells, int[] titles, int? room)
    {
        int[] widths = [.. cells.Zip(titles, Math.Max)];
        if (room is not { } line)
            return (widths, true);
        var excess = widths.Sum() + (Gap * Math.Max(0, widths.Length - 1)) - line;
        excess = Shrink(widths, excess, i => IsShortened(columns[i]) ? Math.Max(ReadableWidth, titles[i]) : widths[i]);
        excess = Shrink(widths, excess, i => IsShortened(columns[i]) ? widths[i] : Math.Max(ReadableTitle, cells[i]));
        return (widths, excess <= 0);
    }

    /// <summary>Whether a column's cells may be shortened.</summary>
    public static bool IsShortened(ShellColumn column) => column.Kind is ColumnKind.Text or ColumnKind.State;

    /// <summary>What a column usually needs: a live table's widths are set when only its first rows are there.</summary>
    public static int Usual(ShellColumn column) => column.Kind switch
    {
        ColumnKind.Duration => "123.456 ms".Length,
        ColumnKind.State => "Degraded".Length,
        ColumnKind.Number => 4,
        _ => ReadableWidth,
    };

    private static int Shrink(int[] widths, int excess, Func<int, int> least)
    {
        while (excess > 0)
        {
            var widest = -1;
            for (var i = 0; i < widths.Length; i++)
            {
                if (widths[i] > least(i) && (widest < 0 || widths[i] > widths[widest]))
                    widest = i;
            }

            if (widest < 0)
                return excess;
            widths[widest]--;
            excess--;
        }

        return excess;
    }
}
