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
internal sealed class HoconLiteral(string value, bool isQuoted) : IHoconElement
{
    /// <summary>The text without its quotes.</summary>
    public string Value => value;

    public bool IsQuoted => isQuoted;

    public bool IsString() => true;

    public string GetString() => value;

    public override string ToString() => isQuoted ? HoconText.Quote(value) : value;
}

/// <summary>A list of values.</summary>
internal sealed class HoconArray : List<HoconValue>, IHoconElement
{
    public bool IsArray() => true;

    public IList<HoconValue> GetArray() => this;

    public override string ToString() => $"[{string.Join(",", this)}]";
}

/// <summary>A reference <c>${path}</c> or <c>${?path}</c>; the parser replaces it by what it refers to.</summary>
internal sealed class HoconSubstitution(IReadOnlyList<string> path, bool isOptional, int offset) : IHoconElement
{
    public IReadOnlyList<string> Path => path;

    public int Offset => offset;

    public bool IsOptional => isOptional;

    public override string ToString() => $"${{{(isOptional ? "?" : "")}{string.Join('.', path.Select(HoconText.QuoteKey))}}}";
}

/// <summary>Keys and their values, in the order of their first appearance.</summary>
public sealed class HoconObject : IHoconElement
{
    /// <summary>The values by key.</summary>
    public Dictionary<string, HoconValue> Items { get; } = new(StringComparer.Ordinal);

    /// <summary>The value of a key, made empty when it is missing.</summary>
    internal HoconValue GetOrCreateKey(string key) => Items.TryGetValue(key, out var value) ? value : Items[key] = new HoconValue();

    /// <inheritdoc/>
    public override string ToString() => ToString(0);

    /// <summary>The object as HOCON, one key a line, indented by so many levels.</summary>
    internal string ToString(int indent)
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
