using System.Net;
using ActorMonitor.Probes.RouteTrace;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.RouteTrace;

public class FlowPathTests
{
    [Fact]
    public void The_hash_is_the_beginning_of_the_SHA_256_of_the_text()
    {
        // printf '10.1.0.2 * 10.3.0.2' | sha256sum | cut -c1-16
        FlowPath.HashOf([Path("10.1.0.2 * 10.3.0.2")]).ShouldBe("fd3f9077771f8de8");

        FlowPath.HashOf([Path("10.1.0.2 10.2.0.2 10.3.0.2")]).ShouldNotBe(FlowPath.HashOf([Path("10.1.0.2 * 10.3.0.2")]));
    }

    [Fact]
    public void The_hash_of_several_flows_does_not_depend_on_which_flow_went_where()
    {
        var (one, other) = (Path("10.1.0.2 10.2.0.2 10.9.0.2"), Path("10.1.0.2 10.3.0.2 10.9.0.2"));

        FlowPath.HashOf([one, other, one]).ShouldBe(FlowPath.HashOf([other, one]));
        FlowPath.HashOf([one, one]).ShouldBe(FlowPath.HashOf([one]));
        FlowPath.HashOf([one, other]).ShouldNotBe(FlowPath.HashOf([one]));
    }

    [Theory]
    [InlineData("10.1.0.2 10.2.0.2 10.9.0.2", "10.1.0.2 10.2.0.2 10.9.0.2", null)]
    [InlineData("10.1.0.2 * 10.9.0.2", "10.1.0.2 10.2.0.2 10.9.0.2", null)]
    [InlineData("10.1.0.2 10.2.0.2 10.9.0.2", "* * 10.9.0.2", null)]
    [InlineData("10.1.0.2 10.2.0.2|10.3.0.2 10.9.0.2", "10.1.0.2 10.2.0.2 10.9.0.2", null)]
    [InlineData("10.1.0.2 10.3.0.2 10.9.0.2", "10.1.0.2 10.2.0.2 10.9.0.2", "hop 2 is 10.3.0.2 instead of 10.2.0.2")]
    [InlineData("10.1.0.2 10.9.0.2", "10.1.0.2 * 10.9.0.2", "2 hops instead of 3")]
    public void A_silent_hop_may_be_anybody_when_paths_are_compared(string now, string before, string? difference)
        => Path(now).DifferenceFrom(Path(before)).ShouldBe(difference);

    [Fact]
    public void Silent_hops_are_filled_with_who_answered_before()
        => Path("10.1.0.2 * 10.9.0.2").FilledFrom(Path("* 10.2.0.2 10.9.0.2")).ToString().ShouldBe("10.1.0.2 10.2.0.2 10.9.0.2");

    [Theory]
    [InlineData("10.1.0.2 10.2.0.2 10.1.0.2 10.2.0.2 10.1.0.2 10.2.0.2", 1, "10.1.0.2 10.2.0.2")]
    [InlineData("10.1.0.2 10.2.0.2 10.3.0.2 10.2.0.2 10.3.0.2 10.2.0.2 10.3.0.2", 2, "10.2.0.2 10.3.0.2")]
    [InlineData("10.1.0.2 10.2.0.2 * 10.2.0.2 10.3.0.2 * 10.3.0.2 10.2.0.2 10.3.0.2", 2, "10.2.0.2 10.3.0.2")]
    [InlineData("10.9.0.2 10.1.0.2 10.2.0.2 10.3.0.2 10.1.0.2 10.2.0.2 10.3.0.2 10.1.0.2", 2, "10.1.0.2 10.2.0.2 10.3.0.2")]
    [InlineData("10.1.0.2 10.2.0.2 10.2.0.2 10.2.0.2", 2, "10.2.0.2")]
    [InlineData("10.1.0.2 10.2.0.2 10.2.0.2", null, null)]
    [InlineData("10.1.0.2 10.2.0.2 10.3.0.2 10.1.0.2", null, null)]
    [InlineData("10.1.0.2 10.2.0.2 10.3.0.2", null, null)]
    [InlineData("10.1.0.2 * * * * *", null, null)]
    [InlineData("", null, null)]
    public void Routers_that_come_round_again_are_a_loop(string path, int? hop, string? routers)
    {
        var loop = Path(path, isReached: false).Loop();

        (loop is { } one ? one.Hop : (int?)null).ShouldBe(hop);
        (loop is { } found ? string.Join(' ', found.Routers) : null).ShouldBe(routers);
    }

    [Fact]
    public void A_path_that_reaches_its_destination_has_no_loop()
        => Path("10.2.0.2 10.2.0.2 10.2.0.2 10.2.0.2").Loop().ShouldBeNull();

    [Fact]
    public void The_path_of_a_trace_ends_at_the_last_hop_that_answered()
    {
        var time = new ManualTime();
        var tracer = new RouteTracer(new ScriptedPath(hops: 9, time) { Answers = (hop, _) => hop is 1 or 3 }, time, IPAddress.Parse("192.0.2.9"), new TracePlan(6, 2, TimeSpan.FromSeconds(1), 12));
        tracer.RunAsync(TimeSpan.FromSeconds(5), CancellationToken.None).IsCompletedSuccessfully.ShouldBeTrue();

        var path = FlowPath.Of(tracer);

        path.ToString().ShouldBe("10.0.0.1 * 10.0.0.3");
        path.IsReached.ShouldBeFalse();
    }

    internal static FlowPath Path(string text, bool isReached = true) => new(
        isReached,
        [.. text.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(hop => hop == "*" ? [] : hop.Split('|').Select(IPAddress.Parse).ToArray()).Select(hop => System.Collections.Immutable.ImmutableArray.Create(hop))]);
}
