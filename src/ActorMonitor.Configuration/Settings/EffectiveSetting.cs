namespace ActorMonitor.Configuration;

/// <summary>A key with the value that counts, whether it was written or not.</summary>
/// <param name="Path">The key: <c>actor-monitor.monitor.queue</c>.</param>
/// <param name="Value">Its value as text; of a secret the secret itself, see <see cref="Shown"/>.</param>
/// <param name="Source">Where it was written: the file as it was named, or <c>--set</c>; null for a default.</param>
/// <param name="Line">The line in the file, from 1; null when it is not known.</param>
/// <param name="IsSecret">Whether nobody is to read it.</param>
public sealed record EffectiveSetting(string Path, string Value, string? Source, int? Line, bool IsSecret)
{
    /// <summary>The value as it may be shown.</summary>
    public string Shown => IsSecret && Value.Length > 0 ? "***" : Value;

    /// <summary>Where it comes from: <c>default</c>, <c>--set</c> or <c>FILE:LINE</c>.</summary>
    public string From => Source is null ? "default" : Line is { } line ? $"{Source}:{line}" : Source;

    /// <summary>Without a secret.</summary>
    public override string ToString() => $"{Path} = {Shown} ({From})";
}

/// <summary>Collects the values that are read; those of Akka's section as they were written.</summary>
internal sealed class EffectiveSettings
{
    private readonly List<EffectiveSetting> _settings = [];

    internal IReadOnlyList<EffectiveSetting> All => _settings;

    internal void Add(string path, HoconItem? item, string value, bool isSecret = false)
    {
        var isWritten = item is not null && item.Source != HoconSource.BuiltIn;
        _settings.Add(new EffectiveSetting(path, value, isWritten ? item!.Source.Name : null, isWritten ? item!.Source.Lines?.Find(path) : null, isSecret));
    }

    /// <summary>Adds all that is written under a path.</summary>
    internal void AddWritten(HoconItem item, string path)
    {
        if (item.Members is not { } members)
        {
            Add(path, item, Text(item), LooksSecret(path));
            return;
        }

        foreach (var (key, value) in members)
            AddWritten(value, HoconPath.At(path, key));
    }

    private static string Text(HoconItem item)
        => item.Text ?? (item.Items is { } items ? $"[{string.Join(", ", items.Select(Text))}]" : "{...}");

    // Akka's section is not ours: what its keys hold is judged by their names.
    private static bool LooksSecret(string path)
    {
        var key = path[(path.LastIndexOf('.') + 1)..];
        return key.Equals("key", StringComparison.OrdinalIgnoreCase)
            || key.EndsWith("-key", StringComparison.OrdinalIgnoreCase)
            || Array.Exists(["password", "passphrase", "secret", "token"], word => key.Contains(word, StringComparison.OrdinalIgnoreCase));
    }
}
