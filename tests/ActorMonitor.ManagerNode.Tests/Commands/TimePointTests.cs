using ActorMonitor.ManagerNode.Commands;
using FsCheck;
using FsCheck.Fluent;
using Shouldly;
using Xunit;

namespace ActorMonitor.ManagerNode.Tests.Commands;

public class TimePointTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 22, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("90m", "2026-11-22T10:30:00Z")]
    [InlineData("7d", "2026-11-15T12:00:00Z")]
    [InlineData("30s", "2026-11-22T11:59:30Z")]
    [InlineData("2026-11-22", "2026-11-22T00:00:00Z")]
    [InlineData("2026-11-22T10:15", "2026-11-22T10:15:00Z")]
    [InlineData("2026-11-22 10:15:01Z", "2026-11-22T10:15:01Z")]
    [InlineData("2026-11-22T10:15:01+02:00", "2026-11-22T08:15:01Z")]
    [InlineData("2026-11-22T10:15:01.25Z", "2026-11-22T10:15:01.25Z")]
    public void An_instant_is_so_long_ago_or_a_date(string text, string instant)
    {
        TimePoint.TryParse(text, out var point).ShouldBeTrue();
        point.From(Now).ShouldBe(DateTimeOffset.Parse(instant, System.Globalization.CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("24")]
    [InlineData("-1h")]
    [InlineData("yesterday")]
    [InlineData("22.11.2026")]
    [InlineData("10:15")]
    [InlineData("2026-11-31")]
    [InlineData("10001d")]
    public void Anything_else_is_none(string text) => TimePoint.TryParse(text, out _).ShouldBeFalse();

    [Fact]
    public void Any_text_is_an_instant_or_not_and_never_an_exception()
        => Check.QuickThrowOnFailure(Prop.ForAll(ArbMap.Default.ArbFor<NonEmptyString>(), text => !TimePoint.TryParse(text.Get, out var point) || point.From(Now) <= DateTimeOffset.MaxValue));
}
