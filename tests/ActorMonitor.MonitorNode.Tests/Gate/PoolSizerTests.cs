using ActorMonitor.MonitorNode.Gate;
using Shouldly;
using Xunit;

namespace ActorMonitor.MonitorNode.Tests.Gate;

public class PoolSizerTests
{
    private const int Checks = 10;
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Ninety_percent_for_five_seconds_grows_the_pool_by_one()
    {
        var sizer = new PoolSizer(1, 8);

        sizer.Decide(Start, 18, 2, Checks).ShouldBe(0);
        sizer.Decide(Start.AddSeconds(4.9), 18, 2, Checks).ShouldBe(0);
        sizer.Decide(Start.AddSeconds(5), 18, 2, Checks).ShouldBe(1);
        sizer.Decide(Start.AddSeconds(5.1), 27, 3, Checks).ShouldBe(0);
    }

    [Fact]
    public void A_moment_below_ninety_percent_starts_the_five_seconds_again()
    {
        var sizer = new PoolSizer(1, 8);
        _ = sizer.Decide(Start, 20, 2, Checks);

        _ = sizer.Decide(Start.AddSeconds(4), 17, 2, Checks);

        sizer.Decide(Start.AddSeconds(6), 20, 2, Checks).ShouldBe(0);
        sizer.Decide(Start.AddSeconds(11), 20, 2, Checks).ShouldBe(1);
    }

    [Fact]
    public void Thirty_idle_seconds_shrink_the_pool_by_one()
    {
        var sizer = new PoolSizer(1, 8);

        sizer.Decide(Start, 0, 3, Checks).ShouldBe(0);
        sizer.Decide(Start.AddSeconds(29), 0, 3, Checks).ShouldBe(0);
        sizer.Decide(Start.AddSeconds(30), 0, 3, Checks).ShouldBe(-1);
        sizer.Decide(Start.AddSeconds(59), 0, 2, Checks).ShouldBe(0);
        sizer.Decide(Start.AddSeconds(60), 0, 2, Checks).ShouldBe(-1);
    }

    [Fact]
    public void The_bounds_hold_however_busy_or_idle_the_node_is()
    {
        var sizer = new PoolSizer(2, 3);

        for (var second = 0; second < 100; second++)
        {
            sizer.Decide(Start.AddSeconds(second), 30, 3, Checks).ShouldBe(0);
            sizer.Decide(Start.AddSeconds(second), 0, 2, Checks).ShouldBe(0);
        }
    }

    [Theory]
    [InlineData(1, 1)]
    [InlineData(9, -1)]
    [InlineData(4, 0)]
    public void A_pool_outside_its_bounds_is_brought_back(int size, int change)
        => new PoolSizer(2, 8).Decide(Start, size * Checks / 2, size, Checks).ShouldBe(change);
}
