using System.Globalization;

namespace ActorMonitor.Configuration;

internal enum JsonKind
{
    /// <summary>A text that cannot be read (bad UTF-8); it has been reported, and nothing more is said of it.</summary>
    Unreadable,
    Text,
    Number,
    Flag,
    Null,
    List,
    Object,
}

/// <summary>A JSON value that knows where it stands.</summary>
internal sealed class JsonItem(JsonKind kind, int offset)
{
    internal JsonKind Kind { get; } = kind;

    /// <summary>Its first byte in the file.</summary>
    internal int Offset { get; } = offset;

    /// <summary>A text's characters; the digits of a number as written; <c>true</c>, <c>false</c>, <c>null</c>.</summary>
    internal string Text { get; init; } = "";

    /// <summary>A number's value; infinite when it is too large.</summary>
    internal double Number { get; init; }

    internal List<JsonItem> Items { get; } = kind == JsonKind.List ? [] : NoItems;

    internal List<JsonMember> Members { get; } = kind == JsonKind.Object ? [] : NoMembers;

    /// <summary>The item as a whole number of 64 bits; null when it is none.</summary>
    internal long? WholeNumber => Kind == JsonKind.Number && Math.Abs(Number) <= MaxExactWhole && Math.Floor(Number) == Number ? (long)Number : null;

    private const double MaxExactWhole = 9_007_199_254_740_991; // 2^53 - 1: beyond it a double no longer holds every whole number

    private static readonly List<JsonItem> NoItems = [];
    private static readonly List<JsonMember> NoMembers = [];

    internal JsonItem? Find(string name)
    {
        foreach (var member in Members)
        {
            if (member.Name == name)
                return member.Value;
        }

        return null;
    }

    /// <summary>What it is, as it completes the sentence "found ...".</summary>
    internal string Describe() => Kind switch
    {
        JsonKind.Text => Quote(Text),
        JsonKind.List => "a list",
        JsonKind.Object => "an object",
        JsonKind.Unreadable => "an unreadable string",
        _ => Shorten(Text),
    };

    /// <summary>A text in quotes, of printable characters, at most 40 of them.</summary>
    internal static string Quote(string text)
        => $"\"{string.Concat(Shorten(text).Select(c => IsUnprintable(c) ? $"\\u{(int)c:x4}" : c is '"' or '\\' ? $"\\{c}" : c.ToString()))}\"";

    // Characters that steer a terminal or the direction of writing, and halves of pairs.
    private static bool IsUnprintable(char c)
        => char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;

    private static string Shorten(string text) => text.Length <= 40 ? text : text[..40] + "...";
}

/// <summary>A key and its value.</summary>
internal readonly record struct JsonMember(string Name, int NameOffset, JsonItem Value);
