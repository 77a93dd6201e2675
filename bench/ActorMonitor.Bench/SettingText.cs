using ActorMonitor.Messages;

namespace ActorMonitor.Bench;

/// <summary>A check's settings on the command line.</summary>
internal static class SettingText
{
    /// <summary>Reads <c>path=/x;headers=a: b|c: d</c>: a list has its items apart by "|".</summary>
    public static SettingMap Map(string text)
        => text.Split(';', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=', 2)).Aggregate(
            SettingMap.Empty, (map, pair) => pair[1].Contains('|', StringComparison.Ordinal) ? map.With(pair[0], SettingValue.ListOf([.. pair[1].Split('|', StringSplitOptions.RemoveEmptyEntries)])) : map.With(pair[0], pair[1]));
}
