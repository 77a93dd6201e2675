using ActorMonitor.Messages;

namespace ActorMonitor.Configuration;

/// <summary>
/// A result that a monitor still holds must find its slot in the manager's store: the outbox's age is less than the time
/// that raw records are kept. The two belong to two nodes; it is checked where one process or one file has both.
/// </summary>
public static class RetentionCheck
{
    private const string Age = "actor-monitor.monitor.outbox.age";
    private const string Raw = "actor-monitor.manager.store.raw";

    /// <summary>What was checked, or has to be seen to by people, in one line.</summary>
    public static string Describe(SettingsReading reading, ActorMonitorSettings settings, NodeRole role)
    {
        ArgumentNullException.ThrowIfNull(reading);
        ArgumentNullException.ThrowIfNull(settings);
        var (age, raw) = (DurationText.Print(settings.Monitor.Outbox.MaxAge), DurationText.Print(settings.Manager.Store.Raw));
        if (IsChecked(role, reading.UserHocon.HasPath(Age), reading.UserHocon.HasPath(Raw)))
            return $"monitor.outbox.age ({age}) is less than manager.store.raw ({raw})";
        return role == NodeRole.Manager
            ? $"not checked here: each monitor's outbox.age must be less than manager.store.raw ({raw})"
            : $"not checked here: each manager's store.raw must be more than monitor.outbox.age ({age})";
    }

    internal static void Check(HoconItem all, ActorMonitorSettings settings, NodeRole role, ErrorList errors)
    {
        var ageItem = all.Find(Age.Split('.'));
        var rawItem = all.Find(Raw.Split('.'));
        if (settings.Monitor.Outbox.MaxAge < settings.Manager.Store.Raw || !IsChecked(role, ageItem is not null, rawItem is not null))
            return;
        var (item, path) = ageItem is not null ? (ageItem, Age) : (rawItem, Raw);
        if (item is null)
            return;
        errors.Add(new ConfigurationError(
            item.Source.Name,
            item.Source.Lines?.Find(path),
            path,
            $"monitor.outbox.age ({DurationText.Print(settings.Monitor.Outbox.MaxAge)}) must be less than manager.store.raw ({DurationText.Print(settings.Manager.Store.Raw)}), or a result that comes late finds no slot any more"));
    }

    private static bool IsChecked(NodeRole role, bool hasAge, bool hasRaw) => role switch
    {
        NodeRole.Up => true,
        NodeRole.Manager => hasAge,
        _ => hasRaw,
    };
}
