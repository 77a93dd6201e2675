using System.Globalization;
using ActorMonitor.Messages;

namespace ActorMonitor.Configuration;

/// <summary>Reads a job's <c>settings</c> or <c>expect</c> against what its service knows.</summary>
/// <param name="source">The file.</param>
/// <param name="service">The service's name, for messages.</param>
/// <param name="known">What it knows here.</param>
/// <param name="elsewhere">What it knows in the job's other block, and that block's key.</param>
internal sealed class SettingsBlockReader(JsonSource source, string service, SettingGroup known, (SettingGroup Known, string Key) elsewhere)
{
    internal SettingMap Read(JsonItem block, string path) => Read(block, path, known, "", SettingMap.Empty);

    private SettingMap Read(JsonItem block, string path, SettingGroup group, string prefix, SettingMap map)
    {
        foreach (var (name, nameOffset, value) in block.Members)
        {
            var at = JsonPath.At(path, name);
            if (!group.Parts.TryGetValue(name, out var part))
                source.Report(nameOffset, at, source.Errors.IsFull ? "unknown key" : Unknown(name, group, prefix));
            else if (value.Kind == JsonKind.Object && part.Parts.Count > 0)
                map = Read(value, at, part, prefix + name + ".", map);
            else if (part.Leaf is not { } setting)
                Report(value, at, $"an object of {List(part)}");
            else if (TryConvert(setting, value, at) is { } converted)
                map = map.With(setting.Name, converted);
        }

        return map;
    }

    private string Unknown(string name, SettingGroup group, string prefix)
    {
        var nested = name.Split('.', 2);
        if (nested.Length == 2 && group.Parts.ContainsKey(nested[0]))
            return $"unknown key; write it nested: \"{nested[0]}\": {{ \"{nested[1]}\": ... }}";
        if (prefix.Length == 0 && elsewhere.Known.Parts.ContainsKey(name))
            return $"unknown key; {service} has it under \"{elsewhere.Key}\"";
        var accepted = group.Parts.Count == 0 ? $"; {service} has none here" : $"; {(prefix.Length == 0 ? service : prefix.TrimEnd('.'))} has {List(group)}";
        return "unknown key" + ClosestName.Hint(name, group.Parts.Keys, accepted);
    }

    private static string List(SettingGroup group) => string.Join(", ", group.Parts.Keys);

    private SettingValue? TryConvert(Setting setting, JsonItem item, string path)
    {
        if (item.Kind == JsonKind.Unreadable)
            return null;
        var value = setting.Kind switch
        {
            SettingKind.Text => item.Kind == JsonKind.Text ? SettingValue.Of(item.Text) : null,
            SettingKind.Choice => item.Kind == JsonKind.Text ? SettingValue.Of(AsListed(setting, item.Text)) : null,
            SettingKind.Integer => item.WholeNumber is { } whole ? SettingValue.Of(whole.ToString(CultureInfo.InvariantCulture)) : null,
            SettingKind.Number => item.Kind == JsonKind.Number && double.IsFinite(item.Number) ? SettingValue.Of(item.Number.ToString("R", CultureInfo.InvariantCulture)) : null,
            SettingKind.Flag => item.Kind == JsonKind.Flag ? SettingValue.Of(item.Text) : null,
            SettingKind.Duration => JsonDuration.TryRead(item, out var duration) ? SettingValue.Of(JsonDuration.Canonical(duration)) : null,
            SettingKind.TextList => TryList(item),
            _ => null,
        };
        if (value is not null && setting.Validate(value) is null)
            return value;

        Report(item, path, setting.Accepts);
        return null;
    }

    private static string AsListed(Setting setting, string text)
        => setting.Choices.FirstOrDefault(choice => choice.Equals(text, StringComparison.OrdinalIgnoreCase)) ?? text;

    private static SettingValue? TryList(JsonItem item)
        => item.Kind == JsonKind.List && item.Items.TrueForAll(each => each.Kind == JsonKind.Text) ? SettingValue.ListOf(item.Items.Select(each => each.Text)) : null;

    private void Report(JsonItem item, string path, string accepts)
    {
        if (item.Kind == JsonKind.List)
            source.Report(item.Offset, path, $"expected {accepts}, found [{string.Join(", ", item.Items.Take(5).Select(each => each.Describe()))}{(item.Items.Count > 5 ? ", ..." : "")}]");
        else if (item.Kind != JsonKind.Unreadable)
            source.Report(item.Offset, path, $"expected {accepts}, found {item.Describe()}");
    }
}
