using ActorMonitor.Probes.NtpQuery;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.NtpQuery;

public class NtpSampleTests
{
    private static readonly DateTimeOffset Sent = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    // Server ahead by `ahead` ms; there and back take these ms, the server in between.
    [Theory]
    [InlineData(0, 10, 1, 10, 0)]
    [InlineData(250, 10, 1, 10, 250)]
    [InlineData(-250, 10, 1, 10, -250)]
    [InlineData(0, 30, 5, 10, 10)] // an asymmetric path shows as half the difference
    public void The_four_timestamps_give_offset_and_delay(int ahead, int there, int serving, int back, int offset)
    {
        var received = NtpTimestamp.Of(Sent.AddMilliseconds(there + ahead));
        var transmitted = NtpTimestamp.Of(Sent.AddMilliseconds(there + ahead + serving));

        var sample = NtpSample.Of(Sent, TimeSpan.FromMilliseconds(there + serving + back), received, transmitted);

        sample.Offset.ShouldBe(TimeSpan.FromMilliseconds(offset), TimeSpan.FromMicroseconds(1));
        sample.Delay.ShouldBe(TimeSpan.FromMilliseconds(there + back), TimeSpan.FromMicroseconds(1));
        sample.ServerTime.ShouldBe(TimeSpan.FromMilliseconds(serving), TimeSpan.FromMicroseconds(1));
    }

    [Fact]
    public void A_sample_across_the_eras_is_right()
    {
        var lastSecond = new DateTimeOffset(2036, 2, 7, 6, 28, 15, 900, TimeSpan.Zero);

        var sample = NtpSample.Of(lastSecond, TimeSpan.FromMilliseconds(200), NtpTimestamp.Of(lastSecond.AddMilliseconds(1100)), NtpTimestamp.Of(lastSecond.AddMilliseconds(1100)));

        sample.Offset.ShouldBe(TimeSpan.FromSeconds(1), TimeSpan.FromMicroseconds(1));
    }

    [Fact]
    public void A_server_whose_clock_runs_fast_gives_no_negative_delay()
        => NtpSample.Of(Sent, TimeSpan.FromMilliseconds(1), NtpTimestamp.Of(Sent), NtpTimestamp.Of(Sent.AddMilliseconds(2))).Delay.ShouldBe(TimeSpan.Zero);
}
