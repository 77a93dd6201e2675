using System.Collections.Immutable;
using System.Text;

namespace ActorMonitor.Shell;

/// <summary>
/// One table on its way to the screen. It fits the window: texts are shortened, and when even that is not enough, each row
/// becomes a record of <c>name: value</c> fields, see <see cref="RecordLayout"/>. A wrapped table cannot be read at all, and
/// leaving columns out would hide what was asked for, perhaps the one with the failures.
/// </summary>
internal sealed class TextTable(ImmutableArray<ShellColumn> columns, Terminal terminal)
{
    // Rows wait for each other so that their columns line up; after this many the widths stand.
    private const int RowsMeasured = 1_000;

    private readonly List<string[]> _waiting = [];
    private readonly string[] _titles = [.. columns.Select(column => TerminalText.Escape(column.Name.ToUpperInvariant()))];
    private int[] _needed = new int[columns.Length];
    private int[] _widths = [];
    private RecordLayout? _records;
    private bool _begun;

    /// <summary>Whether nothing of it is shown yet.</summary>
    public bool IsNew => !_begun;

    public bool IsEmpty => !_begun && _waiting.Count == 0;

    /// <summary>Whether rows wait to be shown.</summary>
    public bool HasWaiting => _waiting.Count > 0;

    /// <summary>Whether enough rows wait for their widths to stand.</summary>
    public bool IsMeasured => _waiting.Count >= RowsMeasured || (_begun && HasWaiting);

    public void Add(TableRow row) => _waiting.Add([.. row.Values.Take(columns.Length).Select(value => TerminalText.Escape(value.ToString()))]);

    /// <summary>The lines of the rows that wait, with the titles above the first.</summary>
    /// <param name="areMeasured">Whether their widths are those of the table; otherwise it is a live one, and wider rows may follow.</param>
    public IEnumerable<string> Take(bool areMeasured)
    {
        var room = terminal.Room;
        Measure(areMeasured, room);
        if (!_begun && _records is null)
            yield return Line(_titles, isHeader: true);
        _begun = true;
        foreach (var cells in _waiting)
        {
            if (_records is null)
            {
                var line = Line(cells, isHeader: false);
                yield return room is { } width ? TerminalText.Shorten(line, width) : line;
                continue;
            }

            foreach (var line in _records.Lines(cells, room ?? 80))
                yield return line;
        }

        _waiting.Clear();
    }

    // A column grows when a later row needs it and there is room, and never shrinks: the rows before stand already.
    private void Measure(bool areMeasured, int? room)
    {
        foreach (var cells in _waiting)
        {
            for (var i = 0; i < cells.Length; i++)
                _needed[i] = Math.Max(_needed[i], TerminalText.Width(cells[i]));
        }

        int[] titles = [.. _titles.Select(TerminalText.Width)];
        if (!_begun && !areMeasured)
            _needed = Usual(titles, room);
        var (widths, fits) = TableLayout.Fit(columns, _needed, titles, room);
        _widths = widths;
        if (!_begun && !fits)
            _records = new RecordLayout(columns, _needed, terminal.OutputInk);
    }

    // Only where they are not at the cost of another column.
    private int[] Usual(int[] titles, int? room)
    {
        int[] usual = [.. columns.Select((column, i) => Math.Max(_needed[i], TableLayout.Usual(column)))];
        return room is { } line && usual.Zip(titles, Math.Max).Sum() + (TableLayout.Gap * (usual.Length - 1)) > line ? _needed : usual;
    }

    private string Line(string[] cells, bool isHeader)
    {
        var last = Array.FindLastIndex(cells, cell => cell.AsSpan().TrimEnd().Length > 0);
        var line = new StringBuilder();
        for (var i = 0; i <= last; i++)
        {
            if (i > 0)
                line.Append(' ', TableLayout.Gap);
            var isShortened = terminal.IsOutput && (isHeader || TableLayout.IsShortened(columns[i]));
            var cell = isShortened ? TerminalText.Shorten(cells[i], _widths[i]) : cells[i];
            if (i == last)
                cell = cell.TrimEnd();
            var padding = Math.Max(0, _widths[i] - TerminalText.Width(cell));
            var shown = isHeader ? terminal.OutputInk.Header(cell) : columns[i].Kind == ColumnKind.State ? terminal.OutputInk.State(cell) : cell;
            if (columns[i].Kind is ColumnKind.Number or ColumnKind.Duration)
                line.Append(' ', padding).Append(shown);
            else
                line.Append(shown).Append(' ', i == last ? 0 : padding);
        }

        return line.ToString();
    }
}
