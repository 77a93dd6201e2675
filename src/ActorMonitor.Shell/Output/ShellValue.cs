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

    // Two figures that matter: 71.301 ms, 12.5 s, 3m 05s, 2h 07m, 12d 04h.
    private static string Readable(TimeSpan duration)
    {
        if (duration < TimeSpan.Zero)
            return duration == TimeSpan.MinValue ? "-" : "-" + Readable(-duration);

        // Just under a bound, rounding would print 1000 ms or 60 s.
        if (duration.TotalMilliseconds < 999.9995)
            return string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.###} ms");
        if (duration.TotalSeconds < 59.9995)
            return string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.###} s");
        var whole = TimeSpan.FromSeconds(Math.Round(duration.TotalSeconds));
        if (whole.TotalHours < 1)
            return $"{whole.Minutes}m {whole.Seconds:00}s";
        return whole.TotalDays < 1 ? $"{whole.Hours}h {whole.Minutes:00}m" : $"{(long)whole.TotalDays}d {whole.Hours:00}h";
    }
}
