using ActorMonitor.Probes.Matching;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.Matching;

public class TextPatternTests
{
    [Theory]
    [InlineData("^SSH-2\\.0-(?<software>\\S+)", "SSH-2.0-OpenSSH_9.2p1")]
    [InlineData("[0-9]+ articles", "there are 12 articles")]
    [InlineData("(?i)welcome", "WELCOME")]
    public void A_pattern_finds_its_text(string pattern, string text)
    {
        TextPattern.TryParse(pattern, out var regex).ShouldBeTrue();

        regex!.IsMatch(text).ShouldBeTrue();
        regex.IsMatch("other").ShouldBeFalse();
    }

    [Theory]
    [InlineData("")]
    [InlineData("(")]
    [InlineData("[z-a]")]
    [InlineData("a(?=b)")]
    [InlineData("(?<!a)b")]
    [InlineData("(a)\\1")]
    [InlineData("(?>a+)b")]
    public void What_is_malformed_or_needs_to_go_back_is_refused(string pattern) => TextPattern.TryParse(pattern, out _).ShouldBeFalse();

    [Theory]
    [InlineData(1024, true)]
    [InlineData(1025, false)]
    public void A_pattern_has_a_bound(int length, bool accepted) => TextPattern.TryParse(new string('a', length), out _).ShouldBe(accepted);

    // With backtracking this takes longer than the world lasts, and would end by an exception at the bound on its time.
    [Fact]
    public void No_text_makes_a_pattern_run_for_long()
    {
        TextPattern.TryParse("^(a+)+$", out var regex).ShouldBeTrue();

        regex!.IsMatch(new string('a', 10_000) + "b").ShouldBeFalse();
    }
}
