using System.Collections.Immutable;
using System.Numerics;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;

namespace ActorMonitor.ManagerNode.Feed;

/// <summary>The last minute in numbers.</summary>
/// <param name="Seconds">How much of it there has been, 1 to 60.</param>
/// <param name="Records">How many records were stored.</param>
/// <param name="Outcomes">How many of each outcome; of ranges, their slots.</param>
/// <param name="Rate">Results a second, over the last ten seconds.</param>
/// <param name="RateOf">The same for each monitor.</param>
/// <param name="Lateness">How long after their instant checks started; null when none did.</param>
internal sealed record MinuteSummary(
    int Seconds, long Records, ImmutableSortedDictionary<Outcome, long> Outcomes, double Rate, ImmutableSortedDictionary<string, double> RateOf, Lateness? Lateness);

/// <summary>How late checks started: the percentiles within an eighth of the value, the greatest exact.</summary>
internal sealed record Lateness(long Count, TimeSpan P50, TimeSpan P99, TimeSpan Max);

/// <summary>Counts records by the second for a minute. Not thread-safe: the feed owns it.</summary>
internal sealed class MinuteTally
{
    private const int Kept = 60;
    private const int RateSeconds = 10;

    // A manager has few monitors; those of a configuration that was changed again and again share the last place.
    private const int MostMonitors = 256;
    private const string Others = "others";

    private readonly Second[] _seconds = [.. Enumerable.Range(0, Kept).Select(_ => new Second())];
    private readonly Dictionary<string, int> _monitors = [];

    /// <summary>Counts a record.</summary>
    /// <param name="record">The record.</param>
    /// <param name="at">When it was stored, on a clock that only grows.</param>
    public void Add(SlotRecord record, TimeSpan at)
    {
        var second = SecondOf(at);
        second.Records++;
        second.Outcomes[(int)record.Outcome] += record.Count;
        if (record.Result is not { } result)
            return;
        var monitor = PlaceOf(record.Monitor);
        if (second.Results.Length <= monitor)
            Array.Resize(ref second.Results, monitor + 8);
        second.Results[monitor]++;
        if (result.Attempts.Length > 0)
            second.Lateness.Add((result.Started - record.Slot.Due).Ticks / TimeSpan.TicksPerMicrosecond);
    }

    /// <summary>What has been counted in the minute up to now.</summary>
    public MinuteSummary Summary(TimeSpan at)
    {
        var now = (long)at.TotalSeconds;
        var outcomes = new long[8];
        var records = 0L;
        var lateness = new LatenessTally();
        var results = new long[_monitors.Count];
        // The second that is under way is not whole yet.
        var rateSeconds = (int)Math.Clamp(now, 1, RateSeconds);
        foreach (var second in _seconds.Where(second => second.Number >= 0 && second.Number > now - Kept))
        {
            records += second.Records;
            lateness.Add(second.Lateness);
            for (var i = 0; i < outcomes.Length; i++)
                outcomes[i] += second.Outcomes[i];
            if (second.Number < now - rateSeconds || (second.Number == now && now > 0))
                continue;
            for (var i = 0; i < Math.Min(results.Length, second.Results.Length); i++)
                results[i] += second.Results[i];
        }

        return new MinuteSummary(
            (int)Math.Clamp(Math.Ceiling(at.TotalSeconds), 1, Kept),
            records,
            Enum.GetValues<Outcome>().ToImmutableSortedDictionary(outcome => outcome, outcome => outcomes[(int)outcome]),
            (double)results.Sum() / rateSeconds,
            _monitors.ToImmutableSortedDictionary(pair => pair.Key, pair => (double)results[pair.Value] / rateSeconds, StringComparer.Ordinal),
            lateness.Summary());
    }

    private Second SecondOf(TimeSpan at)
    {
        var number = (long)at.TotalSeconds;
        var second = _seconds[number % Kept];
        if (second.Number != number)
            second.Begin(number);
        return second;
    }

    private int PlaceOf(string monitor)
    {
        if (_monitors.TryGetValue(monitor, out var place))
            return place;
        if (_monitors.Count < MostMonitors - 1)
            return _monitors[monitor] = _monitors.Count;
        if (!_monitors.TryGetValue(Others, out place))
            _monitors[Others] = place = _monitors.Count;
        return place;
    }

    private sealed class Second
    {
        public long[] Results = [];

        public long Number { get; private set; } = -1;

        public long Records { get; set; }

        public long[] Outcomes { get; } = new long[8];

        public LatenessTally Lateness { get; } = new();

        public void Begin(long number)
        {
            (Number, Records) = (number, 0);
            Array.Clear(Outcomes);
            Array.Clear(Results);
            Lateness.Clear();
        }
    }
}

/// <summary>Times in buckets an eighth of a power of two wide.</summary>
internal sealed class LatenessTally
{
    private const int Parts = 8;
    private const int PartBits = 3;

    // Microseconds up to 2^43, a hundred days.
    private const int Buckets = (42 * Parts) + Parts;

    private readonly int[] _counts = new int[Buckets];
    private long _count;
    private long _max;

    /// <summary>Counts a time in microseconds; one that is negative, by the error of a clock, is none.</summary>
    public void Add(long microseconds)
    {
        microseconds = Math.Max(0, microseconds);
        _counts[Math.Min(BucketOf(microseconds), Buckets - 1)]++;
        _count++;
        _max = Math.Max(_max, microseconds);
    }

    public void Add(LatenessTally other)
    {
        if (other._count == 0)
            return;
        for (var i = 0; i < Buckets; i++)
            _counts[i] += other._counts[i];
        _count += other._count;
        _max = Math.Max(_max, other._max);
    }

    public void Clear()
    {
        if (_count == 0)
            return;
        Array.Clear(_counts);
        (_count, _max) = (0, 0);
    }

    public Lateness? Summary() => _count == 0 ? null : new Lateness(_count, Percentile(50), Percentile(99), TimeSpan.FromMicroseconds(_max));

    private TimeSpan Percentile(int percent)
    {
        var rank = Math.Max(1, (_count * percent / 100) + (_count * percent % 100 > 0 ? 1 : 0));
        var bucket = 0;
        while (bucket < Buckets - 1 && (rank -= _counts[bucket]) > 0)
            bucket++;
        return TimeSpan.FromMicroseconds(Math.Min(LastOf(bucket), _max));
    }

    // Below 16 a bucket for each value; above, the first four bits tell the bucket.
    private static int BucketOf(long value)
    {
        if (value < 2 * Parts)
            return (int)value;
        var exponent = BitOperations.Log2((ulong)value) - PartBits;
        return (exponent * Parts) + (int)(value >> exponent);
    }

    private static long LastOf(int bucket)
    {
        if (bucket < 2 * Parts)
            return bucket;
        var exponent = (bucket / Parts) - 1;
        return ((long)((bucket % Parts) + Parts + 1) << exponent) - 1;
    }
}
