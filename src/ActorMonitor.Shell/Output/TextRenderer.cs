namespace ActorMonitor.Shell;

/// <summary>Outputs for people: tables in aligned columns without borders, failures on the error stream; on a terminal within its width, with colours, progress and pictures.</summary>
internal sealed class TextRenderer(TextWriter output, TextWriter error, Terminal? terminal = null) : IShellSink
{
    private readonly Terminal _terminal = terminal ?? Terminal.None;
    private readonly LinePage _page = new(output, error, terminal ?? Terminal.None);
    private TextTable? _table;
    private Shown _last;

    /// <summary>What stands above the next line, which decides about an empty one between.</summary>
    private enum Shown
    {
        Nothing,
        Text,
        Table,
        Picture,
    }

    public async ValueTask WriteAsync(ShellOutput written)
    {
        switch (written)
        {
            case TableHeader header:
                await EndTableAsync();
                _table = header.Columns.IsEmpty ? null : new TextTable(header.Columns, _terminal);
                break;
            case TableRow row when _table is not null:
                _table.Add(row);
                if (_table.IsMeasured)
                    await ShowRowsAsync(_table, areMeasured: true);
                break;
            case TextLine line:
                await EndTableAsync();
                if (_last is Shown.Table or Shown.Picture)
                    await _page.LineAsync("");
                foreach (var text in line.Text.ReplaceLineEndings("\n").Split('\n').SelectMany(text => TextWrap.Lines(TerminalText.Escape(text), _terminal.Room)))
                    await _page.LineAsync(text);
                _last = Shown.Text;
                break;
            case Failure failure:
                await EndTableAsync();
                await _page.FailureAsync(_terminal.ErrorInk.Failure("pbm: " + TerminalText.Escape(failure.Message)));
                break;
            case Progress progress:
                await _page.ProgressAsync(progress);
                break;
            case Frame:
                await EndTableAsync();
                await _page.BeginPictureAsync();
                _last = _page.DrawsPictures || _last == Shown.Nothing ? Shown.Nothing : Shown.Picture;
                break;
        }
    }

    // A person waits for what there is; into a pipe, tables that come slowly should still be the same tables.
    public TimeSpan Patience => _terminal.IsOutput ? IShellSink.UsualPatience : TimeSpan.FromSeconds(2);

    public async ValueTask FlushAsync() => await output.FlushAsync();

    /// <summary>Nothing comes for a while: what waits is shown, and the table goes on below it.</summary>
    public async ValueTask AliveAsync()
    {
        if (_table is { HasWaiting: true } table)
            await ShowRowsAsync(table, areMeasured: _page.DrawsPictures);
        await _page.ShowAsync();
    }

    public async ValueTask EndAsync()
    {
        await EndTableAsync();
        await _page.EndAsync();
    }

    private async ValueTask EndTableAsync()
    {
        if (_table is not { } table)
            return;
        _table = null;
        if (table.IsEmpty || table.HasWaiting)
            await ShowRowsAsync(table, areMeasured: true);
    }

    private async ValueTask ShowRowsAsync(TextTable table, bool areMeasured)
    {
        if (table.IsNew && _last != Shown.Nothing)
            await _page.LineAsync("");
        var isEmpty = table.IsEmpty;
        foreach (var line in table.Take(areMeasured))
            await _page.LineAsync(line);
        if (isEmpty)
            await _page.LineAsync("(none)");
        _last = Shown.Table;
    }
}
