using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Tallies;
using ActorMonitor.Probes;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;
using Outcome = ActorMonitor.Messages.Outcome;

namespace ActorMonitor.MonitorNode.Tests.Tallies;

public class TalliesTests
{
    private static readonly LatencyHistogram Nothing = new();

    [Fact]
    public void A_percentile_is_within_two_percent_of_the_value_that_it_stands_for()
        => Check.QuickThrowOnFailure(Prop.ForAll(Gen.Choose(1, 10_000).NonEmptyListOf().ToArbitrary(), values =>
        {
            var histogram = new LatencyHistogram();
            var sorted = values.Select(value => (long)value * value * value).Order().ToArray();
            foreach (var value in sorted)
                histogram.Add(TimeSpan.FromMicroseconds(value));
            foreach (var percent in new[] { 1.0, 50, 95, 99, 100 })
            {
                var exact = sorted[Math.Max(1, (int)Math.Ceiling(sorted.Length * percent / 100)) - 1];
                LatencyHistogram.Percentile(histogram, Nothing, percent)!.Value.TotalMicroseconds.ShouldBe(exact, (0.02 * exact) + 0.001);
            }
        }));

    [Theory]
    [InlineData(-5, 0)]
    [InlineData(0, 0)]
    [InlineData(63, 63)]
    [InlineData(long.MaxValue / 20, 1_090_921_693_184)]
    public void A_time_beyond_the_buckets_is_counted_at_their_end(long microseconds, long shown)
    {
        var histogram = new LatencyHistogram();

        histogram.Add(TimeSpan.FromMicroseconds(microseconds));

        LatencyHistogram.Percentile(Nothing, histogram, 50).ShouldBe(TimeSpan.FromMicroseconds(shown));
    }

    [Fact]
    public void A_window_forgets_what_is_older_than_ten_minutes_and_keeps_what_is_younger_than_five()
    {
        var window = new LatencyWindow();
        window.Add(TimeSpan.FromMinutes(4), TimeSpan.FromMilliseconds(1));

        window.Read(TimeSpan.FromMinutes(9)).P50.ShouldNotBeNull();
        window.Read(TimeSpan.FromMinutes(14)).P50.ShouldBeNull();

        window.Add(TimeSpan.FromMinutes(14), TimeSpan.FromMilliseconds(1));
        window.Read(TimeSpan.FromMinutes(28)).P50.ShouldBeNull();
    }

    [Fact]
    public void A_rate_is_that_of_the_last_minute_and_in_the_first_of_the_time_that_there_was()
    {
        var rate = new RateWindow();
        for (var second = 0; second < 10; second++)
        {
            for (var i = 0; i < 5; i++)
                rate.Add(TimeSpan.FromSeconds(second));
        }

        rate.Read(TimeSpan.FromSeconds(10)).ShouldBe(5, 0.01);
        rate.Read(TimeSpan.FromSeconds(60)).ShouldBe(45 / 59.0, 0.01);
        rate.Read(TimeSpan.FromSeconds(120)).ShouldBe(0);
        rate.Read(TimeSpan.FromHours(3)).ShouldBe(0);
    }

    [Fact]
    public void Failures_are_counted_by_cause_and_only_good_times_are_measured()
    {
        var tallies = new CheckTallies(["ping", "http"], TimeProvider.System);
        var up = new ProbeResult(Outcome.Up, Cause.None, TimeSpan.FromMilliseconds(10), "");
        tallies.Ended("ping", up);
        tallies.Ended("ping", up with { Outcome = Outcome.Degraded, Elapsed = TimeSpan.FromMilliseconds(10) });
        tallies.Ended("ping", up with { Elapsed = TimeSpan.FromSeconds(9), Attributes = [new TextAttribute(QualityNames.Starved, "so long")] });
        tallies.Ended("ping", up with { Outcome = Outcome.Down, Cause = Cause.Timeout, Elapsed = TimeSpan.FromSeconds(9) });
        tallies.Ended("ping", up with { Outcome = Outcome.Down, Cause = Cause.Timeout });
        tallies.Ended("ping", up with { Outcome = Outcome.Unknown, Cause = Cause.ProbeLost });
        tallies.Ended("no service of ours", up);

        var ping = tallies.Read().ShouldHaveSingleItem();

        (ping.Service, ping.Count, ping.Degraded, ping.Failed).ShouldBe(("ping", 6, 1, 3));
        ping.Causes.ShouldBe([new(Cause.Timeout, 2), new(Cause.ProbeLost, 1)]);
        ping.Elapsed.P99!.Value.TotalMilliseconds.ShouldBe(10, 0.2);
    }
}
