using Shouldly;
using Xunit;

namespace ActorMonitor.Shell.Tests.Output;

public sealed class ShellValueTests
{
    [Theory]
    [InlineData(0, "0 ms")]
    [InlineData(0.0005, "0.5 ms")]
    [InlineData(0.071301, "71.301 ms")]
    [InlineData(0.9999, "999.9 ms")]
    [InlineData(0.9999999, "1 s")]
    [InlineData(10, "10 s")]
    [InlineData(12.3456, "12.346 s")]
    [InlineData(59.9999, "1m 00s")]
    [InlineData(185, "3m 05s")]
    [InlineData(3599.7, "1h 00m")]
    [InlineData(7_620, "2h 07m")]
    [InlineData(1_051_200, "12d 04h")]
    [InlineData(-1.5, "-1.5 s")]
    public void Durations_are_readable(double seconds, string text) => ((ShellValue)TimeSpan.FromTicks((long)Math.Round(seconds * TimeSpan.TicksPerSecond))).ToString().ShouldBe(text);

    [Fact]
    public void Extreme_durations_do_not_fail()
    {
        ((ShellValue)TimeSpan.MinValue).ToString().ShouldBe("-");
        ((ShellValue)TimeSpan.MaxValue).ToString().ShouldBe("10675199d 02h");
    }

    [Fact]
    public void Everything_else_is_readable_too()
    {
        ((ShellValue)"text").ToString().ShouldBe("text");
        ((ShellValue)(string?)null).ToString().ShouldBe("-");
        ((ShellValue)(TimeSpan?)null).ToString().ShouldBe("-");
        ((ShellValue)1234567).ToString().ShouldBe("1234567");
        ((ShellValue)0.12345).ToString().ShouldBe("0.123");
        ((ShellValue)double.PositiveInfinity).ToString().ShouldBe("-");
        ((ShellValue)true).ToString().ShouldBe("yes");
        ((ShellValue)false).ToString().ShouldBe("no");
        ((ShellValue)new DateTimeOffset(2026, 11, 22, 12, 0, 1, TimeSpan.FromHours(2))).ToString().ShouldBe("2026-11-22 10:00:01Z");
    }

    [Theory]
    [InlineData("plain text, ü and 日本", "plain text, ü and 日本")]
    [InlineData("\e]0;title\a", "\\u001b]0;title\\u0007")]
    [InlineData("\u009b31m", "\\u009b31m")]
    [InlineData("a\u2028b\u202ec\u200bd", "a\\u2028b\\u202ec\\u200bd")]
    [InlineData("\U000E0041", "\\udb40\\udc41")]
    [InlineData("\r\n", "\\u000d\\u000a")]
    public void What_could_steer_a_terminal_is_written_out(string text, string escaped) => TerminalText.Escape(text).ShouldBe(escaped);

    [Fact]
    public void Half_a_character_is_written_out() => TerminalText.Escape("x\ud83d").ShouldBe("x\\ud83d");

    [Theory]
    [InlineData("abc", 3)]
    [InlineData("日本", 4)]
    [InlineData("e\u0301", 1)]
    [InlineData("🚀", 2)]
    public void Width_counts_cells(string text, int width) => TerminalText.Width(text).ShouldBe(width);
}
