using System.Globalization;
using ActorMonitor.Messages;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace ActorMonitor.Configuration.Tests;

public class DurationTests
{
    private static readonly Arbitrary<int> Milliseconds = Gen.Choose(100, 86_400_000).ToArbitrary();

    [Fact]
    public void Every_interval_reads_the_same_as_seconds_and_in_every_unit()
        => Check.QuickThrowOnFailure(Prop.ForAll(Milliseconds, milliseconds =>
        {
            var expected = TimeSpan.FromMilliseconds(milliseconds);
            var seconds = ((decimal)milliseconds / 1_000).ToString(CultureInfo.InvariantCulture);
            return Interval(seconds) == expected
                && Interval($"\"{seconds}\"") == expected
                && Interval($"\"{seconds}s\"") == expected
                && Interval($"\"{seconds} s\"") == expected
                && Interval($"\"{milliseconds}ms\"") == expected
                && Interval($"\"{DurationText.Print(expected)}\"") == expected;
        }));

    [Fact]
    public void Every_printed_or_decimal_duration_is_exact()
        => Check.QuickThrowOnFailure(Prop.ForAll(Milliseconds, milliseconds =>
        {
            var expected = TimeSpan.FromMilliseconds(milliseconds);
            var seconds = ((decimal)milliseconds / 1_000).ToString(CultureInfo.InvariantCulture);
            return DurationText.TryParse(seconds, out var fromSeconds) && fromSeconds == expected
                && DurationText.TryParse(DurationText.Print(expected), out var printed) && printed == expected;
        }));

    [Fact]
    public void A_setting_travels_in_a_form_that_reads_as_itself()
        => Check.QuickThrowOnFailure(Prop.ForAll(Gen.Choose(10_000, 60_000_000).ToArbitrary(), microseconds =>
        {
            var canonical = JsonDuration.Canonical(TimeSpan.FromMicroseconds(microseconds));
            return JsonDuration.TryRead(new JsonItem(JsonKind.Text, 0) { Text = canonical }, out var duration)
                && duration == TimeSpan.FromMicroseconds(microseconds);
        }));

    [Fact]
    public void Any_text_is_a_duration_or_not_and_never_an_exception()
        => Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<string>(), text =>
            !JsonDuration.TryRead(new JsonItem(JsonKind.Text, 0) { Text = text ?? "" }, out var duration) || duration >= TimeSpan.Zero));

    [Theory]
    [InlineData(0.1, "100ms")]
    [InlineData(0.57, "570ms")]
    [InlineData(1.0005, "1000.5ms")]
    [InlineData(0, "0ms")]
    public void Seconds_are_exact(double seconds, string canonical)
    {
        JsonDuration.TryRead(new JsonItem(JsonKind.Number, 0) { Number = seconds }, out var duration).ShouldBeTrue();
        JsonDuration.Canonical(duration).ShouldBe(canonical);
    }

    private static TimeSpan Interval(string written) => Reading.Job($$"""{ "name": "a", "service": "ping", "host": "h", "interval": {{written}} }""").Check.Interval;
}
