using Shouldly;
using Xunit;

namespace ActorMonitor.Messages.Tests.Settings;

public class DurationTextTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("3", 3_000)]
    [InlineData("3s", 3_000)]
    [InlineData("1500ms", 1_500)]
    [InlineData("1.5 s", 1_500)]
    [InlineData(" 2m ", 120_000)]
    [InlineData("2min", 120_000)]
    [InlineData("2h", 7_200_000)]
    [InlineData("10000d", 864_000_000_000)]
    [InlineData(".5", 500)]
    public void A_number_with_a_unit_is_a_duration(string text, double milliseconds)
    {
        DurationText.TryParse(text, out var duration).ShouldBeTrue();
        duration.ShouldBe(TimeSpan.FromMilliseconds(milliseconds));
    }

    [Theory]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("-1")]
    [InlineData("+1")]
    [InlineData("1e3")]
    [InlineData("1,5s")]
    [InlineData("3 sec")]
    [InlineData("3S")]
    [InlineData("1s 2s")]
    [InlineData("NaN")]
    [InlineData("Infinity")]
    [InlineData("10000.1d")]
    [InlineData("99999999999999999999999999")]
    public void Anything_else_is_none(string text)
    {
        DurationText.TryParse(text, out var duration).ShouldBeFalse();
        duration.ShouldBe(TimeSpan.Zero);
    }

    [Fact]
    public void A_decimal_duration_is_exact()
    {
        DurationText.TryParse("1.001", out var duration).ShouldBeTrue();

        duration.Ticks.ShouldBe(10_010_000);
    }

    [Theory]
    [InlineData(0, "0ms")]
    [InlineData(999, "999ms")]
    [InlineData(1_000, "1s")]
    [InlineData(1_500, "1500ms")]
    [InlineData(90_000, "90s")]
    [InlineData(7_200_000, "2h")]
    [InlineData(86_400_000, "1d")]
    [InlineData(0.25, "0.25ms")]
    public void A_duration_is_printed_in_the_largest_unit_that_holds_it(double milliseconds, string text)
        => DurationText.Print(TimeSpan.FromTicks((long)(milliseconds * TimeSpan.TicksPerMillisecond))).ShouldBe(text);

    [Fact]
    public void What_is_printed_is_read_again()
    {
        var random = new Random(20261122);
        for (var round = 0; round < 10_000; round++)
        {
            var duration = TimeSpan.FromTicks(random.NextInt64(1L << random.Next(1, 49)));
            DurationText.TryParse(DurationText.Print(duration), out var read).ShouldBeTrue();
            read.ShouldBe(duration);
        }
    }
}
