namespace ActorMonitor.Probes.NtpQuery;

/// <summary>This monitor's wall clock beside its steady one, to tell when the former was set.</summary>
/// <param name="Wall">The time of day.</param>
/// <param name="Stamp">The steady clock's timestamp at that instant.</param>
/// <param name="Doubt">How far apart the two may have been read.</param>
internal readonly record struct LocalClock(DateTimeOffset Wall, long Stamp, TimeSpan Doubt)
{
    // What reading and rounding may differ by.
    private static readonly TimeSpan LeastStep = TimeSpan.FromMilliseconds(10);

    // A clock that is being slewed runs up to a twelfth faster or slower (chrony's default).
    private const double MostSlew = 0.1;

    /// <summary>Reads both; a read that this process was interrupted in is done again.</summary>
    public static LocalClock Read(TimeProvider time)
    {
        LocalClock best = default;
        for (var attempt = 0; attempt < 3; attempt++)
        {
            var before = time.GetTimestamp();
            var wall = time.GetUtcNow();
            var doubt = time.GetElapsedTime(before);
            if (attempt == 0 || doubt < best.Doubt)
                best = new LocalClock(wall, before, doubt);
            if (best.Doubt < TimeSpan.FromMicroseconds(50))
                break;
        }

        return best;
    }

    /// <summary>By how much the wall clock was set between two readings; null when it was not, as far as that can be told.</summary>
    public static TimeSpan? StepBetween(LocalClock first, LocalClock last, TimeProvider time)
    {
        var passed = time.GetElapsedTime(first.Stamp, last.Stamp);
        var step = last.Wall - first.Wall - passed;
        return step.Duration() > LeastStep + first.Doubt + last.Doubt + (passed * MostSlew) ? step : null;
    }
}
