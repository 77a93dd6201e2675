using ActorMonitor.Probes.RouteTrace;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.RouteTrace;

public class FlowIdentityTests
{
    [Fact]
    public void It_follows_from_job_flow_and_choice_alone()
    {
        FlowIdentity.Of("www-path", 0, 0).ShouldBe(FlowIdentity.Of("www-path", 0, 0));

        Enumerable.Range(0, 16).Select(flow => FlowIdentity.Of("www-path", flow, 0)).Distinct().Count().ShouldBeGreaterThan(14);
        FlowIdentity.Of("www-path", 0, 1).ShouldNotBe(FlowIdentity.Of("www-path", 0, 0));
        FlowIdentity.Of("other-path", 0, 0).ShouldNotBe(FlowIdentity.Of("www-path", 0, 0));
    }

    [Fact]
    public void It_is_a_port_that_nobody_is_given_for_good()
        => Enumerable.Range(0, 1000).Select(flow => FlowIdentity.Of("job", flow, 0)).ShouldAllBe(identity => identity >= 49_152);

    [Fact]
    public void Two_flows_of_a_trace_never_share_one()
    {
        var job = Enumerable.Range(0, 100_000).Select(n => $"job-{n}").First(name => FlowIdentity.Of(name, 0, 0) == FlowIdentity.Of(name, 1, 0));
        var taken = new HashSet<ushort>();

        FlowIdentity.Take(job, 0, taken).ShouldNotBe(FlowIdentity.Take(job, 1, taken));
    }
}
