using System.Collections.Immutable;
using ActorMonitor.Messages;

namespace ActorMonitor.Configuration;

/// <summary>A service's settings as a tree: <c>body.contains</c> is <c>contains</c> in the group <c>body</c>.</summary>
internal sealed class SettingGroup
{
    private readonly Dictionary<string, SettingGroup> _parts = new(StringComparer.Ordinal);

    /// <summary>The setting at this place, when there is one.</summary>
    internal Setting? Leaf { get; private set; }

    /// <summary>What is nested here.</summary>
    internal IReadOnlyDictionary<string, SettingGroup> Parts => _parts;

    internal static SettingGroup Of(ImmutableArray<Setting> settings)
    {
        var root = new SettingGroup();
        foreach (var setting in settings)
        {
            var group = root;
            foreach (var part in setting.Name.Split('.'))
            {
                if (!group._parts.TryGetValue(part, out var next))
                    group._parts.Add(part, next = new SettingGroup());
                group = next;
            }

            group.Leaf = setting;
        }

        return root;
    }
}
