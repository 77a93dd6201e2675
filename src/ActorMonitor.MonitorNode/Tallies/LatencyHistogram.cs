using System.Numerics;

namespace ActorMonitor.MonitorNode.Tallies;

/// <summary>
/// Times counted in buckets, 32 to each power of two of microseconds: a percentile is within 2% of the value it stands for, and
/// the memory is the same however many there are. Not thread-safe.
/// </summary>
internal sealed class LatencyHistogram
{
    private const int BucketBits = 5;
    private const int LargestPower = 40;
    private const long Largest = (1L << LargestPower) - 1;

    private readonly int[] _counts = new int[((LargestPower - BucketBits) << BucketBits) + (1 << BucketBits)];

    public long Count { get; private set; }

    /// <summary>Counts a time; one below zero is zero, one of more than twelve days is twelve days.</summary>
    public void Add(TimeSpan time)
    {
        var microseconds = Math.Clamp(time.Ticks / TimeSpan.TicksPerMicrosecond, 0, Largest);
        _counts[BucketOf(microseconds)]++;
        Count++;
    }

    public void Clear()
    {
        Array.Clear(_counts);
        Count = 0;
    }

    /// <summary>The time that so many percent of those in either do not exceed; null when there are none.</summary>
    public static TimeSpan? Percentile(LatencyHistogram one, LatencyHistogram other, double percent)
    {
        var count = one.Count + other.Count;
        if (count == 0)
            return null;
        var rank = Math.Max(1, (long)Math.Ceiling(count * percent / 100));
        var bucket = 0;
        while ((rank -= one._counts[bucket] + other._counts[bucket]) > 0)
            bucket++;
        return TimeSpan.FromTicks(ValueOf(bucket) * TimeSpan.TicksPerMicrosecond);
    }

    // The buckets of the first two powers hold one number each.
    private static int BucketOf(long microseconds)
    {
        var shift = Math.Max(0, BitOperations.Log2((ulong)microseconds | 1) - BucketBits);
        return (shift << BucketBits) + (int)(microseconds >> shift);
    }

    // The middle of the bucket.
    private static long ValueOf(int bucket)
    {
        const int buckets = 1 << BucketBits;
        if (bucket < 2 * buckets)
            return bucket;
        var shift = (bucket >> BucketBits) - 1;
        return ((long)((bucket & (buckets - 1)) + buckets) << shift) + (1L << (shift - 1));
    }
}
