using System.Globalization;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>The header fields of a response, in the order in which they came.</summary>
internal sealed class HttpHeaders
{
    private readonly List<(string Name, string Value)> _fields = [];

    public int Count => _fields.Count;

    public void Add(string name, string value) => _fields.Add((name, value));

    /// <summary>Lengthens the last field, as a folded line does (RFC 9112 section 5.2).</summary>
    public void Extend(string more) => _fields[^1] = (_fields[^1].Name, $"{_fields[^1].Value} {more}");

    /// <summary>A field's values joined by commas (RFC 9110 section 5.3); null when there is none.</summary>
    public string? Get(string name)
    {
        string? joined = null;
        foreach (var field in _fields)
        {
            if (field.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                joined = joined is null ? field.Value : $"{joined}, {field.Value}";
        }

        return joined;
    }

    /// <summary>The first value of a field; null when there is none.</summary>
    public string? First(string name)
    {
        foreach (var field in _fields)
        {
            if (field.Name.Equals(name, StringComparison.OrdinalIgnoreCase))
                return field.Value;
        }

        return null;
    }

    /// <summary>A field's instant (RFC 9110 section 5.6.7); null when there is none that can be read.</summary>
    public DateTimeOffset? Instant(string name)
        => DateTimeOffset.TryParseExact(First(name), "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var instant) ? instant : null;
}
