using Akka.Configuration;
using Akka.Configuration.Hocon;

namespace ActorMonitor.Configuration;

/// <summary>A HOCON value, merged over its layers, that knows which layer it came from.</summary>
internal sealed class HoconItem
{
    private HoconItem(HoconSource source) => Source = source;

    /// <summary>Where the value was written; of a merged object the file, when it is in it.</summary>
    internal HoconSource Source { get; }

    /// <summary>The text; null when the value is no text.</summary>
    internal string? Text { get; private init; }

    /// <summary>The values of a list; null when the value is no list.</summary>
    internal IReadOnlyList<HoconItem>? Items { get; private init; }

    /// <summary>The keys of an object in their order; null when the value is no object.</summary>
    internal IReadOnlyDictionary<string, HoconItem>? Members { get; private init; }

    /// <summary>The values of a configuration that has no fallback: one layer.</summary>
    internal static HoconItem Of(Config layer, HoconSource source) => Of(layer.Root, source);

    /// <summary>This value over another: objects merge key by key, anything else hides what is under it.</summary>
    internal HoconItem Over(HoconItem lower)
    {
        if (Members is null || lower.Members is null)
            return this;

        var merged = new Dictionary<string, HoconItem>(lower.Members, StringComparer.Ordinal);
        foreach (var (key, value) in Members)
            merged[key] = lower.Members.TryGetValue(key, out var under) ? value.Over(under) : value;
        return new HoconItem(Source.Lines is null && lower.Source.Lines is not null ? lower.Source : Source) { Members = merged };
    }

    /// <summary>The value at a path of keys; null when there is none.</summary>
    internal HoconItem? Find(params ReadOnlySpan<string> keys)
    {
        var item = this;
        foreach (var key in keys)
        {
            if (item.Members is null || !item.Members.TryGetValue(key, out item))
                return null;
        }

        return item;
    }

    /// <summary>What it is, as it completes the sentence "found ...".</summary>
    internal string Describe() => Text is not null ? JsonItem.Quote(Text) : Items is not null ? "a list" : "an object";

    // An object without keys and a value without pieces look alike; either is an empty object.
    private static HoconItem Of(HoconValue value, HoconSource source)
    {
        if (value.GetObject() is { } keys)
            return new HoconItem(source) { Members = keys.Items.ToDictionary(pair => pair.Key, pair => Of(pair.Value, source), StringComparer.Ordinal) };
        // Text before list: a substitution calls itself a list whatever it stands for, but a text only when it stands for one.
        if (value.IsString())
            return new HoconItem(source) { Text = value.GetString() ?? "null" };
        return value.Values.Exists(piece => piece.IsArray())
            ? new HoconItem(source) { Items = [.. value.GetArray().Select(each => Of(each, source))] }
            : new HoconItem(source) { Members = new Dictionary<string, HoconItem>() };
    }
}

/// <summary>Where HOCON came from.</summary>
/// <param name="Name">The file, or <c>--set</c>.</param>
/// <param name="Lines">The lines of its keys; null when it has none.</param>
internal sealed record HoconSource(string Name, HoconLines? Lines)
{
    internal const string OverrideName = "--set";

    internal static readonly HoconSource Override = new(OverrideName, null);

    internal static readonly HoconSource NoFile = new("(no configuration file)", null);

    /// <summary>The defaults that every node runs with; they are right, so that no mistake names them.</summary>
    internal static readonly HoconSource BuiltIn = new("(defaults)", null);

    /// <summary>The folder that relative paths start from: the file's, and for the command line the working folder.</summary>
    internal string Folder => Lines is null ? "" : Path.GetDirectoryName(Name) ?? "";
}

/// <summary>Paths into HOCON, such as <c>actor-monitor.manager.monitors[0].address</c>.</summary>
internal static class HoconPath
{
    internal static string At(string path, string key)
    {
        var isPlain = key.Length is > 0 and <= 128 && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '/');
        var segment = isPlain ? key : JsonItem.Quote(key);
        return path.Length == 0 ? segment : $"{path}.{segment}";
    }

    internal static string At(string path, int index) => JsonPath.At(path, index);
}
