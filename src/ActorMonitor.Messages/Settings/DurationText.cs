using System.Globalization;

namespace ActorMonitor.Messages;

/// <summary>Durations as text: a number with <c>ms</c>, <c>s</c>, <c>m</c>, <c>h</c> or <c>d</c>; without a unit, seconds.</summary>
public static class DurationText
{
    /// <summary>Reads a duration that is not negative and at most 10,000 days.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        var trimmed = text.AsSpan().Trim();
        var digits = trimmed.TrimEnd("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ ");
        double? millisecondsPerUnit = trimmed[digits.Length..].Trim().ToString() switch
        {
            "ms" => 1,
            "" or "s" => 1_000,
            "m" or "min" => 60_000,
            "h" => 3_600_000,
            "d" => 86_400_000,
            _ => null,
        };
        if (millisecondsPerUnit is not { } scale
            || !double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            || number * scale > TimeSpan.FromDays(10_000).TotalMilliseconds)
        {
            return false;
        }

        // Rounded: 1.001 s is 1000.9999999999999 ms to a double, and FromMilliseconds would cut that.
        duration = TimeSpan.FromTicks((long)Math.Round(number * scale * TimeSpan.TicksPerMillisecond));
        return true;
    }

    /// <summary>Prints a duration in the largest unit that holds it exactly: <c>90s</c>, <c>1500ms</c>, <c>2h</c>.</summary>
    public static string Print(TimeSpan duration)
    {
        var milliseconds = duration.TotalMilliseconds;
        foreach (var (unit, scale) in new[] { ("d", 86_400_000.0), ("h", 3_600_000.0), ("m", 60_000.0), ("s", 1_000.0) })
        {
            if (milliseconds >= scale && milliseconds % scale == 0)
                return string.Create(CultureInfo.InvariantCulture, $"{milliseconds / scale}{unit}");
        }

        return string.Create(CultureInfo.InvariantCulture, $"{milliseconds}ms");
    }
}
