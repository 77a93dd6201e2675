using System.Diagnostics.CodeAnalysis;
using Akka.Configuration.Hocon;

namespace Akka.Configuration;

/// <summary>
/// Settings read from HOCON: one layer, and under it the fallbacks that answer for what the layer lacks. Immutable.
/// A missing key answers with the given default, else with null, zero or false.
/// </summary>
public class Config
{
    /// <summary>Makes an empty configuration.</summary>
    public Config()
        : this(new HoconRoot(HoconValue.Of(new HoconObject())))
    {
    }

    /// <summary>Makes a configuration of one layer.</summary>
    public Config(HoconRoot root) => Root = root.Value;

    /// <summary>Makes a configuration with the layers of one over those of another.</summary>
    public Config(Config source, Config? fallback)
    {
        Root = source.Root;
        Fallback = source.Fallback is { } next ? new Config(next, fallback) : fallback;
    }

    /// <summary>The layer below, or null.</summary>
    public Config? Fallback { get; }

    /// <summary>The object of the top layer alone.</summary>
    public HoconValue Root { get; }

    /// <summary>Whether the top layer has no key.</summary>
    public virtual bool IsEmpty => Root.IsEmpty;

    /// <summary>A text is a configuration.</summary>
    [SuppressMessage("Usage", "CA2225:Operator overloads have named alternates", Justification = "ConfigurationFactory.ParseString is it.")]
    public static implicit operator Config(string hocon) => ConfigurationFactory.ParseString(hocon);

    /// <summary>Whether some layer has the path.</summary>
    public virtual bool HasPath(string path) => GetNode(path) is not null;

    /// <summary>The part of the configuration under a path, over all layers, or null.</summary>
    public virtual Config? GetConfig(string path)
    {
        var keys = HoconText.SplitPath(path);
        Config? result = null;
        var found = new List<HoconValue>();
        for (var layer = this; layer is not null; layer = layer.Fallback)
        {
            if (layer.Find(keys) is { } value)
                found.Add(value);
        }

        for (var i = found.Count - 1; i >= 0; i--)
            result = new Config(new Config(new HoconRoot(found[i])), result);

        return result;
    }

    /// <summary>The text at a path; an explicit null is null even where there is a default, as in Akka.NET.</summary>
    [return: NotNullIfNotNull(nameof(@default))]
    public virtual string? GetString(string path, string? @default = null) => GetNode(path) is { } value ? value.GetString()! : @default;

    /// <summary>The whole number at a path.</summary>
    public virtual int GetInt(string path, int @default = 0) => Read(path, @default, static v => v.GetInt());

    /// <summary>The whole number at a path.</summary>
    public virtual long GetLong(string path, long @default = 0) => Read(path, @default, static v => v.GetLong());

    /// <summary>The number at a path.</summary>
    public virtual double GetDouble(string path, double @default = 0) => Read(path, @default, static v => v.GetDouble());

    /// <summary>The switch at a path: on, off, true or false.</summary>
    public virtual bool GetBoolean(string path, bool @default = false) => Read(path, @default, static v => v.GetBoolean());

    /// <summary>The size at a path in bytes.</summary>
    public virtual long? GetByteSize(string path, long? @default = null) => Read(path, @default, static v => v.GetByteSize());

    /// <summary>The duration at a path; <c>infinite</c> is minus one millisecond.</summary>
    public virtual TimeSpan GetTimeSpan(string path, TimeSpan? @default = null, bool allowInfinite = true) =>
        Read(path, @default ?? TimeSpan.Zero, v => v.GetTimeSpan(allowInfinite));

    /// <summary>The texts of the array at a path; empty when it is missing.</summary>
    public virtual IList<string> GetStringList(string path, string[]? @default = null) =>
        GetNode(path)?.GetStringList() ?? @default ?? [];

    /// <summary>The same configuration over a further layer.</summary>
    public virtual Config WithFallback(Config? fallback)
    {
        if (ReferenceEquals(fallback, this))
            throw new ArgumentException("A configuration cannot be its own fallback.", nameof(fallback));

        if (fallback is null)
            return this;

        return IsEmpty && Fallback is null ? fallback : new Config(this, fallback);
    }

    /// <summary>The keys of the top objects of all layers, each with its uppermost value.</summary>
    public virtual IEnumerable<KeyValuePair<string, HoconValue>> AsEnumerable()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var layer = this; layer is not null; layer = layer.Fallback)
        {
            foreach (var item in layer.Root.GetObject()?.Items ?? [])
            {
                if (seen.Add(item.Key))
                    yield return item;
            }
        }
    }

    /// <summary>The top layer as HOCON.</summary>
    public override string ToString() => Root.ToString();

    private T Read<T>(string path, T @default, Func<HoconValue, T> read)
    {
        if (GetNode(path) is not { } value)
            return @default;

        try
        {
            return read(value);
        }
        catch (Exception e) when (e is FormatException or OverflowException)
        {
            throw new FormatException($"{path}: {e.Message}", e);
        }
    }

    private HoconValue? GetNode(string path)
    {
        var keys = HoconText.SplitPath(path);
        for (var layer = this; layer is not null; layer = layer.Fallback)
        {
            if (layer.Find(keys) is { } value)
                return value;
        }

        return null;
    }

    private HoconValue? Find(List<string> keys)
    {
        var value = Root;
        foreach (var key in keys)
        {
            if (value.GetChildObject(key) is not { } child)
                return null;

            value = child;
        }

        return value;
    }
}
