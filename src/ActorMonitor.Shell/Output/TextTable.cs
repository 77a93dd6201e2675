using System.Collections.Immutable;
using System.Text;

namespace ActorMonitor.Shell;

/// <summary>
/// One table on its way to the screen. It fits the window: columns of text are shortened, and when even that is not enough,
/// each row becomes a record of <c>name: value</c> lines. A wrapped table cannot be read at all, and leaving columns out would
/// hide what was asked for; a record is long, but complete.
/// </summary>
internal sealed class TextTable(ImmutableArray<ShellColumn> columns, Terminal terminal)
{
    // Rows wait for each other so that their columns line up; after this many the widths stand.
    private const int RowsMeasured = 1_000;

    private readonly List<string[]> _waiting = [];
    private int[] _needed = [.. columns.Select(column => TerminalText.Width(Title(column)))];
    private int[] _widths = [];
    private bool _asRecords;
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
        foreach (var cells in _waiting)
        {
            for (var i = 0; i < cells.Length; i++)
                _needed[i] = Math.Max(_needed[i], TerminalText.Width(cells[i]));
        }

        // A column grows when a later row needs it and there is room, and never shrinks: the rows before stand already.
        var room = terminal.Room;
        if (!_begun && !areMeasured)
            _needed = Usual(room);
        var (widths, fits) = TableLayout.Fit(columns, _needed, room);
        _widths = widths;
        if (!_begun)
        {
            _asRecords = !fits;
            if (!_asRecords)
                yield return Line([.. columns.Select(Title)], isHeader: true);
        }

        foreach (var cells in _waiting)
        {
            if (!_asRecords)
            {
                var line = Line(cells, isHeader: false);
                yield return room is { } width ? TerminalText.Shorten(line, width) : line;
                continue;
            }

            if (_begun)
                yield return "";
            foreach (var line in Record(cells))
                yield return line;
            _begun = true;
        }

        _begun = true;
        _waiting.Clear();
    }

    // Only where they are not at the cost of another column.
    private int[] Usual(int? room)
    {
        int[] usual = [.. columns.Select((column, i) => Math.Max(_needed[i], TableLayout.Usual(column)))];
        return room is { } cells && usual.Sum() + (TableLayout.Gap * (usual.Length - 1)) > cells ? _needed : usual;
    }

    private IEnumerable<string> Record(string[] cells)
    {
        var names = columns.Max(column => TerminalText.Width(Name(column))) + 1;
        for (var i = 0; i < cells.Length; i++)
        {
            var name = Name(columns[i]) + ":";
            yield return $"{terminal.OutputInk.Header(name)}{new string(' ', Math.Max(0, names - TerminalText.Width(name)))} {Coloured(cells[i], i)}";
        }
    }

    private string Line(string[] cells, bool isHeader)
    {
        var last = Array.FindLastIndex(cells, cell => cell.AsSpan().TrimEnd().Length > 0);
        var line = new StringBuilder();
        for (var i = 0; i <= last; i++)
        {
            if (i > 0)
                line.Append(' ', TableLayout.Gap);
            var isShortened = terminal.IsOutput && TableLayout.IsShortened(columns[i]);
            var cell = isShortened ? TerminalText.Shorten(cells[i], _widths[i]) : cells[i];
            if (i == last)
                cell = cell.TrimEnd();
            var padding = Math.Max(0, _widths[i] - TerminalText.Width(cell));
            var shown = isHeader ? terminal.OutputInk.Header(cell) : Coloured(cell, i);
            if (columns[i].Kind is ColumnKind.Number or ColumnKind.Duration)
                line.Append(' ', padding).Append(shown);
            else
                line.Append(shown).Append(' ', i == last ? 0 : padding);
        }

        return line.ToString();
    }

    private string Coloured(string cell, int column) => columns[column].Kind == ColumnKind.State ? terminal.OutputInk.State(cell) : cell;

    private static string Name(ShellColumn column) => TerminalText.Escape(column.Name);

    private static string Title(ShellColumn column) => TerminalText.Escape(column.Name.ToUpperInvariant());
}
