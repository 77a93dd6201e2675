using System.Globalization;

namespace ActorMonitor.Shell;

/// <summary>A cell of a table: a text, a number, a flag, a duration, an instant, or nothing. Each converts to it by itself.</summary>
public readonly record struct ShellValue
{
    private ShellValue(object? content) => Content = content;

    /// <summary>An empty cell.</summary>
    public static ShellValue None => default;

    // One of null, string, long, double, bool, TimeSpan, DateTimeOffset.
    internal object? Content { get; }

    /// <summary>A text; null is an empty cell.</summary>
    public static implicit operator ShellValue(string? text) => new(text);

    /// <summary>A whole number; null is an empty cell.</summary>
    public static implicit operator ShellValue(long? number) => new(number);

    /// <summary>A number; null, an infinity or not-a-number is an empty cell.</summary>
    public static implicit operator ShellValue(double? number) => new(number is { } n && double.IsFinite(n) ? n : null);

    /// <summary>yes or no; null is an empty cell.</summary>
    public static implicit operator ShellValue(bool? flag) => new(flag);

    /// <summary>A duration; null is an empty cell.</summary>
    public static implicit operator ShellValue(TimeSpan? duration) => new(duration);

    /// <summary>An instant; null is an empty cell.</summary>
    public static implicit operator ShellValue(DateTimeOffset? instant) => new(instant);

    /// <summary>The value as a person reads it.</summary>
    public override string ToString() => Content switch
    {
        null => "-",
        string text => text,
        long number => number.ToString(CultureInfo.InvariantCulture),
        double number => number.ToString("0.###", CultureInfo.InvariantCulture),
        bool flag => flag ? "yes" : "no",
        TimeSpan duration => Readable(duration),
        DateTimeOffset instant => instant.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        _ => Content.ToString() ?? "",
    };

    // The two units that matter: 71.301 ms, 12.5 s, 3m 05s, 2h 07m, 12d 04h.
    private static string Readable(TimeSpan duration)
    {
        if (duration < TimeSpan.Zero)
            return duration == TimeSpan.MinValue ? "-" : "-" + Readable(-duration);

        // Just under a bound, rounding would print 1000 ms or 60 s.
        if (duration.TotalMilliseconds < 999.9995)
            return string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.###} ms");
        if (duration.TotalSeconds < 59.9995)
            return string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.###} s");
        var seconds = (duration.Ticks / TimeSpan.TicksPerSecond) + (duration.Ticks % TimeSpan.TicksPerSecond >= TimeSpan.TicksPerSecond / 2 ? 1 : 0);
        if (seconds < 3_600)
            return $"{seconds / 60}m {seconds % 60:00}s";
        return seconds < 86_400 ? $"{seconds / 3_600}h {seconds % 3_600 / 60:00}m" : $"{seconds / 86_400}d {seconds % 86_400 / 3_600:00}h";
    }
}
