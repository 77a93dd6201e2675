using ActorMonitor.Storage.Records;

namespace ActorMonitor.Storage.Latency;

/// <summary>
/// Elapsed times counted in buckets whose bounds grow by a constant factor, so that any percentile is within 1% of the value it
/// stands for. Tallies add up to the same as one tally of everything, in any order.
/// </summary>
internal sealed class LatencyTally
{
    // Room below 1% for a percentile's own resolution of a tenth of a microsecond.
    private const double Accuracy = 0.009;
    private const double Gamma = (1 + Accuracy) / (1 - Accuracy);

    // Microseconds up to 2^63: no value is beyond, and no form on disk may name a bucket beyond.
    private const int LastBucket = 2430;
    private static readonly double LogGamma = Math.Log(Gamma);

    private long[] _counts = [];
    private int _first;

    public long Count { get; private set; }

    public long Min { get; private set; } = long.MaxValue;

    public long Max { get; private set; }

    /// <summary>Counts a time in microseconds.</summary>
    public void Add(long microseconds)
    {
        microseconds = Math.Max(0, microseconds);
        Count++;
        Min = Math.Min(Min, microseconds);
        Max = Math.Max(Max, microseconds);
        Bucket(BucketOf(microseconds))++;
    }

    public void Add(LatencyTally other)
    {
        if (other.Count == 0)
            return;
        Count += other.Count;
        Min = Math.Min(Min, other.Min);
        Max = Math.Max(Max, other.Max);
        for (var i = 0; i < other._counts.Length; i++)
        {
            if (other._counts[i] > 0)
                Bucket(other._first + i) += other._counts[i];
        }
    }

    /// <summary>The least value that at least so many percent of the values do not exceed, within 1%.</summary>
    public double Percentile(double percent)
    {
        var rank = Math.Max(1, (long)Math.Ceiling(Count * percent / 100));
        for (var i = 0; i < _counts.Length; i++)
        {
            rank -= _counts[i];
            if (rank <= 0)
                return Math.Clamp(ValueOf(_first + i), Min, Max);
        }

        return Max;
    }

    public LatencySummary? Summary() => Count == 0
        ? null
        : new LatencySummary(Count, Span(Min), Span(Max), Span(Percentile(50)), Span(Percentile(90)), Span(Percentile(95)), Span(Percentile(99)));

    public void Write(ByteWriter writer)
    {
        writer.Count(Count);
        if (Count == 0)
            return;
        writer.Count(Min);
        writer.Count(Max - Min);
        writer.Count(_counts.LongCount(count => count > 0));
        var before = 0;
        for (var i = 0; i < _counts.Length; i++)
        {
            if (_counts[i] == 0)
                continue;
            writer.Count(_first + i - before);
            writer.Count(_counts[i]);
            before = _first + i;
        }
    }

    /// <summary>Adds what <see cref="Write"/> wrote.</summary>
    public void Read(ref ByteReader reader)
    {
        var count = reader.Count();
        if (count == 0)
            return;
        Count += count;
        var min = reader.Count();
        Min = Math.Min(Min, min);
        Max = Math.Max(Max, min + reader.Count());
        var bucket = 0L;
        for (var left = reader.Count(); left > 0; left--)
        {
            bucket += reader.Count();
            if (bucket > LastBucket)
                throw new FormatException("a latency sketch has a bucket that cannot be");
            Bucket((int)bucket) += reader.Count();
        }
    }

    // Bucket 0 is for zero, bucket i for (gamma^(i-2), gamma^(i-1)].
    private static int BucketOf(long microseconds) => microseconds == 0 ? 0 : 1 + (int)Math.Ceiling(Math.Log(microseconds) / LogGamma);

    private static double ValueOf(int bucket)
    {
        if (bucket == 0)
            return 0;
        var most = Math.Pow(Gamma, bucket - 1);
        // So narrow a bucket holds one whole number.
        return most < 50 ? Math.Floor(most + 1e-9) : 2 * most / (1 + Gamma);
    }

    private static TimeSpan Span(double microseconds) => TimeSpan.FromTicks((long)Math.Round(microseconds * TimeSpan.TicksPerMicrosecond));

    private ref long Bucket(int bucket)
    {
        if (_counts.Length == 0)
        {
            (_first, _counts) = (bucket, new long[16]);
        }
        else if (bucket < _first)
        {
            var first = Math.Max(0, bucket - 16);
            var counts = new long[_counts.Length + _first - first];
            _counts.CopyTo(counts, _first - first);
            (_first, _counts) = (first, counts);
        }
        else if (bucket >= _first + _counts.Length)
        {
            Array.Resize(ref _counts, bucket - _first + 17);
        }

        return ref _counts[bucket - _first];
    }
}
