using System.Globalization;
using ActorMonitor.Messages;

namespace ActorMonitor.Configuration;

/// <summary>Durations in JSON: seconds as a number, or a text with a unit. Rounded to microseconds.</summary>
internal static class JsonDuration
{
    private static readonly TimeSpan Longest = TimeSpan.FromDays(10_000);

    internal static bool TryRead(JsonItem item, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (item.Kind == JsonKind.Text)
        {
            if (!DurationText.TryParse(item.Text, out var exact))
                return false;
            duration = TimeSpan.FromMicroseconds(Math.Round(exact.TotalMicroseconds));
            return true;
        }

        if (item.Kind != JsonKind.Number || !(item.Number >= 0 && item.Number <= Longest.TotalSeconds))
            return false;
        duration = TimeSpan.FromMicroseconds(Math.Round(item.Number * 1_000_000));
        return true;
    }

    /// <summary>A duration as settings travel: in milliseconds, <c>1500ms</c>.</summary>
    internal static string Canonical(TimeSpan duration) => string.Create(CultureInfo.InvariantCulture, $"{(decimal)duration.Ticks / TimeSpan.TicksPerMillisecond:0.####}ms");
}
