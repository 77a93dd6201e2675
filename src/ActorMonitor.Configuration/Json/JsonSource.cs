using System.Text;

namespace ActorMonitor.Configuration;

/// <summary>The bytes of a JSON file, its name, and the mistakes found in it.</summary>
internal sealed class JsonSource
{
    private List<int>? _lineStarts;

    internal JsonSource(string file, ReadOnlyMemory<byte> bytes)
    {
        File = file;
        Bytes = bytes.Span.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
    }

    internal string File { get; }

    /// <summary>The text without a byte order mark.</summary>
    internal ReadOnlyMemory<byte> Bytes { get; }

    internal ErrorList Errors { get; } = new();

    internal void Report(int offset, string path, string message)
    {
        var (line, column) = Position(offset);
        Errors.Add(new ConfigurationError(File, line, path, message) { Column = column });
    }

    /// <summary>Reports a key that is not known, with the known one that it is nearest to.</summary>
    internal void ReportUnknown(int offset, string path, string key, IEnumerable<string> known, string otherwise)
    {
        var hint = Errors.IsFull ? "" : ClosestName.Hint(key, known, otherwise);
        Report(offset, JsonPath.At(path, key), "unknown key" + hint);
    }

    /// <summary>The line and column (in characters) of a byte, from 1.</summary>
    internal (int Line, int Column) Position(int offset)
    {
        _lineStarts ??= LineStarts();
        var at = Math.Clamp(offset, 0, Bytes.Length);
        var index = _lineStarts.BinarySearch(at);
        var line = index >= 0 ? index : ~index - 1;
        return (line + 1, Encoding.UTF8.GetCharCount(Bytes.Span[_lineStarts[line]..at]) + 1);
    }

    /// <summary>The byte at a line (from 0) and a number of bytes into it.</summary>
    internal int Offset(long line, long bytesInLine)
    {
        _lineStarts ??= LineStarts();
        return line < _lineStarts.Count ? (int)Math.Min(_lineStarts[(int)line] + bytesInLine, Bytes.Length) : Bytes.Length;
    }

    private List<int> LineStarts()
    {
        var starts = new List<int> { 0 };
        var span = Bytes.Span;
        for (var i = 0; i < span.Length; i++)
        {
            if (span[i] == (byte)'\n')
                starts.Add(i + 1);
        }

        return starts;
    }
}
