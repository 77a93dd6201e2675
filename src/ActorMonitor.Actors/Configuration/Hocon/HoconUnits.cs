using System.Globalization;

namespace Akka.Configuration.Hocon;

/// <summary>Durations and sizes with their units.</summary>
internal static class HoconUnits
{
    private static readonly Dictionary<string, double> MillisecondsPerUnit = MakeDurationUnits();

    private static readonly Dictionary<string, double> BytesPerUnit = MakeByteUnits();

    /// <summary>Reads <c>10s</c>, <c>1.5 minutes</c>, <c>250</c> (milliseconds) or, where allowed, <c>infinite</c>.</summary>
    public static TimeSpan ParseDuration(string text, bool allowInfinite)
    {
        if (text == "infinite" && allowInfinite)
            return Timeout.InfiniteTimeSpan;

        var milliseconds = Parse(text, MillisecondsPerUnit, "duration");
        return milliseconds <= TimeSpan.MaxValue.TotalMilliseconds / 2
            ? TimeSpan.FromTicks((long)Math.Round(milliseconds * TimeSpan.TicksPerMillisecond))
            : throw new FormatException($"'{text}' is too long a duration.");
    }

    /// <summary>Reads <c>128000b</c>, <c>4 MiB</c>, <c>10kB</c> (powers of ten) or <c>10k</c> (powers of two).</summary>
    public static long ParseBytes(string text)
    {
        var bytes = Parse(text, BytesPerUnit, "size");
        return bytes < long.MaxValue ? (long)bytes : throw new FormatException($"'{text}' is too large a size.");
    }

    private static double Parse(string text, Dictionary<string, double> units, string what)
    {
        var trimmed = text.AsSpan().Trim();
        var digits = 0;
        while (digits < trimmed.Length && (char.IsAsciiDigit(trimmed[digits]) || trimmed[digits] == '.'))
            digits++;

        if (!units.TryGetValue(trimmed[digits..].Trim().ToString(), out var scale)
            || !double.TryParse(trimmed[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
        {
            throw new FormatException($"'{text}' is no {what}.");
        }

        return number * scale;
    }

    private static Dictionary<string, double> MakeDurationUnits()
    {
        var units = new Dictionary<string, double>(StringComparer.Ordinal) { [""] = 1 };
        (double Milliseconds, string Names)[] all =
        [
            (1e-6, "ns nano nanos nanosecond nanoseconds"),
            (1e-3, "us micro micros microsecond microseconds"),
            (1, "ms milli millis millisecond milliseconds"),
            (1e3, "s second seconds"),
            (6e4, "m minute minutes"),
            (36e5, "h hour hours"),
            (864e5, "d day days"),
        ];
        foreach (var (milliseconds, names) in all)
        {
            foreach (var name in names.Split(' '))
                units[name] = milliseconds;
        }

        return units;
    }

    private static Dictionary<string, double> MakeByteUnits()
    {
        var units = new Dictionary<string, double>(StringComparer.Ordinal) { [""] = 1, ["b"] = 1, ["B"] = 1, ["byte"] = 1, ["bytes"] = 1 };
        string[] decimals = ["kilo", "mega", "giga", "tera", "peta", "exa"];
        string[] binaries = ["kibi", "mebi", "gibi", "tebi", "pebi", "exbi"];
        for (var i = 0; i < decimals.Length; i++)
        {
            var letter = char.ToUpperInvariant(decimals[i][0]);
            var ten = Math.Pow(1000, i + 1);
            var two = Math.Pow(1024, i + 1);
            units[(letter == 'K' ? 'k' : letter) + "B"] = units[decimals[i] + "byte"] = units[decimals[i] + "bytes"] = ten;
            units[$"{letter}"] = units[$"{char.ToLowerInvariant(letter)}"] = units[$"{letter}i"] = units[$"{letter}iB"] = two;
            units[binaries[i] + "byte"] = units[binaries[i] + "bytes"] = two;
        }

        return units;
    }
}
