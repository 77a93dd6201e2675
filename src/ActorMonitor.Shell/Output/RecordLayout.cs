using System.Collections.Immutable;
using System.Text;

namespace ActorMonitor.Shell;

/// <summary>
/// A row as a record: fields <c>name: value</c> one after the other, as many as a line has room for, the lines after the
/// first indented. A field is as wide as its column's widest, so records of one table line up below each other and can be
/// compared; a field a line would be five times as long and show three records in a window.
/// </summary>
internal sealed class RecordLayout(ImmutableArray<ShellColumn> columns, IReadOnlyList<int> widths, Ink ink)
{
    private const int Gap = 3;
    private const int Indent = 2;

    // One long value does not push everybody's next field to the next line.
    private const int WidestPadding = 24;

    private readonly string[] _names = [.. columns.Select(column => TerminalText.Escape(column.Name) + ": ")];

    /// <summary>The lines of a row. A value longer than a line is not cut: here is the place to read it whole.</summary>
    public IEnumerable<string> Lines(string[] cells, int room)
    {
        var line = new StringBuilder();
        var (used, gap) = (0, 0);
        for (var i = 0; i < cells.Length; i++)
        {
            var name = TerminalText.Width(_names[i]);
            var value = TerminalText.Width(cells[i]);
            if (used > 0 && used + gap + name + value > room)
            {
                yield return line.ToString();
                line.Clear().Append(' ', Indent);
                (used, gap) = (Indent, 0);
            }

            line.Append(' ', gap).Append(ink.Header(_names[i])).Append(columns[i].Kind == ColumnKind.State ? ink.State(cells[i]) : cells[i]);
            used += gap + name + value;
            gap = Gap + Math.Max(0, Math.Min(widths[i], WidestPadding) - value);
        }

        yield return line.ToString();
    }
}
