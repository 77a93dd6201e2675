using ActorMonitor.ManagerNode.Feed;
using Shouldly;
using Xunit;

namespace ActorMonitor.ManagerNode.Tests.Feed;

public class NamePatternTests
{
    [Theory]
    [InlineData("shop", "shop", true)]
    [InlineData("shop", "shops", false)]
    [InlineData("shop", "Shop", false)]
    [InlineData("*", "", true)]
    [InlineData("*", "anything", true)]
    [InlineData("shop-*", "shop-eu", true)]
    [InlineData("shop-*", "shop-", true)]
    [InlineData("shop-*", "shop", false)]
    [InlineData("*-eu", "shop-eu", true)]
    [InlineData("*-eu", "shop-eu-1", false)]
    [InlineData("a*b*c", "a-b-c", true)]
    [InlineData("a*b*c", "abc", true)]
    [InlineData("a*b*c", "acb", false)]
    [InlineData("a*b*c", "a-bb-cc", true)]
    [InlineData("a*a", "a", false)]
    [InlineData("*b*b*", "b", false)]
    [InlineData("*ab*ab*", "aab-abb", true)]
    [InlineData("a**b", "ab", true)]
    [InlineData("a?c", "abc", false)]
    public void A_star_stands_for_any_characters_and_nothing_else_does(string pattern, string name, bool matches)
        => new NamePattern(pattern).Matches(name).ShouldBe(matches);
}
