namespace ActorMonitor.Storage.Records;

/// <summary>
/// Measured numbers are mostly decimals or ticks over a unit: whole numbers over one of a few divisors. Only what gives the very
/// same bits again counts as one.
/// </summary>
internal static class Decimals
{
    /// <summary>On disk instead of a divisor: numbers as they are.</summary>
    public const byte None = 255;

    private const double MostWhole = 1L << 53;

    // Places on disk: append only. The last are ticks in seconds, minutes, hours and days.
    private static readonly double[] Divisors = [1, 10, 100, 1e3, 1e4, 1e5, 1e6, 1e7, 6e8, 3.6e10, 8.64e11];

    public static double Join(byte divisor, long whole)
        => divisor < Divisors.Length ? whole / Divisors[divisor] : throw new FormatException("a divisor that does not exist");

    /// <summary>The divisor that does for one number, and the whole number over it.</summary>
    public static byte Split(double value, out long whole)
    {
        for (var i = 0; i < Divisors.Length; i++)
        {
            if (TrySplit(value, i, out whole))
                return (byte)i;
        }

        whole = 0;
        return None;
    }

    /// <summary>The divisor that does for all of them; the whole numbers over it are put into an array as long.</summary>
    public static byte Split(ReadOnlySpan<double> values, Span<long> whole)
    {
        for (var i = 0; i < Divisors.Length; i++)
        {
            var done = 0;
            while (done < values.Length && TrySplit(values[done], i, out whole[done]))
                done++;
            if (done == values.Length)
                return (byte)i;
        }

        return None;
    }

    private static bool TrySplit(double value, int divisor, out long whole)
    {
        var product = Math.Round(value * Divisors[divisor]);
        if (!(Math.Abs(product) < MostWhole))
        {
            whole = 0;
            return false;
        }

        whole = (long)product;
        return BitConverter.DoubleToInt64Bits(whole / Divisors[divisor]) == BitConverter.DoubleToInt64Bits(value);
    }
}
