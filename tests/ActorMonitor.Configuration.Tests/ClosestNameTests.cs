using Shouldly;
using Xunit;

namespace ActorMonitor.Configuration.Tests;

public class ClosestNameTests
{
    private static readonly string[] Known = ["interval", "timeout", "host", "port", "path"];

    [Theory]
    [InlineData("intervall", "interval")]
    [InlineData("inetrval", "interval")]
    [InlineData("Interval", "interval")]
    [InlineData("tiemout", "timeout")]
    [InlineData("hots", "host")]
    [InlineData("prot", "port")]
    [InlineData("enabled", null)]
    [InlineData("", null)]
    [InlineData("x", null)]
    public void A_near_name_is_suggested_and_a_far_one_is_not(string typed, string? name) => ClosestName.To(typed, Known).ShouldBe(name);

    [Fact]
    public void A_very_long_name_is_near_nothing() => ClosestName.To(new string('i', 100_000), Known).ShouldBeNull();
}
