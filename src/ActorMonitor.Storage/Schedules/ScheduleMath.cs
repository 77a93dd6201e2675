namespace ActorMonitor.Storage.Schedules;

/// <summary>A stretch of a lane's schedule history: slots at phase + n x interval with from &lt;= slot &lt; to, all in Unix milliseconds.</summary>
internal readonly record struct SchedulePiece(long FromMicroseconds, long? ToMicroseconds, long Interval, long Phase, long OpenForMicroseconds)
{
    /// <summary>The first millisecond that is not before the piece.</summary>
    public long From => ScheduleMath.MillisecondsUp(FromMicroseconds);

    /// <summary>The first millisecond that is not before its end.</summary>
    public long To => ToMicroseconds is { } end ? ScheduleMath.MillisecondsUp(end) : long.MaxValue;

    public LaneSchedule Schedule => new(
        Instants.Of(FromMicroseconds), Interval, Phase, TimeSpan.FromTicks(OpenForMicroseconds * TimeSpan.TicksPerMicrosecond));

    /// <summary>Whether an instant is one of its slots.</summary>
    public bool IsDue(long slot) => slot >= From && slot < To && ScheduleMath.FirstFrom(Interval, Phase, slot) == slot;

    /// <summary>Its slots in [from, to), null when there are none.</summary>
    public SlotRun? Slots(long from, long to) => ScheduleMath.Slots(Interval, Phase, Math.Max(from, From), Math.Min(to, To));
}

/// <summary>The arithmetic of slots. Nothing here looks at a record.</summary>
internal static class ScheduleMath
{
    /// <summary>The slots of a schedule in [from, to), null when there are none.</summary>
    public static SlotRun? Slots(long interval, long phase, long from, long to)
    {
        if (to <= from)
            return null;
        var first = FirstFrom(interval, phase, from);
        return first >= to ? null : new SlotRun(first, interval, ((to - 1 - first) / interval) + 1);
    }

    /// <summary>How many slots of a history are due in [from, to).</summary>
    public static long Due(IEnumerable<SchedulePiece> pieces, long from, long to)
    {
        var due = 0L;
        foreach (var piece in pieces)
            due += piece.Slots(from, to)?.Count ?? 0;
        return due;
    }

    /// <summary>The first slot that is not before an instant.</summary>
    public static long FirstFrom(long interval, long phase, long instant)
    {
        var remainder = (instant - phase) % interval;
        return remainder switch
        {
            0 => instant,
            > 0 => instant + interval - remainder,
            _ => instant - remainder,
        };
    }

    public static long MillisecondsUp(long microseconds)
    {
        var (quotient, remainder) = Math.DivRem(microseconds, 1000);
        return remainder > 0 ? quotient + 1 : quotient;
    }
}

/// <summary>Instants as the store counts them.</summary>
internal static class Instants
{
    public const long Hour = 3_600_000;
    public const long FiveMinutes = 300_000;

    /// <summary>Unix microseconds; what is finer is left out.</summary>
    public static long Microseconds(DateTimeOffset instant)
        => (instant.UtcTicks / TimeSpan.TicksPerMicrosecond) - (DateTimeOffset.UnixEpoch.UtcTicks / TimeSpan.TicksPerMicrosecond);

    /// <summary>The first millisecond that is not before an instant.</summary>
    public static long MillisecondsUp(DateTimeOffset instant)
    {
        var milliseconds = instant.ToUnixTimeMilliseconds();
        return DateTimeOffset.FromUnixTimeMilliseconds(milliseconds) < instant ? milliseconds + 1 : milliseconds;
    }

    public static DateTimeOffset Of(long microseconds) => DateTimeOffset.UnixEpoch.AddTicks(microseconds * TimeSpan.TicksPerMicrosecond);

    public static DateTimeOffset OfMilliseconds(long milliseconds)
        => DateTimeOffset.FromUnixTimeMilliseconds(Math.Clamp(milliseconds, DateTimeOffset.MinValue.ToUnixTimeMilliseconds(), DateTimeOffset.MaxValue.ToUnixTimeMilliseconds()));

    /// <summary>Which hour since the epoch an instant in milliseconds is in.</summary>
    public static long HourOf(long milliseconds) => milliseconds >= 0 ? milliseconds / Hour : ((milliseconds + 1) / Hour) - 1;
}
