using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>
/// A way to one value within JSON: <c>$</c> the whole, <c>.name</c> or <c>["name"]</c> a member, <c>[0]</c> an element,
/// <c>[-1]</c> one from the end, and <c>.length</c> last: how many elements, members or characters there are.
/// </summary>
internal sealed class JsonPath
{
    private const int MaxSteps = 32;

    private readonly List<object> _steps;

    private JsonPath(List<object> steps) => _steps = steps;

    /// <summary>Reads a path at the beginning of a text; the rest of it is what follows.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, [NotNullWhen(true)] out JsonPath? path, out ReadOnlySpan<char> rest)
    {
        path = null;
        rest = text;
        if (text is not ['$', ..])
            return false;
        var steps = new List<object>();
        rest = text[1..];
        while (rest is ['.' or '[', ..] && steps.Count < MaxSteps)
        {
            if (!(rest[0] == '.' ? TryName(ref rest, steps) : TryBracket(ref rest, steps)))
                return false;
        }

        path = new JsonPath(steps);
        return true;
    }

    /// <summary>The value at the end of the way; null when there is none. A length is a number that the text does not hold.</summary>
    public JsonElement? Find(JsonElement root)
    {
        var at = root;
        for (var i = 0; i < _steps.Count; i++)
        {
            if (Step(at, _steps[i]) is { } next)
                at = next;
            else
                return i == _steps.Count - 1 && _steps[i] is "length" ? LengthOf(at) : null;
        }

        return at;
    }

    private static JsonElement? Step(JsonElement at, object step) => step switch
    {
        string name when at.ValueKind == JsonValueKind.Object && at.TryGetProperty(name, out var member) => member,
        int index when at.ValueKind == JsonValueKind.Array && (index >= 0 ? index : at.GetArrayLength() + index) is var place && place >= 0 && place < at.GetArrayLength() => at[place],
        _ => null,
    };

    private static JsonElement? LengthOf(JsonElement at)
    {
        int? length = at.ValueKind switch
        {
            JsonValueKind.Array => at.GetArrayLength(),
            JsonValueKind.Object => at.EnumerateObject().Count(),
            JsonValueKind.String => at.GetString()!.Length,
            _ => null,
        };
        return length is null ? null : JsonSerializer.SerializeToElement(length.Value);
    }

    private static bool TryName(ref ReadOnlySpan<char> rest, List<object> steps)
    {
        var end = 1;
        while (end < rest.Length && (char.IsLetterOrDigit(rest[end]) || rest[end] is '_' or '-'))
            end++;
        steps.Add(rest[1..end].ToString());
        rest = rest[end..];
        return end > 1;
    }

    private static bool TryBracket(ref ReadOnlySpan<char> rest, List<object> steps)
    {
        if (rest.Length > 1 && rest[1] == '"')
        {
            var end = rest[2..].IndexOf("\"]", StringComparison.Ordinal);
            if (end < 0)
                return false;
            steps.Add(rest.Slice(2, end).ToString());
            rest = rest[(end + 4)..];
            return true;
        }

        var close = rest.IndexOf(']');
        if (close < 0 || !int.TryParse(rest[1..close], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var index))
            return false;
        steps.Add(index);
        rest = rest[(close + 1)..];
        return true;
    }
}
