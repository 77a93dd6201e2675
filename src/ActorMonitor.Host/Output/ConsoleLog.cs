using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Threading.Channels;
using ActorMonitor.Host.Commands;
using ActorMonitor.Messages;

namespace ActorMonitor.Host.Output;

/// <summary>
/// Writes lines to the console off the actors, so that a slow pipe slows nobody: what does not fit into the bounded
/// buffer is dropped, counted, and the count is printed.
/// </summary>
internal sealed class ConsoleLog : IAsyncDisposable
{
    /// <summary>The most lines that wait.</summary>
    public const int Buffer = 10_000;

    private static readonly TimeSpan DrainBound = TimeSpan.FromSeconds(1);

    private readonly Channel<string> _lines;
    private readonly TextWriter _writer;
    private readonly OutputFormat _format;
    private readonly TimeProvider _time;
    private readonly Task _writing;
    private long _dropped;

    /// <summary>Begins to write.</summary>
    /// <param name="writer">The console.</param>
    /// <param name="format">How events are written.</param>
    /// <param name="time">The clock.</param>
    /// <param name="keepsAll">Whether no line is dropped, as there are only so many; then <see cref="DrainAsync"/> ends the log.</param>
    public ConsoleLog(TextWriter writer, OutputFormat format, TimeProvider time, bool keepsAll = false)
    {
        (_writer, _format, _time) = (writer, format, time);
        _lines = keepsAll
            ? Channel.CreateUnbounded<string>(new UnboundedChannelOptions { SingleReader = true })
            : Channel.CreateBounded<string>(new BoundedChannelOptions(Buffer) { SingleReader = true });
        _writing = Task.Run(WriteAsync);
    }

    public void Event(NodeEvent nodeEvent)
        => Write(_format == OutputFormat.Json ? Json(nodeEvent) : Text(nodeEvent, _time.LocalTimeZone));

    /// <summary>Something for people; left out of JSON output.</summary>
    public void Note(string line)
    {
        if (_format == OutputFormat.Text)
            Write(line);
    }

    public void Write(string line)
    {
        if (!_lines.Writer.TryWrite(line))
            _ = Interlocked.Increment(ref _dropped);
    }

    /// <summary><c>[2026-11-22 10:15:01] [ping] [True] [google: 142.250.72.164 - 71.301 ms]</c>.</summary>
    public static string Text(NodeEvent nodeEvent, TimeZoneInfo zone)
        => $"[{TimeZoneInfo.ConvertTime(nodeEvent.At, zone):yyyy-MM-dd HH:mm:ss}] [{nodeEvent.Subject}] [{nodeEvent.Success}] [{Printable(nodeEvent.Details)}]";

    /// <summary>Takes no more lines and waits until the last is written, however long the reader takes.</summary>
    public Task DrainAsync(CancellationToken cancellationToken)
    {
        _ = _lines.Writer.TryComplete();
        return _writing.WaitAsync(cancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        _ = _lines.Writer.TryComplete();
        try
        {
            await _writing.WaitAsync(DrainBound, _time);
        }
        catch (TimeoutException)
        {
            // Nobody reads the pipe; the process ends all the same.
        }
    }

    private static string Json(NodeEvent nodeEvent)
        => JsonSerializer.Serialize(
            new { at = nodeEvent.At, subject = nodeEvent.Subject, success = nodeEvent.Success, details = nodeEvent.Details },
            JsonText.Options);

    // What a peer sent must not steer the terminal: no control characters, and none that turn, join or hide what follows.
    private static string Printable(string text)
    {
        if (!text.EnumerateRunes().Any(Steers))
            return text;
        var clean = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
            _ = Steers(rune) ? clean.Append(' ') : clean.Append(rune.ToString());
        return clean.ToString();
    }

    private static bool Steers(Rune rune)
        => Rune.GetUnicodeCategory(rune) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private async Task WriteAsync()
    {
        try
        {
            while (await _lines.Reader.WaitToReadAsync())
            {
                while (_lines.Reader.TryRead(out var line))
                    await _writer.WriteLineAsync(line);
                if (Interlocked.Exchange(ref _dropped, 0) is > 0 and var dropped)
                    await _writer.WriteLineAsync(_format == OutputFormat.Json ? $"{{\"dropped\":{dropped}}}" : $"({dropped} lines dropped: the console was too slow)");
                await _writer.FlushAsync();
            }
        }
        catch (IOException)
        {
            // The reader of our output is gone (a closed pipe); monitoring goes on without it.
            _ = _lines.Writer.TryComplete();
        }
    }
}

/// <summary>How this program writes JSON.</summary>
internal static class JsonText
{
    public static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
}
