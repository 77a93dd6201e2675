using System.Globalization;
using System.Text;
using System.Text.Json;

namespace ActorMonitor.Configuration;

/// <summary>Reads JSON with comments and trailing commas into items that know their place; reports bad syntax, bad text and duplicate keys.</summary>
internal static class JsonTree
{
    private const int MaxDepth = 32;

    /// <summary>The most values in a file: some forty for each job of the most jobs.</summary>
    private const int MaxItems = 4_000_000;

    /// <summary>The root; null when the text is no JSON, which has then been reported.</summary>
    internal static JsonItem? Read(JsonSource source)
    {
        var span = source.Bytes.Span;
        if (span.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) || span.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]))
        {
            source.Report(0, "", "the file is UTF-16: expected JSON in UTF-8");
            return null;
        }

        var reader = new Utf8JsonReader(span, new JsonReaderOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = MaxDepth });
        try
        {
            if (!reader.Read())
            {
                source.Report(0, "", "the file is empty: expected a list of jobs");
                return null;
            }

            var root = new Builder(source).Build(ref reader);
            _ = reader.Read(); // anything but the end throws
            return root;
        }
        catch (JsonException e)
        {
            Report(source, e);
            return null;
        }
    }

    private static void Report(JsonSource source, JsonException exception)
    {
        if (exception.LineNumber is null)
        {
            source.Report(0, "", exception.Message);
            return;
        }

        var isBlank = source.Bytes.Span.IndexOfAnyExcept(" \t\r\n"u8) < 0;
        var offset = source.Offset(exception.LineNumber.Value, exception.BytePositionInLine ?? 0);
        var reason = exception.Message.Split(" LineNumber:", 2)[0].Split(" Path:", 2)[0].TrimEnd('.', ' ');
        var (_, column) = source.Position(offset);
        source.Report(offset, "", isBlank ? "the file is empty: expected a list of jobs" : string.Create(CultureInfo.InvariantCulture, $"the JSON is broken at column {column}: {reason}"));
    }

    private sealed class Builder(JsonSource source)
    {
        private readonly List<(string? Name, int Index)> _path = [];
        private int _count;

        internal JsonItem Build(ref Utf8JsonReader reader)
        {
            if (++_count > MaxItems)
                throw new JsonException($"expected at most {MaxItems} values in the file, found more");
            var offset = (int)reader.TokenStartIndex;
            return reader.TokenType switch
            {
                JsonTokenType.StartObject => BuildObject(ref reader, offset),
                JsonTokenType.StartArray => BuildList(ref reader, offset),
                JsonTokenType.String => TryGetString(ref reader) is { } text
                    ? new JsonItem(JsonKind.Text, offset) { Text = text }
                    : new JsonItem(JsonKind.Unreadable, offset),
                JsonTokenType.Number => new JsonItem(JsonKind.Number, offset)
                {
                    Text = Encoding.ASCII.GetString(reader.ValueSpan[..Math.Min(reader.ValueSpan.Length, 64)]),
                    Number = reader.TryGetDouble(out var number) ? number : double.PositiveInfinity,
                },
                JsonTokenType.True => new JsonItem(JsonKind.Flag, offset) { Text = "true" },
                JsonTokenType.False => new JsonItem(JsonKind.Flag, offset) { Text = "false" },
                _ => new JsonItem(JsonKind.Null, offset) { Text = "null" },
            };
        }

        private JsonItem BuildObject(ref Utf8JsonReader reader, int offset)
        {
            var item = new JsonItem(JsonKind.Object, offset);
            HashSet<string>? seen = null;
            while (Next(ref reader) && reader.TokenType != JsonTokenType.EndObject)
            {
                var nameOffset = (int)reader.TokenStartIndex;
                var name = TryGetString(ref reader);
                _path.Add((name ?? "?", 0));
                _ = Next(ref reader);
                var value = Build(ref reader);
                if (name is not null && (seen ??= []).Add(name))
                    item.Members.Add(new JsonMember(name, nameOffset, value));
                else if (name is not null)
                    source.Report(nameOffset, Path(), "the key is given twice: expected it once");
                _path.RemoveAt(_path.Count - 1);
            }

            return item;
        }

        private JsonItem BuildList(ref Utf8JsonReader reader, int offset)
        {
            var item = new JsonItem(JsonKind.List, offset);
            while (Next(ref reader) && reader.TokenType != JsonTokenType.EndArray)
            {
                _path.Add((null, item.Items.Count));
                item.Items.Add(Build(ref reader));
                _path.RemoveAt(_path.Count - 1);
            }

            return item;
        }

        // On a whole text the reader throws rather than answer false; should it ever answer false, that is broken JSON too.
        private static bool Next(ref Utf8JsonReader reader) => reader.Read() ? true : throw new JsonException("the JSON ends too early");

        private string? TryGetString(ref Utf8JsonReader reader)
        {
            try
            {
                return reader.GetString();
            }
            catch (InvalidOperationException)
            {
                source.Report((int)reader.TokenStartIndex, Path(), "the string is no Unicode text: expected UTF-8 and whole surrogate pairs");
                return null;
            }
        }

        private string Path()
        {
            var path = "$";
            foreach (var (name, index) in _path)
                path = name is null ? JsonPath.At(path, index) : JsonPath.At(path, name);
            return path;
        }
    }
}

/// <summary>Paths into a JSON document, such as <c>$.jobs[2].expect.body</c>.</summary>
internal static class JsonPath
{
    internal static string At(string path, int index) => string.Create(CultureInfo.InvariantCulture, $"{path}[{index}]");

    internal static string At(string path, string name)
        => name.Length is > 0 and <= 64 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '$')
            ? $"{path}.{name}"
            : $"{path}[{JsonItem.Quote(name)}]";
}
