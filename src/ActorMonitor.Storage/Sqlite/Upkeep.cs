using ActorMonitor.Storage.Schedules;

namespace ActorMonitor.Storage.Sqlite;

/// <summary>What is to be done beside writing, one small step after another: hold the bound, seal, remove what is old.</summary>
internal sealed class Upkeep(StoreWriter writer, StoreSettings settings)
{
    // So long rows stay as they are after their hour: most of what comes late comes within it.
    private const long HotFor = 2 * Instants.Hour;

    private readonly Bound _bound = new(writer, settings.MaxBytes);
    private readonly Sealer _sealer = new(writer);
    private readonly Retention _retention = new(writer, settings);
    private long _now;

    public void Aim(long now)
    {
        _now = now;
        _sealer.Aim(Instants.HourOf(now - HotFor));
        _retention.Aim(now);
    }

    /// <summary>Does one thing; false when there is nothing to do now.</summary>
    public bool Step() => _bound.Step(_now) || _sealer.Step() || _retention.Step();
}
