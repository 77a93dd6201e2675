using System.Collections.Immutable;

namespace ActorMonitor.Shell;

/// <summary>How wide the columns of a table are.</summary>
internal static class TableLayout
{
    /// <summary>The gap between columns.</summary>
    public const int Gap = 2;

    /// <summary>What stays of a shortened column: enough to tell most names apart.</summary>
    public const int ReadableWidth = 12;

    /// <summary>Shortens columns of text until the table fits, the widest first, so that many short cells are kept whole and few long ones pay.</summary>
    /// <param name="columns">The columns.</param>
    /// <param name="widths">How wide their cells and titles are.</param>
    /// <param name="room">The cells of a line; null is any number.</param>
    /// <returns>The widths, and whether they fit. Numbers, durations and instants are never cut: half a number is a wrong one.</returns>
    public static (int[] Widths, bool Fits) Fit(ImmutableArray<ShellColumn> columns, IReadOnlyList<int> widths, int? room)
    {
        int[] fitted = [.. widths];
        if (room is not { } cells)
            return (fitted, true);
        var excess = fitted.Sum() + (Gap * Math.Max(0, fitted.Length - 1)) - cells;
        while (excess > 0)
        {
            var widest = -1;
            for (var i = 0; i < fitted.Length; i++)
            {
                if (IsShortened(columns[i]) && fitted[i] > Least(columns[i]) && (widest < 0 || fitted[i] > fitted[widest]))
                    widest = i;
            }

            if (widest < 0)
                return (fitted, false);
            fitted[widest]--;
            excess--;
        }

        return (fitted, true);
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

    // A title is never cut: it says what the shortened cells are.
    private static int Least(ShellColumn column) => Math.Max(ReadableWidth, TerminalText.Width(column.Name));
}
