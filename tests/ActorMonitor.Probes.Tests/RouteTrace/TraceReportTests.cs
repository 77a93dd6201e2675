using System.Collections.Immutable;
using System.Net;
using ActorMonitor.Messages;
using ActorMonitor.Messages.Wire;
using ActorMonitor.Probes.RouteTrace;
using ActorMonitor.Probes.Tests.Icmp;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.RouteTrace;

public class TraceReportTests
{
    private static readonly IPAddress Target = IPAddress.Parse("192.0.2.9");

    [Fact]
    public async Task The_largest_trace_fits_into_a_result()
    {
        var target = "2001:db8:ffff:ffff:ffff:ffff:ffff:9";
        var paths = Enumerable.Range(0, RouteTraceSettings.MostFlows).Select(flow => new ScriptedPath(hops: 64, target: target)
        {
            AddressOf = hop => $"2001:db8:aaaa:bbbb:cccc:dddd:{flow + 0x1000:x}:{hop + 0x1000:x}",
            Labels = "24001 tc 5 ttl 1, 16001 tc 5 ttl 1",
        }).ToList();

        var result = await ReportAsync(paths, new TracePlan(64, 10, TimeSpan.FromSeconds(1), 640), IPAddress.Parse(target), named: true);

        result.Measurements.Length.ShouldBeLessThanOrEqualTo(WireLimits.Measurements);
        result.Attributes.Length.ShouldBeLessThanOrEqualTo(WireLimits.Attributes);
        Fit(result).Truncated.ShouldBeFalse();
        result.Texts("hop.64.address").ShouldNotBeEmpty();
        result.Measured("hop.64.max").ShouldNotBeNull();
    }

    [Fact]
    public async Task Each_hop_has_its_loss_and_times()
    {
        var path = new ScriptedPath(hops: 3) { Answers = (hop, attempt) => hop != 2 || attempt != 2 };

        var result = await ReportAsync([path], new TracePlan(8, 4, TimeSpan.FromSeconds(1), 32), Target);

        result.Number("hop.2.sent").ShouldBe(4);
        result.Number("hop.2.loss").ShouldBe(25);
        result.Measurements.Where(m => m.Name == "hop.2.rtt").Select(m => m.Ordinal).ShouldBe([0, 2, 3]);
        (result.Number("hop.2.min"), result.Number("hop.2.avg"), result.Number("hop.2.max")).ShouldBe((2, 2, 2));
        result.Number("loss").ShouldBe(0);
        result.Message.ShouldMatch("^3 hops, 3\\.000 ms, path [0-9a-f]{8}$");
        result.Text("path").ShouldBe("10.0.0.1 10.0.0.2 192.0.2.9");
        result.Text("path.hash").ShouldBe(FlowPath.HashOf([FlowPathTests.Path("10.0.0.1 10.0.0.2 192.0.2.9")]));
        result.Text("hop.3.icmp").ShouldBe("port unreachable (3/3)");
    }

    [Theory]
    [InlineData("", null)]
    [InlineData("minHops=4", "expected at least 4 hops")]
    [InlineData("minHops=3", null)]
    [InlineData("maxHops=2", "expected at most 2 hops")]
    [InlineData("rttMs=2.5", "expected at most 2.5 ms")]
    [InlineData("rttMs=3", null)]
    [InlineData("lossPercent=20", "50% lost at the destination, expected at most 20%")]
    [InlineData("lossPercent=50", null)]
    [InlineData("path.contains=10.0.0.2", null)]
    [InlineData("path.contains=10.0.0.0/30", null)]
    [InlineData("path.contains=10.0.0.7", "expected a path over 10.0.0.7")]
    [InlineData("path.avoids=10.0.0.0/30", "expected a path that avoids 10.0.0.0/30, it goes over 10.0.0.1")]
    [InlineData("path.avoids=2001:db8::/32", null)]
    [InlineData("path.hash=0123456789abcdef", "expected path 0123456789abcdef, it is ")]
    [InlineData("maxHops=2 minHops=4", "expected at most 2 hops; expected at least 4 hops")]
    public async Task What_is_expected_of_a_path_is_judged(string expect, string? fault)
    {
        var path = new ScriptedPath(hops: 3) { Answers = (hop, attempt) => hop < 3 || attempt != 2 };

        var result = await ReportAsync([path], new TracePlan(8, 2, TimeSpan.FromMilliseconds(100), 16), Target, expect);

        (result.Outcome, result.Cause).ShouldBe(fault is null ? (Outcome.Up, Cause.None) : (Outcome.Degraded, Cause.ExpectationFailed), result.Message);
        result.Message.ShouldContain(fault ?? "");
    }

    [Fact]
    public async Task A_destination_that_is_not_to_be_reached()
    {
        var plan = new TracePlan(6, 2, TimeSpan.FromMilliseconds(100), 12);
        ScriptedPath Cut(int answering) => new(hops: 99) { Answers = (hop, _) => hop <= answering };

        var reached = await ReportAsync([new ScriptedPath(hops: 3)], plan, Target, "reached=false");
        var cut = await ReportAsync([Cut(2)], plan, Target, "reached=false");
        var silent = await ReportAsync([Cut(0)], plan, Target, "reached=false");

        (reached.Outcome, reached.Cause).ShouldBe((Outcome.Down, Cause.ExpectationFailed));
        reached.Message.ShouldEndWith(": expected not to be reached");
        cut.Outcome.ShouldBe(Outcome.Up);
        cut.Message.ShouldBe("not reached, as expected: no answer from it in 6 hops; the last to answer is hop 2, 10.0.0.2 (2.000 ms 2.000 ms)");
        (silent.Outcome, silent.Cause).ShouldBe((Outcome.Unknown, Cause.NoAnswer));
    }

    [Theory]
    [InlineData("path.contains", "192.0.2.1", true)]
    [InlineData("path.contains", "2001:db8::/32", true)]
    [InlineData("path.avoids", "192.0.2.1/33", false)]
    [InlineData("path.avoids", "192.0.2", false)]
    [InlineData("path.avoids", "router.example", false)]
    [InlineData("path.hash", "0123456789abcdef", true)]
    [InlineData("path.hash", "0123456789abcdeg", false)]
    [InlineData("path.hash", "0123", false)]
    public void Networks_and_hashes_are_checked_when_a_job_is_read(string name, string value, bool isAccepted)
        => (RouteTraceExpectations.All.Single(setting => setting.Name == name).Validate(SettingValue.ListOf([value])) is null).ShouldBe(isAccepted);

    // Lists are written as one item here.
    private static async Task<ProbeResult> ReportAsync(IReadOnlyList<ScriptedPath> paths, TracePlan plan, IPAddress target, string expect = "", bool named = false)
    {
        var expectations = expect.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(pair => pair.Split('=')).Aggregate(SettingMap.Empty, (map, pair) =>
            map.With(pair[0], pair[0].StartsWith("path.", StringComparison.Ordinal) ? SettingValue.ListOf([pair[1]]) : SettingValue.Of(pair[1])));
        return await ProbeRun.RunAsync(
            ProbeSetup.Environment(new ManualTime()),
            ProbeSetup.Request("192.0.2.9", 0),
            async (run, token) =>
            {
                run.Address = target;
                ImmutableArray<RouteTracer> tracers = [.. paths.Select(path => new RouteTracer(path, path.Time, target, plan))];
                foreach (var tracer in tracers)
                    await tracer.RunAsync(TimeSpan.FromSeconds(20), token);
                var report = new TraceReport(run, tracers, [.. tracers.Select(FlowPath.Of)]);
                var names = named ? report.Addresses.ToDictionary(address => address, address => new string('n', 253)) : [];
                return report.Result(RouteTraceExpectations.Read(expectations), before: null, names);
            },
            CancellationToken.None);
    }

    private static CheckResult Fit(ProbeResult result) => Evidence.Fit(
        new CheckResult(new JobId("job"), new Slot(0), result.Outcome, result.Cause, DateTimeOffset.UnixEpoch, TimeSpan.Zero, result.Elapsed, TimeSpan.Zero, result.ResolvedAddress, result.Message)
        {
            Measurements = result.Measurements,
            Attributes = result.Attributes,
        });
}
