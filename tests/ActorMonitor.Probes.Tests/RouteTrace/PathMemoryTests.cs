using System.Collections.Immutable;
using System.Net;
using ActorMonitor.Probes.RouteTrace;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.RouteTrace;

public class PathMemoryTests
{
    [Fact]
    public void It_gives_back_the_path_before_with_silent_hops_filled()
    {
        var memory = new PathMemory();

        memory.Exchange(Key("a"), Paths("10.1.0.2 * 10.9.0.2")).ShouldBeNull();
        memory.Exchange(Key("a"), Paths("* 10.2.0.2 10.9.0.2"))!.Value[0].ToString().ShouldBe("10.1.0.2 * 10.9.0.2");
        memory.Exchange(Key("a"), Paths("10.1.0.2 10.2.0.2 10.9.0.2"))!.Value[0].ToString().ShouldBe("10.1.0.2 10.2.0.2 10.9.0.2");
    }

    [Fact]
    public void A_path_that_did_not_reach_its_destination_leaves_the_one_before()
    {
        var memory = new PathMemory();
        memory.Exchange(Key("a"), Paths("10.1.0.2 10.9.0.2"));

        memory.Exchange(Key("a"), [FlowPathTests.Path("10.3.0.2", isReached: false)]);

        memory.Exchange(Key("a"), Paths("10.1.0.2 10.9.0.2"))!.Value[0].ToString().ShouldBe("10.1.0.2 10.9.0.2");
    }

    [Fact]
    public void A_changed_path_takes_the_place_of_the_one_before()
    {
        var memory = new PathMemory();
        memory.Exchange(Key("a"), Paths("10.1.0.2 10.9.0.2"));
        memory.Exchange(Key("a"), Paths("10.3.0.2 10.9.0.2"));

        memory.Exchange(Key("a"), Paths("10.3.0.2 10.9.0.2"))!.Value[0].ToString().ShouldBe("10.3.0.2 10.9.0.2");
    }

    [Fact]
    public void Another_job_target_method_or_number_of_flows_is_another_trace()
    {
        var memory = new PathMemory();
        memory.Exchange(Key("a"), Paths("10.1.0.2 10.9.0.2"));

        memory.Exchange(Key("b"), Paths("10.1.0.2 10.9.0.2")).ShouldBeNull();
        memory.Exchange(Key("a") with { Target = IPAddress.Parse("192.0.2.2") }, Paths("10.1.0.2 10.9.0.2")).ShouldBeNull();
        memory.Exchange(Key("a") with { Method = "udp" }, Paths("10.1.0.2 10.9.0.2")).ShouldBeNull();
        memory.Exchange(Key("a") with { Flows = 2 }, Paths("10.1.0.2 10.9.0.2", "10.1.0.2 10.9.0.2")).ShouldBeNull();
        memory.Count.ShouldBe(5);
    }

    [Fact]
    public void Beyond_its_bound_it_forgets_what_was_not_traced_for_the_longest()
    {
        // Each trace weighs three: itself and two hops.
        var memory = new PathMemory(mostHops: 9);
        foreach (var job in new[] { "a", "b", "c" })
            memory.Exchange(Key(job), Paths("10.1.0.2 10.9.0.2"));
        memory.Exchange(Key("a"), Paths("10.1.0.2 10.9.0.2")).ShouldNotBeNull();

        memory.Exchange(Key("d"), Paths("10.1.0.2 10.9.0.2"));

        memory.Count.ShouldBe(3);
        memory.Exchange(Key("a"), Paths("10.1.0.2 10.9.0.2")).ShouldNotBeNull();
        memory.Exchange(Key("b"), Paths("10.1.0.2 10.9.0.2")).ShouldBeNull();
    }

    private static PathKey Key(string job) => new(job, IPAddress.Parse("192.0.2.1"), "icmp", 1);

    private static ImmutableArray<FlowPath> Paths(params string[] texts) => [.. texts.Select(text => FlowPathTests.Path(text))];
}
