using System.Globalization;

namespace Akka.Configuration.Hocon;

/// <summary>The value of a key: text (in one or more pieces), an object, an array, or nothing.</summary>
public sealed class HoconValue : IHoconElement
{
    /// <summary>The pieces of the value; after parsing no substitution is left among them.</summary>
    public List<IHoconElement> Values { get; } = [];

    /// <summary>What an earlier assignment gave the key, as long as a substitution may still need it.</summary>
    internal HoconValue? Overridden { get; set; }

    internal ResolveState State { get; set; }

    /// <summary>Whether the value has no pieces, or is an object without keys.</summary>
    public bool IsEmpty => Values.Count == 0 || Values[0] is HoconObject { Items.Count: 0 };

    /// <inheritdoc/>
    public bool IsString() => Values.Count > 0 && Values.TrueForAll(v => v.IsString());

    /// <summary>Whether the value is an object.</summary>
    public bool IsObject() => GetObject() is not null;

    /// <inheritdoc/>
    public bool IsArray() => Values.Exists(v => v.IsArray());

    /// <summary>The object, or null when the value is none.</summary>
    public HoconObject? GetObject() => Values.Count > 0 ? Values[0] as HoconObject : null;

    /// <summary>The value of a key of the object, or null.</summary>
    internal HoconValue? GetChildObject(string key) => GetObject()?.Items.GetValueOrDefault(key);

    /// <inheritdoc/>
    public IList<HoconValue> GetArray()
    {
        var all = new List<HoconValue>();
        foreach (var value in Values)
            all.AddRange(value.GetArray());

        return all;
    }

    /// <summary>The text, or null for the unquoted word null and for what is no text.</summary>
    public string? GetString()
    {
        if (!IsString())
            return null;

        if (Values is [HoconLiteral only])
            return only is { IsQuoted: false, Value: "null" } ? null : only.Value;

        return string.Concat(Values.Select(v => v.GetString()));
    }

    /// <summary>The texts of an array.</summary>
    public IList<string> GetStringList() => [.. GetArray().Select(v => v.GetString()!)];

    /// <summary>True for <c>on</c> and <c>true</c>, false for <c>off</c> and <c>false</c>; anything else is an error.</summary>
    public bool GetBoolean() => GetString() switch
    {
        "on" or "true" => true,
        "off" or "false" => false,
        var other => throw new NotSupportedException($"'{other}' is no boolean: on, off, true or false."),
    };

    /// <summary>The text as a whole number.</summary>
    public int GetInt() => int.Parse(Number(), NumberStyles.Integer, CultureInfo.InvariantCulture);

    /// <summary>The text as a whole number.</summary>
    public long GetLong() => long.Parse(Number(), NumberStyles.Integer, CultureInfo.InvariantCulture);

    /// <summary>The text as a number.</summary>
    public double GetDouble() => double.Parse(Number(), NumberStyles.Float, CultureInfo.InvariantCulture);

    /// <summary>The text as a duration; a number without a unit is milliseconds.</summary>
    public TimeSpan GetTimeSpan(bool allowInfinite = true) => HoconUnits.ParseDuration(Number(), allowInfinite);

    /// <summary>The text as a number of bytes, or null for null.</summary>
    public long? GetByteSize() => GetString() is { } text ? HoconUnits.ParseBytes(text) : null;

    internal static HoconValue Of(IHoconElement element)
    {
        var value = new HoconValue();
        value.Values.Add(element);
        return value;
    }

    /// <summary>Lays another value under this one: it shows where both are objects, or where a substitution may yet need it.</summary>
    internal void AddMissing(HoconValue other)
    {
        if (Overridden is not null || other.Overridden is not null || HasSubstitution() || other.HasSubstitution())
        {
            var lowest = this;
            while (lowest.Overridden is not null)
                lowest = lowest.Overridden;
            lowest.Overridden = other;
        }
        else if (GetObject() is { } own && other.GetObject() is { } added)
        {
            own.AddMissing(added);
        }
        else
        {
            return;
        }

        State = ResolveState.Open;
    }

    internal bool HasSubstitution() => Values.Exists(v => v is HoconSubstitution);

    /// <inheritdoc/>
    public override string ToString() => ToString(0);

    /// <summary>The value as HOCON, objects indented by so many levels.</summary>
    internal string ToString(int indent)
    {
        if (GetObject() is { } keys)
            return indent == 0 ? keys.ToString(0) : $"{{\n{keys.ToString(indent)}}}";

        if (IsArray())
            return $"[{string.Join(",", GetArray().Select(v => v.IsObject() ? v.ToString(1) : v.ToString()))}]";

        return Values switch
        {
            [] => "\"\"",
            [HoconLiteral only] when only.IsQuoted || HoconText.IsPlain(only.Value, HoconText.NotInText) => only.ToString(),
            _ => HoconText.Quote(GetString() ?? ""),
        };
    }

    private string Number() => GetString()?.Trim() ?? throw new FormatException($"A number is missing where '{this}' stands.");
}

/// <summary>How far the parser is with the substitutions in and under a value.</summary>
internal enum ResolveState
{
    Open,
    OwnPieces,
    OwnPiecesDone,
    Children,
    Done,
}
