using ActorMonitor.Storage.Latency;
using ActorMonitor.Storage.Records;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace ActorMonitor.Storage.Tests.Latency;

public class LatencyTallyTests
{
    // From zero to hours, each order of magnitude as often as another.
    private static readonly Gen<long[]> Latencies =
        (from scale in Gen.Choose(0, 10) from digits in Gen.Choose(0, 9999) select (long)(digits * Math.Pow(10, scale - 3))).NonEmptyListOf().Select(list => list.ToArray());

    [Fact]
    public void Percentiles_are_within_one_percent_of_the_value_they_stand_for()
        => Check.QuickThrowOnFailure(Prop.ForAll(Latencies.ToArbitrary(), values =>
        {
            var tally = Of(values);
            var sorted = values.Order().ToArray();
            return new[] { 0.1, 1, 10, 50, 90, 95, 99, 100 }.All(percent =>
            {
                var exact = sorted[Math.Max(0, (int)Math.Ceiling(sorted.Length * percent / 100) - 1)];
                return Math.Abs(tally.Percentile(percent) - exact) <= exact * 0.01;
            });
        }));

    [Fact]
    public void A_summary_is_within_one_percent_too_though_it_is_in_ticks()
        => Check.QuickThrowOnFailure(Prop.ForAll(Latencies.ToArbitrary(), values =>
        {
            var summary = Of(values).Summary()!;
            var sorted = values.Order().ToArray();
            var median = sorted[((sorted.Length + 1) / 2) - 1];
            return summary.Count == values.Length && summary.Min == TimeSpan.FromMicroseconds(sorted[0]) && summary.Max == TimeSpan.FromMicroseconds(sorted[^1])
                && Math.Abs(summary.P50.TotalMicroseconds - median) <= median * 0.01;
        }));

    [Fact]
    public void Tallies_add_up_in_any_order_and_grouping()
        => Check.QuickThrowOnFailure(Prop.ForAll((from a in Latencies from b in Latencies from c in Latencies select (a, b, c)).ToArbitrary(), input =>
        {
            var (a, b, c) = input;
            var all = Form(Of([.. a, .. b, .. c]));
            return all.SequenceEqual(Form(Sum(Sum(Of(a), Of(b)), Of(c))))
                && all.SequenceEqual(Form(Sum(Of(a), Sum(Of(b), Of(c)))))
                && all.SequenceEqual(Form(Sum(Sum(Of(c), Of(a)), Of(b))))
                && all.SequenceEqual(Form(Sum(new LatencyTally(), Of([.. a, .. b, .. c]))));
        }));

    [Fact]
    public void What_is_read_is_what_was_written()
        => Check.QuickThrowOnFailure(Prop.ForAll(Latencies.ToArbitrary(), values =>
        {
            var bytes = Form(Of(values));
            var reader = new ByteReader(bytes);
            var read = new LatencyTally();
            read.Read(ref reader);
            return reader.Left == 0 && Form(read).SequenceEqual(bytes);
        }));

    [Fact]
    public void Any_value_has_a_bucket()
    {
        var tally = Of([0, 1, long.MaxValue]);
        tally.Max.ShouldBe(long.MaxValue);
        tally.Percentile(100).ShouldBe(long.MaxValue, long.MaxValue * 0.01);
        var read = new LatencyTally();
        var reader = new ByteReader(Form(tally));
        read.Read(ref reader);
        read.Count.ShouldBe(3);
    }

    [Fact]
    public void A_bucket_that_cannot_be_is_refused()
    {
        var writer = new ByteWriter();
        foreach (var number in new long[] { 1, 5, 0, 1, 1_000_000, 1 })
            writer.Count(number);
        Should.Throw<FormatException>(() =>
        {
            var reader = new ByteReader(writer.Written);
            new LatencyTally().Read(ref reader);
        });
    }

    private static LatencyTally Of(IEnumerable<long> values)
    {
        var tally = new LatencyTally();
        foreach (var value in values)
            tally.Add(value);
        return tally;
    }

    private static LatencyTally Sum(LatencyTally a, LatencyTally b)
    {
        var sum = new LatencyTally();
        sum.Add(a);
        sum.Add(b);
        return sum;
    }

    private static byte[] Form(LatencyTally tally)
    {
        var writer = new ByteWriter();
        tally.Write(writer);
        return writer.Written.ToArray();
    }
}
