using System.Globalization;

namespace ActorMonitor.Configuration;

/// <summary>
/// Durations and sizes in HOCON, in the units that HOCON has. A duration needs its unit: a bare number would be milliseconds to
/// HOCON and seconds in the jobs file. A size without a unit is in bytes; <c>kB</c> counts by 1000, <c>KiB</c> and <c>k</c> by 1024.
/// </summary>
internal static class HoconAmount
{
    private static readonly (double Milliseconds, string Names)[] DurationUnits =
    [
        (1, "ms milli millis millisecond milliseconds"),
        (1e3, "s second seconds"),
        (6e4, "m minute minutes"),
        (36e5, "h hour hours"),
        (864e5, "d day days"),
    ];

    private static readonly (string Print, long Bytes, string Names)[] SizeUnits =
    [
        ("TiB", 1L << 40, "TiB Ti T t tebibyte tebibytes"),
        ("TB", 1_000_000_000_000, "TB terabyte terabytes"),
        ("GiB", 1L << 30, "GiB Gi G g gibibyte gibibytes"),
        ("GB", 1_000_000_000, "GB gigabyte gigabytes"),
        ("MiB", 1L << 20, "MiB Mi M m mebibyte mebibytes"),
        ("MB", 1_000_000, "MB megabyte megabytes"),
        ("KiB", 1L << 10, "KiB Ki K k kibibyte kibibytes"),
        ("kB", 1_000, "kB kilobyte kilobytes"),
        ("B", 1, "b B byte bytes"),
    ];

    /// <summary>Reads a duration; rounded to ticks.</summary>
    internal static bool TryDuration(string? text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (!TrySplit(text, out var number, out var unit))
            return false;
        foreach (var (milliseconds, names) in DurationUnits)
        {
            if (!IsOneOf(unit, names))
                continue;
            if (number * milliseconds > TimeSpan.MaxValue.TotalMilliseconds / 2)
                return false;
            duration = TimeSpan.FromTicks((long)Math.Round(number * milliseconds * TimeSpan.TicksPerMillisecond));
            return true;
        }

        return false;
    }

    /// <summary>Reads a size in bytes; what is below one is cut off.</summary>
    internal static bool TryBytes(string? text, out long bytes)
    {
        bytes = 0;
        if (!TrySplit(text, out var number, out var unit))
            return false;
        foreach (var (_, scale, names) in SizeUnits)
        {
            if (!IsOneOf(unit, names) && !(scale == 1 && unit.Length == 0))
                continue;
            if (number * scale >= long.MaxValue)
                return false;
            bytes = (long)(number * scale);
            return true;
        }

        return false;
    }

    /// <summary>A size in the largest unit that holds it exactly: <c>20GiB</c>, <c>1500MB</c>.</summary>
    internal static string Print(long bytes)
    {
        var (unit, scale, _) = SizeUnits.First(each => bytes != 0 && bytes % each.Bytes == 0 || each.Bytes == 1);
        return string.Create(CultureInfo.InvariantCulture, $"{bytes / scale}{unit}");
    }

    private static bool TrySplit(string? text, out double number, out ReadOnlySpan<char> unit)
    {
        var trimmed = text.AsSpan().Trim();
        var digits = 0;
        while (digits < trimmed.Length && (char.IsAsciiDigit(trimmed[digits]) || trimmed[digits] == '.'))
            digits++;
        unit = trimmed[digits..].TrimStart();
        return double.TryParse(trimmed[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out number);
    }

    // Case counts, as in HOCON: m and M are not the same.
    private static bool IsOneOf(ReadOnlySpan<char> unit, string names)
    {
        foreach (var range in names.AsSpan().Split(' '))
        {
            if (unit.SequenceEqual(names.AsSpan(range)))
                return true;
        }

        return false;
    }
}
