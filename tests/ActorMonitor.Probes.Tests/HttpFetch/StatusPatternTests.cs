using ActorMonitor.Probes.HttpFetch;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.HttpFetch;

public class StatusPatternTests
{
    private static readonly int[] Codes = [.. Enumerable.Range(100, 500)];

    [Fact]
    public void A_code_matches_itself_and_no_other()
        => Codes.ShouldAllBe(code => MatchesOf($"{code}").SequenceEqual(new[] { code }));

    [Fact]
    public void A_class_matches_its_hundred()
        => Enumerable.Range(1, 5).ShouldAllBe(digit => MatchesOf($"{digit}xx").SequenceEqual(Enumerable.Range(digit * 100, 100)));

    [Fact]
    public void A_range_matches_from_its_first_to_its_last_and_is_none_the_other_way_round()
    {
        foreach (var first in Codes.Where(code => code % 7 == 0))
        {
            foreach (var last in Codes.Where(code => code % 11 == 0))
                MatchesOf($"{first}-{last}").ShouldBe(first <= last ? Enumerable.Range(first, last - first + 1) : []);
        }
    }

    [Fact]
    public void Only_what_names_one_code_is_exact()
    {
        Parse("301").IsExact.ShouldBeTrue();
        Parse("3xx").IsExact.ShouldBeFalse();
        Parse("200-399").IsExact.ShouldBeFalse();
    }

    [Theory]
    [InlineData("2XX")]
    [InlineData("2xX")]
    public void The_letters_of_a_class_may_be_capitals(string text) => MatchesOf(text).ShouldContain(204);

    [Theory]
    [InlineData("")]
    [InlineData("-")]
    [InlineData("2")]
    [InlineData("2x")]
    [InlineData("6xx")]
    [InlineData("0xx")]
    [InlineData("099")]
    [InlineData("600")]
    [InlineData("1000")]
    [InlineData("+200")]
    [InlineData(" 200")]
    [InlineData("200 - 299")]
    [InlineData("200-")]
    [InlineData("-200")]
    [InlineData("200-250-299")]
    [InlineData("2xx-3xx")]
    [InlineData("<400")]
    [InlineData("٢٠٠")]
    public void Anything_else_is_none(string text) => StatusPattern.TryParse(text, out _).ShouldBeFalse();

    private static StatusPattern Parse(string text) => StatusPattern.TryParse(text, out var pattern) ? pattern : throw new FormatException(text);

    private static int[] MatchesOf(string text) => StatusPattern.TryParse(text, out var pattern) ? [.. Codes.Where(pattern.Matches)] : [];
}
