using System.Collections.Immutable;

namespace ActorMonitor.Messages;

/// <summary>
/// A setting's value as it travels: one text, or a list of texts. Numbers and flags are in invariant form
/// (<c>1.5</c>, <c>true</c>), durations in milliseconds (<c>1500ms</c>).
/// </summary>
public sealed class SettingValue : IEquatable<SettingValue>
{
    private SettingValue(ImmutableArray<string> items, bool isList) => (Items, IsList) = (items, isList);

    /// <summary>The texts; exactly one unless <see cref="IsList"/>.</summary>
    public ImmutableArray<string> Items { get; }

    /// <summary>Whether the value is a list.</summary>
    public bool IsList { get; }

    /// <summary>A single value.</summary>
    public static SettingValue Of(string text) => new([text], isList: false);

    /// <summary>A list of values.</summary>
    public static SettingValue ListOf(IEnumerable<string> items) => new([.. items], isList: true);

    /// <inheritdoc/>
    public bool Equals(SettingValue? other) => other is not null && IsList == other.IsList && Items.AsSpan().SequenceEqual(other.Items.AsSpan());

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as SettingValue);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.Add(IsList);
        foreach (var item in Items)
            hash.Add(item);
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => IsList ? $"[{string.Join(", ", Items)}]" : Items[0];
}
