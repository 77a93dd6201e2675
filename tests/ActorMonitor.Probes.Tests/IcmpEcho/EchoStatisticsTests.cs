using ActorMonitor.Probes.Icmp;
using ActorMonitor.Probes.IcmpEcho;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.IcmpEcho;

public class EchoStatisticsTests
{
    [Fact]
    public void The_figures_of_known_round_trips_are_known()
    {
        var trips = Of(10, 12, 9, 9, 20)!;

        trips.Count.ShouldBe(5);
        (trips.Minimum, trips.Mean, trips.Maximum).ShouldBe((9, 12, 20));
        trips.Jitter.ShouldBe((2 + 3 + 0 + 11) / 4.0, 1e-9);
        trips.Deviation.ShouldBe(Math.Sqrt((4 + 0 + 9 + 9 + 64) / 5.0), 1e-9);
        (trips.Percentile(50), trips.Percentile(90), trips.Percentile(20)).ShouldBe((10, 20, 9));
    }

    [Fact]
    public void One_round_trip_is_all_there_is()
    {
        var trips = Of(7)!;

        (trips.Minimum, trips.Mean, trips.Maximum, trips.Percentile(50), trips.Percentile(99)).ShouldBe((7, 7, 7, 7, 7));
        (trips.Jitter, trips.Deviation).ShouldBe((0, 0));
    }

    [Fact]
    public void Nothing_answered_has_no_statistics() => Of().ShouldBeNull();

    [Fact]
    public void Lost_echoes_are_left_out_and_their_neighbours_are_consecutive()
    {
        var log = new EchoLog(3);
        Answer(log, 0, 5);
        log.Sent(1, 1, TimeSpan.Zero);
        log.Expired(1);
        Answer(log, 2, 8);

        var trips = EchoStatistics.Of(log)!;

        (trips.Count, trips.Jitter).ShouldBe((2, 3));
    }

    [Fact]
    public void Whatever_the_round_trips_the_figures_are_in_order()
        => Check.QuickThrowOnFailure(Prop.ForAll<PositiveInt[]>(values =>
        {
            double[] times = [.. values.Take(100).Select(value => (double)value.Get)];
            if (Of(times) is not { } trips)
                return times.Length == 0;
            double[] ascending = [trips.Minimum, trips.Percentile(50), trips.Percentile(90), trips.Percentile(95), trips.Percentile(99), trips.Maximum];
            return ascending.SequenceEqual(ascending.Order())
                && ascending.All(times.Contains)
                && trips.Mean >= trips.Minimum - 1e-9 && trips.Mean <= trips.Maximum + 1e-9
                && trips.Deviation <= trips.Maximum - trips.Minimum + 1e-9
                && trips.Jitter >= 0 && trips.Jitter <= trips.Maximum - trips.Minimum + 1e-9;
        }));

    [Fact]
    public void Whatever_the_round_trips_at_least_the_percentage_keeps_the_percentile_and_no_smaller_one_does()
        => Check.QuickThrowOnFailure(Prop.ForAll<PositiveInt[], byte>((values, any) =>
        {
            double[] times = [.. values.Take(100).Select(value => (double)value.Get)];
            var percent = 1 + (any % 100);
            if (Of(times) is not { } trips)
                return true;
            var percentile = trips.Percentile(percent);
            return times.Count(time => time <= percentile) * 100 >= percent * times.Length
                && times.Count(time => time < percentile) * 100 < percent * times.Length;
        }));

    private static EchoStatistics? Of(params double[] milliseconds)
    {
        var log = new EchoLog(milliseconds.Length);
        for (var i = 0; i < milliseconds.Length; i++)
            Answer(log, i, milliseconds[i]);
        return EchoStatistics.Of(log);
    }

    private static void Answer(EchoLog log, int ordinal, double milliseconds)
    {
        log.Sent(ordinal, 1, TimeSpan.Zero);
        log.Replied(ordinal, TimeSpan.FromMilliseconds(milliseconds), 64);
    }
}
