using System.Text;

namespace Akka.Configuration.Hocon;

/// <summary>A piece of a <see cref="HoconValue"/>: text, an object, an array, or a substitution that is still open.</summary>
public interface IHoconElement
{
    /// <summary>Whether the element is text.</summary>
    bool IsString() => false;

    /// <summary>The text, or null.</summary>
    string? GetString() => null;

    /// <summary>Whether the element is an array.</summary>
    bool IsArray() => false;

    /// <summary>The values of an array; empty for anything else.</summary>
    IList<HoconValue> GetArray() => [];
}

/// <summary>Text: quoted, unquoted, or the blanks between two pieces of text.</summary>
public sealed class HoconLiteral : IHoconElement
{
    internal HoconLiteral(string value, bool isQuoted)
    {
        Value = value;
        IsQuoted = isQuoted;
    }

    /// <summary>The text without its quotes.</summary>
    public string Value { get; }

    internal bool IsQuoted { get; }

    /// <inheritdoc/>
    public bool IsString() => true;

    /// <inheritdoc/>
    public string GetString() => Value;

    /// <inheritdoc/>
    public override string ToString() => IsQuoted ? HoconText.Quote(Value) : Value;
}

/// <summary>A list of values.</summary>
public sealed class HoconArray : List<HoconValue>, IHoconElement
{
    /// <inheritdoc/>
    public bool IsArray() => true;

    /// <inheritdoc/>
    public IList<HoconValue> GetArray() => this;

    /// <inheritdoc/>
    public override string ToString() => $"[{string.Join(",", this)}]";
}

/// <summary>A reference <c>${path}</c> or <c>${?path}</c>; the parser replaces it by what it refers to.</summary>
public sealed class HoconSubstitution : IHoconElement
{
    internal HoconSubstitution(IReadOnlyList<string> path, bool isOptional, int offset)
    {
        Path = path;
        IsOptional = isOptional;
        Offset = offset;
    }

    internal IReadOnlyList<string> Path { get; }

    internal int Offset { get; }

    /// <summary>Whether the target may be missing.</summary>
    public bool IsOptional { get; }

    /// <inheritdoc/>
    public override string ToString() => $"${{{(IsOptional ? "?" : "")}{string.Join('.', Path.Select(HoconText.QuoteKey))}}}";
}

/// <summary>Keys and their values, in the order of their first appearance.</summary>
public sealed class HoconObject : IHoconElement
{
    /// <summary>The values by key.</summary>
    public Dictionary<string, HoconValue> Items { get; } = new(StringComparer.Ordinal);

    /// <summary>The value of a key, or null.</summary>
    public HoconValue? GetKey(string key) => Items.GetValueOrDefault(key);

    /// <summary>The value of a key, made empty when it is missing.</summary>
    public HoconValue GetOrCreateKey(string key)
    {
        if (Items.TryGetValue(key, out var value))
            return value;

        return Items[key] = new HoconValue();
    }

    /// <inheritdoc/>
    public override string ToString() => ToString(0);

    /// <summary>The object as HOCON, one key a line, indented by so many levels.</summary>
    public string ToString(int indent)
    {
        var text = new StringBuilder();
        foreach (var (key, value) in Items)
        {
            text.Append(' ', indent * 2).Append(HoconText.QuoteKey(key));
            if (value.IsObject())
                text.Append(" {\n").Append(value.GetObject()!.ToString(indent + 1)).Append(' ', indent * 2).Append("}\n");
            else
                text.Append(" : ").Append(value.ToString()).Append('\n');
        }

        return text.ToString();
    }

    /// <summary>Lays another object under this one: what this one lacks is taken from there, objects key by key.</summary>
    internal void AddMissing(HoconObject other)
    {
        foreach (var (key, value) in other.Items)
        {
            if (!Items.TryGetValue(key, out var own))
                Items[key] = value;
            else
                own.AddMissing(value);
        }
    }
}

/// <summary>What the parser made of a text.</summary>
public sealed class HoconRoot(HoconValue value)
{
    /// <summary>The value of the whole text, an object.</summary>
    public HoconValue Value { get; } = value;
}
