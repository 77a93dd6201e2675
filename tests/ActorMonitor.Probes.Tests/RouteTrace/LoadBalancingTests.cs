using System.Globalization;
using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.RouteTrace;
using ActorMonitor.Probes.Tests.Icmp;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.RouteTrace;

public class LoadBalancingTests
{
    [NamespaceTheory]
    [InlineData("10.6.0.2", "10.2.0.2", "10.3.0.2")]
    [InlineData("fd00:6::2", "fd00:2::2", "fd00:3::2")]
    public async Task Several_flows_show_both_ways_and_which_hop_differs(string host, string one, string other)
    {
        using var lab = await BalancedLab.StartAsync();

        var result = await IcmpChecks.TraceAsync(lab.Client.Sockets(), host, "method=udp flows=16 tries=2");

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        result.Message.ShouldMatch("^4 hops, .* ms, path [0-9a-f]{8}, 16 of 16 flows over 2 paths$");
        result.Number("flows.reached").ShouldBe(16);
        result.Text("balanced")!.Split(' ').ShouldContain("2");
        var flows = result.Text("hop.2.flows")!.Split(", ").Select(text => text.Split(' ')).ToDictionary(parts => parts[0], parts => int.Parse(parts[1], CultureInfo.InvariantCulture));
        flows.Keys.ShouldBe([one, other], ignoreOrder: true);
        flows.Values.Sum().ShouldBe(16);
        result.Texts("hop.2.address").ShouldBe([one, other], ignoreOrder: true);
        result.Texts("hop.1.flows").ShouldBeEmpty();
        result.Texts("path").Count().ShouldBe(2);
        result.Texts("path.flows").SelectMany(text => text.Split(' ')).Select(int.Parse).Order().ShouldBe(Enumerable.Range(1, 16));
        result.Number("hop.2.sent").ShouldBe(32);
        result.Number("hop.2.loss").ShouldBe(0);
    }

    [NamespaceFact]
    public async Task One_flow_stays_on_its_way_however_often_it_is_traced()
    {
        using var lab = await BalancedLab.StartAsync();
        var probe = Probe(lab);

        var results = new List<ProbeResult>();
        for (var check = 0; check < 6; check++)
            results.Add(await probe.ProbeAsync(IcmpChecks.Request("10.6.0.2", "method=udp", "pathStable=true"), CancellationToken.None));

        results.ShouldAllBe(result => result.Outcome == Outcome.Up);
        results.Select(result => result.Text("path")).Distinct().Count().ShouldBe(1);
    }

    [NamespaceTheory]
    [InlineData("10.6.0.2", "udp", "10.2.0.2", "10.3.0.2")]
    [InlineData("10.6.0.2", "icmp", "10.2.0.2", "10.3.0.2")]
    [InlineData("fd00:6::2", "udp", "fd00:2::2", "fd00:3::2")]
    public async Task A_path_that_changes_between_two_checks_is_told_once(string host, string method, string before, string after)
    {
        using var lab = await BalancedLab.StartAsync();
        var probe = Probe(lab);
        var request = IcmpChecks.Request(host, $"method={method}", "pathStable=true");

        lab.OverOne();
        var first = await probe.ProbeAsync(request, CancellationToken.None);
        var same = await probe.ProbeAsync(request, CancellationToken.None);
        lab.OverOther();
        var changed = await probe.ProbeAsync(request, CancellationToken.None);
        var settled = await probe.ProbeAsync(request, CancellationToken.None);

        new[] { first, same, settled }.ShouldAllBe(result => result.Outcome == Outcome.Up && result.Text("path.changed") == null);
        (changed.Outcome, changed.Cause).ShouldBe((Outcome.Degraded, Cause.PathChanged), changed.Message);
        changed.Message.ShouldContain($": the path has changed: hop 2 is {after} instead of {before}");
        changed.Text("path.before").ShouldBe(first.Text("path"));
        changed.Text("path").ShouldBe(settled.Text("path"));
        changed.Text("path.hash").ShouldNotBe(first.Text("path.hash"));
    }

    [NamespaceFact]
    public async Task A_change_that_nobody_asked_about_is_an_attribute()
    {
        using var lab = await BalancedLab.StartAsync();
        var probe = Probe(lab);
        lab.OverOne();
        await probe.ProbeAsync(IcmpChecks.Request("10.6.0.2"), CancellationToken.None);
        lab.OverOther();

        var changed = await probe.ProbeAsync(IcmpChecks.Request("10.6.0.2"), CancellationToken.None);

        changed.Outcome.ShouldBe(Outcome.Up, changed.Message);
        changed.Text("path.changed").ShouldStartWith("hop 2 is 10.3.0.2 instead of 10.2.0.2");
    }

    [NamespaceFact]
    public async Task A_way_that_is_cut_is_told_by_the_flows_that_take_it()
    {
        using var lab = await BalancedLab.StartAsync();
        lab.Other.Ip("route replace blackhole 10.6.0.0/24");

        var result = await IcmpChecks.TraceAsync(lab.Client.Sockets(), "10.6.0.2", "method=udp flows=16 maxHops=6 hopTimeout=100ms", seconds: 20);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Degraded, Cause.DestinationNotReached), result.Message);
        result.Message.ShouldMatch("[0-9]+ of 16 flows do not reach it$");
        result.Number("flows.reached").ShouldBeInRange(1, 15);
    }

    [NamespaceFact]
    public async Task Flows_that_a_destination_leaves_unanswered_by_its_own_limit_still_count_as_reached()
    {
        using var lab = await RouterLab.StartAsync(routers: 1);
        // Linux as it is: six ICMP errors to one address at once, then one a second.
        lab.Target.Set("net/ipv4/icmp_ratelimit", "1000");

        var result = await IcmpChecks.TraceAsync(lab.Client.Sockets(), "10.2.0.2", "method=udp flows=8 maxHops=4", seconds: 30);

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        result.Number("flows.reached").ShouldBe(8);
    }

    private static RouteTraceProbe Probe(BalancedLab lab) => new(IcmpChecks.Environment, lab.Client.Sockets(SocketType.Raw));
}
