using System.Collections;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace ActorMonitor.Messages;

/// <summary>
/// Settings by name; a nested name has dots (<c>body.contains</c>). Equal by content. Read through
/// <see cref="Setting{T}.Read"/>, which knows types, bounds and defaults.
/// </summary>
public sealed class SettingMap : IEnumerable<KeyValuePair<string, SettingValue>>, IEquatable<SettingMap>
{
    /// <summary>No settings.</summary>
    public static readonly SettingMap Empty = new(ImmutableSortedDictionary<string, SettingValue>.Empty.WithComparers(StringComparer.Ordinal));

    private readonly ImmutableSortedDictionary<string, SettingValue> _values;

    private SettingMap(ImmutableSortedDictionary<string, SettingValue> values) => _values = values;

    /// <summary>How many settings there are.</summary>
    public int Count => _values.Count;

    /// <summary>This map and one more single value.</summary>
    public SettingMap With(string name, string value) => With(name, SettingValue.Of(value));

    /// <summary>This map and one more value.</summary>
    public SettingMap With(string name, SettingValue value) => new(_values.SetItem(name, value));

    /// <summary>A setting's value, when it is given.</summary>
    public bool TryGet(string name, [NotNullWhen(true)] out SettingValue? value) => _values.TryGetValue(name, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, SettingValue>> GetEnumerator() => _values.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <inheritdoc/>
    public bool Equals(SettingMap? other) => other is not null && _values.SequenceEqual(other._values);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SettingMap);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (var (name, value) in _values)
        {
            hash.Add(name);
            hash.Add(value);
        }

        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join(", ", _values.Select(pair => $"{pair.Key} = {pair.Value}"));
}
