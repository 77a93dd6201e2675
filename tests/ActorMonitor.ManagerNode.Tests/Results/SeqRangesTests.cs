using ActorMonitor.ManagerNode.Results;
using ActorMonitor.Messages;
using Shouldly;
using Xunit;

namespace ActorMonitor.ManagerNode.Tests.Results;

public class SeqRangesTests
{
    [Fact]
    public void Neighbours_become_one_range()
        => SeqRanges.Of([5, 1, 2, 3, 9, 6, 2]).ShouldBe([new SeqRange(1, 3), new SeqRange(5, 6), new SeqRange(9, 9)]);

    [Fact]
    public void Nothing_is_no_range() => SeqRanges.Of([]).ShouldBeEmpty();

    [Fact]
    public void The_largest_number_ends_a_range() => SeqRanges.Of([long.MaxValue - 1, long.MaxValue]).ShouldBe([new SeqRange(long.MaxValue - 1, long.MaxValue)]);
}
