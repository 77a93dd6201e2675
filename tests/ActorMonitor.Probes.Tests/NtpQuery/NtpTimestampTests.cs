using ActorMonitor.Probes.NtpQuery;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.NtpQuery;

public class NtpTimestampTests
{
    // RFC 5905 figure 4 gives the seconds of these days; the last is the first of the second era.
    [Theory]
    [InlineData("1900-01-01T00:00:00Z", 0x0000_0000_0000_0000)]
    [InlineData("1970-01-01T00:00:00Z", 2_208_988_800UL << 32)]
    [InlineData("1999-12-31T00:00:00Z", 3_155_587_200UL << 32)]
    [InlineData("2036-02-07T06:28:15.5Z", 0xFFFF_FFFF_8000_0000)]
    [InlineData("2036-02-07T06:28:16Z", 0x0000_0000_0000_0000)]
    [InlineData("2036-02-08T00:00:00Z", 63_104UL << 32)]
    public void An_instant_is_seconds_since_1900_in_its_era(string instant, ulong bits)
        => NtpTimestamp.Of(DateTimeOffset.Parse(instant)).Bits.ShouldBe(bits);

    [Theory]
    [InlineData("2026-11-22T12:00:00Z", "2026-11-22T12:00:00.0000001Z")]
    [InlineData("2036-02-07T06:28:15.9Z", "2036-02-07T06:28:16.2Z")]
    [InlineData("2036-02-07T06:28:10Z", "2095-01-01T00:00:00Z")]
    public void A_difference_is_right_across_the_eras(string earlier, string later)
    {
        var (from, to) = (DateTimeOffset.Parse(earlier), DateTimeOffset.Parse(later));

        NtpTimestamp.Of(to).Since(NtpTimestamp.Of(from)).ShouldBe(to - from, tolerance: TimeSpan.FromTicks(1));
        NtpTimestamp.Of(from).Since(NtpTimestamp.Of(to)).ShouldBe(from - to, tolerance: TimeSpan.FromTicks(1));
    }

    [Theory]
    [InlineData("2026-11-22T12:00:00Z", "2036-02-07T06:28:16Z")]
    [InlineData("2036-02-08T00:00:00Z", "2026-11-22T12:00:00Z")]
    [InlineData("2040-01-01T00:00:00Z", "2040-01-01T00:00:01Z")]
    public void An_instant_is_found_in_the_era_nearest_to_another(string pivot, string instant)
        => NtpTimestamp.Of(DateTimeOffset.Parse(instant)).Near(DateTimeOffset.Parse(pivot)).ShouldBe(DateTimeOffset.Parse(instant), TimeSpan.FromTicks(1));
}
