using ActorMonitor.Storage.Schedules;

namespace ActorMonitor.Storage.Sqlite;

/// <summary>How far back things are kept, in milliseconds, to the hour.</summary>
internal static class Horizon
{
    /// <summary>The first instant with raw records of all lanes.</summary>
    /// <param name="now">The slot clock.</param>
    /// <param name="settings">How long raw records are kept.</param>
    /// <param name="trimmedTo">What the bound on the size has left.</param>
    public static long RawFrom(long now, StoreSettings settings, long trimmedTo) => Math.Max(trimmedTo, Of(now, settings.Raw));

    /// <summary>The hour that an instant so long ago is in.</summary>
    public static long Of(long now, TimeSpan age)
    {
        var milliseconds = (long)Math.Min(age.TotalMilliseconds, now);
        return Instants.HourOf(now - milliseconds) * Instants.Hour;
    }
}
