using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.RegularExpressions;
using ActorMonitor.Probes.Matching;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>What a value within JSON has to be, written <c>PATH OPERATOR VALUE</c>.</summary>
internal sealed class JsonAssertion
{
    public const string Accepts = "a list of \"PATH OPERATOR VALUE\" such as \"$.status == \\\"ok\\\"\", \"$.items.length >= 1\", \"$.a[0][\\\"b c\\\"] exists\"; "
        + "operators: ==, !=, <, <=, >, >=, contains, matches, exists, absent; the value is JSON, for `matches` a regular expression";

    private const int MaxShown = 80;

    private readonly string _text;
    private readonly JsonPath _path;
    private readonly Func<JsonElement?, bool> _holds;

    private JsonAssertion(string text, JsonPath path, Func<JsonElement?, bool> holds) => (_text, _path, _holds) = (text, path, holds);

    public static bool TryParse(string text, [NotNullWhen(true)] out JsonAssertion? assertion)
    {
        assertion = null;
        if (text.Length > 2048 || !JsonPath.TryParse(text.Trim(), out var path, out var rest) || rest is not [' ', ..])
            return false;
        var words = rest.Trim().ToString().Split(' ', 2, StringSplitOptions.TrimEntries);
        if (TestOf(words[0], words.Length == 2 ? words[1] : "") is not { } holds)
            return false;
        assertion = new JsonAssertion(text, path, holds);
        return true;
    }

    /// <summary>Why it does not hold; null when it does.</summary>
    public string? Judge(JsonElement root)
    {
        var found = _path.Find(root);
        if (_holds(found))
            return null;
        var raw = found?.GetRawText() ?? "";
        return $"json {_text}: {(found is null ? "there is no such value" : $"it is {(raw.Length > MaxShown ? $"{raw[..MaxShown]}..." : raw)}")}";
    }

    private static Func<JsonElement?, bool>? TestOf(string word, string operand)
    {
        if (operand.Length == 0)
            return word switch { "exists" => found => found is not null, "absent" => found => found is null, _ => null };
        if (word == "matches")
            return TextPattern.TryParse(operand, out var regex) ? found => found is { } value && IsMatch(regex, value) : null;
        if (!TryLiteral(operand, out var literal))
            return null;
        return word switch
        {
            "==" => found => found is { } value && JsonElement.DeepEquals(value, literal),
            "!=" => found => found is not { } value || !JsonElement.DeepEquals(value, literal),
            "<" => Compared(literal, order => order < 0),
            "<=" => Compared(literal, order => order <= 0),
            ">" => Compared(literal, order => order > 0),
            ">=" => Compared(literal, order => order >= 0),
            "contains" => found => found is { } value && Contains(value, literal),
            _ => null,
        };
    }

    private static bool TryLiteral(string text, out JsonElement literal)
    {
        literal = default;
        try
        {
            using var document = JsonDocument.Parse(text);
            literal = document.RootElement.Clone();
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    // Numbers by value, texts by their code points, as instants in ISO 8601 need it; all else has no order.
    private static Func<JsonElement?, bool>? Compared(JsonElement literal, Func<int, bool> isWanted) => literal.ValueKind switch
    {
        JsonValueKind.Number => found => found is { ValueKind: JsonValueKind.Number } value && isWanted(value.GetDouble().CompareTo(literal.GetDouble())),
        JsonValueKind.String => found => found is { ValueKind: JsonValueKind.String } value && isWanted(string.CompareOrdinal(value.GetString(), literal.GetString())),
        _ => null,
    };

    private static bool Contains(JsonElement value, JsonElement literal) => value.ValueKind switch
    {
        JsonValueKind.String => literal.ValueKind == JsonValueKind.String && value.GetString()!.Contains(literal.GetString()!, StringComparison.Ordinal),
        JsonValueKind.Array => value.EnumerateArray().Any(each => JsonElement.DeepEquals(each, literal)),
        JsonValueKind.Object => literal.ValueKind == JsonValueKind.String && value.TryGetProperty(literal.GetString()!, out _),
        _ => false,
    };

    private static bool IsMatch(Regex regex, JsonElement value)
    {
        try
        {
            return regex.IsMatch(value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText());
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }
}
