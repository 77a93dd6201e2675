using System.Collections.Immutable;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace ActorMonitor.Shell;

/// <summary>Outputs for programs: one JSON object a line. A row's keys are its columns, a sentence is <c>text</c>, a failure is <c>error</c>.</summary>
internal sealed class JsonRenderer(TextWriter output, TextWriter error) : IShellSink
{
    private static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private ImmutableArray<string> _keys = [];

    public async ValueTask WriteAsync(ShellOutput written)
    {
        switch (written)
        {
            case TableHeader header:
                _keys = [.. header.Columns.Select(column => Key(column.Name))];
                break;
            case TableRow row:
                await output.WriteLineAsync(Object(json => WriteRow(json, row.Values)));
                break;
            case TextLine line:
                foreach (var text in line.Text.ReplaceLineEndings("\n").Split('\n'))
                    await output.WriteLineAsync(Object(json => json.WriteString("text", text)));
                break;
            case Failure failure:
                await output.FlushAsync();
                await error.WriteLineAsync(Object(json => json.WriteString("error", failure.Message)));
                await error.FlushAsync();
                break;
        }
    }

    public async ValueTask FlushAsync() => await output.FlushAsync();

    public ValueTask AliveAsync() => FlushAsync();

    public ValueTask EndAsync() => FlushAsync();

    private void WriteRow(Utf8JsonWriter json, ImmutableArray<ShellValue> values)
    {
        for (var i = 0; i < Math.Min(values.Length, _keys.Length); i++)
        {
            json.WritePropertyName(_keys[i]);
            ShellValueConverter.Write(json, values[i]);
        }
    }

    // The relaxed encoder leaves invisible formats in place; Escape's form is JSON's own.
    private static string Object(Action<Utf8JsonWriter> members)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream, Options))
        {
            json.WriteStartObject();
            members(json);
            json.WriteEndObject();
        }

        return TerminalText.Escape(Encoding.UTF8.GetString(stream.GetBuffer().AsSpan(0, (int)stream.Length)));
    }

    private static string Key(string column)
    {
        var words = column.Split((char[])[' ', '-'], StringSplitOptions.RemoveEmptyEntries);
        return string.Concat(words.Select((word, i) => i == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..]));
    }
}
