using System.Collections.Immutable;
using System.Text;

namespace ActorMonitor.Shell;

/// <summary>Outputs for people: tables in aligned columns without borders, failures on the error stream.</summary>
internal sealed class TextRenderer(TextWriter output, TextWriter error) : IShellSink
{
    // Rows wait for each other so that their columns line up; after this many the widths stand.
    private const int RowsMeasured = 1_000;

    private readonly List<string[]> _waiting = [];
    private ImmutableArray<ShellColumn> _columns = [];
    private int[] _widths = [];
    private bool _headerPrinted;
    private bool _anythingPrinted;
    private bool _afterTable;

    public async ValueTask WriteAsync(ShellOutput written)
    {
        switch (written)
        {
            case TableHeader header:
                await EndTableAsync();
                Begin(header.Columns);
                break;
            case TableRow row when !_columns.IsEmpty:
                await AddAsync(row);
                break;
            case TextLine line:
                await EndTableAsync();
                await SeparateAsync();
                foreach (var text in line.Text.ReplaceLineEndings("\n").Split('\n'))
                    await output.WriteLineAsync(TerminalText.Escape(text));
                break;
            case Failure failure:
                await EndTableAsync();
                await output.FlushAsync();
                await error.WriteLineAsync("pbm: " + TerminalText.Escape(failure.Message));
                await error.FlushAsync();
                break;
        }
    }

    public async ValueTask FlushAsync() => await output.FlushAsync();

    public ValueTask AliveAsync() => ValueTask.CompletedTask;

    public async ValueTask EndAsync()
    {
        await EndTableAsync();
        await output.FlushAsync();
    }

    private void Begin(ImmutableArray<ShellColumn> columns)
    {
        _columns = columns;
        _widths = [.. columns.Select(column => TerminalText.Width(Title(column)))];
        _headerPrinted = false;
    }

    private async ValueTask AddAsync(TableRow row)
    {
        var cells = row.Values.Take(_columns.Length).Select(value => TerminalText.Escape(value.ToString())).ToArray();
        if (_headerPrinted)
        {
            await output.WriteLineAsync(Line(cells));
            return;
        }

        for (var i = 0; i < cells.Length; i++)
            _widths[i] = Math.Max(_widths[i], TerminalText.Width(cells[i]));
        _waiting.Add(cells);
        if (_waiting.Count >= RowsMeasured)
            await PrintWaitingAsync();
    }

    private async ValueTask EndTableAsync()
    {
        if (_columns.IsEmpty)
            return;
        var none = !_headerPrinted && _waiting.Count == 0;
        if (!_headerPrinted)
            await PrintWaitingAsync();
        if (none)
            await output.WriteLineAsync("(none)");
        _columns = [];
        _afterTable = true;
    }

    private async ValueTask PrintWaitingAsync()
    {
        if (_anythingPrinted)
            await output.WriteLineAsync();
        await output.WriteLineAsync(Line([.. _columns.Select(Title)]));
        foreach (var cells in _waiting)
            await output.WriteLineAsync(Line(cells));
        _waiting.Clear();
        (_headerPrinted, _anythingPrinted, _afterTable) = (true, true, false);
    }

    private async ValueTask SeparateAsync()
    {
        if (_afterTable)
            await output.WriteLineAsync();
        (_anythingPrinted, _afterTable) = (true, false);
    }

    private string Line(string[] cells)
    {
        var line = new StringBuilder();
        for (var i = 0; i < cells.Length; i++)
        {
            if (i > 0)
                line.Append("  ");
            var padding = Math.Max(0, _widths[i] - TerminalText.Width(cells[i]));
            if (_columns[i].Kind is ColumnKind.Number or ColumnKind.Duration)
                line.Append(' ', padding).Append(cells[i]);
            else
                line.Append(cells[i]).Append(' ', padding);
        }

        return line.ToString().TrimEnd();
    }

    private static string Title(ShellColumn column) => TerminalText.Escape(column.Name.ToUpperInvariant());
}
