using System.Globalization;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace ActorMonitor.Configuration.Tests;

public class HoconAmountTests
{
    [Theory]
    [InlineData("0", 0)]
    [InlineData("17", 17)]
    [InlineData(" 17 B ", 17)]
    [InlineData("3 bytes", 3)]
    [InlineData("1.5k", 1536)]
    [InlineData("2K", 2048)]
    [InlineData("2Ki", 2048)]
    [InlineData("2KiB", 2048)]
    [InlineData("2kB", 2000)]
    [InlineData("2 kibibytes", 2048)]
    [InlineData("1 GiB", 1L << 30)]
    [InlineData("1GB", 1_000_000_000)]
    [InlineData("20g", 20L << 30)]
    [InlineData("16 TiB", 16L << 40)]
    [InlineData("1 terabyte", 1_000_000_000_000)]
    public void A_size_has_the_units_of_hocon(string text, long bytes)
    {
        HoconAmount.TryBytes(text, out var read).ShouldBeTrue();
        read.ShouldBe(bytes);
    }

    [Theory]
    [InlineData("")]
    [InlineData("B")]
    [InlineData("-1")]
    [InlineData("1e3")]
    [InlineData("1,5k")]
    [InlineData("1.5.2k")]
    [InlineData("1 kb")]
    [InlineData("1 gIb")]
    [InlineData("1 G B")]
    [InlineData("8388608 TiB")]
    [InlineData("NaN")]
    [InlineData(null)]
    public void Anything_else_is_no_size(string? text) => HoconAmount.TryBytes(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData("250ms", 250)]
    [InlineData("1.001 s", 1001)]
    [InlineData("90 seconds", 90_000)]
    [InlineData("15m", 900_000)]
    [InlineData("1 minute", 60_000)]
    [InlineData("24h", 86_400_000)]
    [InlineData("730 days", 63_072_000_000)]
    public void A_duration_has_the_units_of_hocon(string text, double milliseconds)
    {
        HoconAmount.TryDuration(text, out var read).ShouldBeTrue();
        read.ShouldBe(TimeSpan.FromMilliseconds(milliseconds));
    }

    [Theory]
    [InlineData("")]
    [InlineData("24")]
    [InlineData("h")]
    [InlineData("-1h")]
    [InlineData("1 H")]
    [InlineData("1h 30m")]
    [InlineData("1 month")]
    [InlineData("99999999999d")]
    [InlineData(null)]
    public void Anything_else_is_no_duration(string? text) => HoconAmount.TryDuration(text, out _).ShouldBeFalse();

    [Theory]
    [InlineData(0, "0B")]
    [InlineData(1023, "1023B")]
    [InlineData(1L << 20, "1MiB")]
    [InlineData(1_500_000, "1500kB")]
    [InlineData(20L << 30, "20GiB")]
    public void A_size_is_printed_in_the_largest_unit_that_holds_it(long bytes, string text) => HoconAmount.Print(bytes).ShouldBe(text);

    [Fact]
    public void Every_printed_size_reads_as_itself()
        => Check.QuickThrowOnFailure(Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), Gen.Elements(1, 1000, 1024, 1_000_000, 1 << 20).ToArbitrary(), (number, scale) =>
        {
            var bytes = (long)number * scale;
            return HoconAmount.TryBytes(HoconAmount.Print(bytes), out var read) && read == bytes
                && HoconAmount.TryBytes(bytes.ToString(CultureInfo.InvariantCulture), out read) && read == bytes;
        }));

    [Fact]
    public void Any_text_is_an_amount_or_not_and_never_an_exception()
        => Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
            (!HoconAmount.TryBytes(text, out var bytes) || bytes >= 0) & (!HoconAmount.TryDuration(text, out var duration) || duration >= TimeSpan.Zero)));
}
