using System.Text;

namespace ActorMonitor.Shell;

/// <summary>
/// Where lines go: below each other, or as pictures that are drawn in one place. On a terminal it keeps a line of progress
/// below them, which is gone before anything else is written.
/// </summary>
internal sealed class LinePage(TextWriter output, TextWriter error, Terminal terminal)
{
    private const int BarLength = 20;

    // Higher than any window: a view that never ends does not fill the memory.
    private const int MaxPictureLines = 500;

    private readonly List<string> _picture = [];
    private int _linesLeftOut;
    private bool _drawsPictures;
    private bool _pictureIsNew;
    private bool _drewBefore;
    private string _progress = "";

    /// <summary>Whether lines belong to a picture drawn in one place.</summary>
    public bool DrawsPictures => _drawsPictures;

    public async ValueTask LineAsync(string line)
    {
        await EraseProgressAsync();
        if (!_drawsPictures)
            await output.WriteLineAsync(line);
        else
            Add(line);
    }

    public async ValueTask FailureAsync(string line)
    {
        await EraseProgressAsync();

        // In a live view a failure has its place in the picture: beside it, the next one would overwrite it.
        if (_drawsPictures && terminal.IsError)
        {
            Add(line);
            return;
        }

        await output.FlushAsync();
        await error.WriteLineAsync(line);
        await error.FlushAsync();
    }

    /// <summary>Shows how far it is, on the error stream's terminal, so that piped output stays clean.</summary>
    public async ValueTask ProgressAsync(Progress progress)
    {
        if (!terminal.IsError)
            return;
        var text = TerminalText.Escape(progress.Text.ReplaceLineEndings(" "));
        if (progress.Fraction is { } fraction)
        {
            var done = (int)(fraction * BarLength);
            text = $"[{new string('=', done)}{(done < BarLength ? ">" : "")}{new string(' ', Math.Max(0, BarLength - done - 1))}] {(int)(fraction * 100),3}% {text}";
        }

        // One cell stays free: a full line would wrap, and what wrapped cannot be erased.
        var columns = terminal.Size().Columns;
        text = TerminalText.Shorten(text, (columns > 0 ? columns : 80) - 1);
        if (text == _progress)
            return;
        await output.FlushAsync();
        _progress = text;
        await error.WriteAsync($"\r{text}\e[K");
        await error.FlushAsync();
    }

    /// <summary>Begins the next picture, once the one before is drawn.</summary>
    public async ValueTask BeginPictureAsync()
    {
        await ShowAsync();
        _drawsPictures = terminal.IsOutput;
        _picture.Clear();
        _linesLeftOut = 0;
        _pictureIsNew = _drawsPictures;
    }

    /// <summary>Shows what there is so far.</summary>
    public async ValueTask ShowAsync()
    {
        if (_pictureIsNew)
            await DrawAsync();
        await output.FlushAsync();
    }

    public async ValueTask EndAsync()
    {
        await EraseProgressAsync();
        await ShowAsync();
    }

    private void Add(string line)
    {
        if (_picture.Count < MaxPictureLines)
            _picture.Add(line);
        else
            _linesLeftOut++;
        _pictureIsNew = true;
    }

    // Written at once, from the top left, each line cleared behind its end and the rest below: nothing is blank in between, so nothing flickers.
    private async ValueTask DrawAsync()
    {
        _pictureIsNew = false;
        var (columns, rows) = terminal.Size();

        // The last row stays free for the cursor: a line end there would scroll the picture away.
        var lines = _picture.Count + _linesLeftOut;
        var room = rows > 2 ? rows - 1 : _picture.Count;
        var shown = lines <= room ? lines : Math.Min(_picture.Count, room - 1);
        var drawing = new StringBuilder(_drewBefore ? "\e[H" : "\e[H\e[2J");
        foreach (var line in _picture.Take(shown))
            drawing.Append(columns > 0 ? TerminalText.Shorten(line, columns) : line).Append("\e[K\r\n");
        if (shown < lines)
            drawing.Append(terminal.OutputInk.Aside($"… {lines - shown} more lines")).Append("\e[K\r\n");
        _drewBefore = true;
        await output.WriteAsync(drawing.Append("\e[J"));
    }

    private async ValueTask EraseProgressAsync()
    {
        if (_progress.Length == 0)
            return;
        _progress = "";
        await error.WriteAsync("\r\e[K");
        await error.FlushAsync();
    }
}
