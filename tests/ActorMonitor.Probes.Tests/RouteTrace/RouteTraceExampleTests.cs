using System.Net;
using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Icmp;
using ActorMonitor.Probes.RouteTrace;
using ActorMonitor.Probes.Tests.Icmp;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.RouteTrace;

public class RouteTraceExampleTests
{
    private const string Nowhere = "10.99.0.9";

    // Where each example's host is when it is to be Up, and when it is not to be, with the cause then. The lab has two routers.
    private static readonly Dictionary<string, (string Up, string NotUp, Cause Cause)> Places = new(StringComparer.Ordinal)
    {
        ["Traces the way to a host and names its routers"] = ("10.3.0.2", "127.0.0.1", Cause.ExpectationFailed),
        ["Tells when the way to an office has changed"] = ("10.3.0.2", Nowhere, Cause.IcmpUnreachable),
        ["Keeps traffic on its provider and out of another network"] = ("10.3.0.2", "127.0.0.1", Cause.ExpectationFailed),
        ["Looks at all links of a load-balanced path as real-time traffic sees them"] = ("10.3.0.2", Nowhere, Cause.IcmpUnreachable),
        ["Proves that full-sized packets pass without fragments"] = ("10.3.0.2", "10.3.0.2", Cause.PacketTooBig),
        ["Pins a path by its hash"] = ("10.3.0.2", "10.2.0.2", Cause.ExpectationFailed),
        ["Proves that a network cannot be reached from here"] = (Nowhere, "10.3.0.2", Cause.ExpectationFailed),
    };

    public static TheoryData<string> Titles => Examples.TitlesOf(RouteTraceProbe.Definition);

    [NamespaceTheory]
    [MemberData(nameof(Titles))]
    public async Task An_example_is_Up(string title)
    {
        using var lab = await StartAsync();

        var result = await RunAsync(lab, title, Places[title].Up);

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
    }

    [NamespaceTheory]
    [MemberData(nameof(Titles))]
    public async Task An_example_is_not_Up_when_the_path_is_not_as_it_should_be(string title)
    {
        using var lab = await StartAsync();
        if (Places[title].Cause == Cause.PacketTooBig)
            lab.Routers[1].Ip("link set e1 mtu 1280");

        var result = await RunAsync(lab, title, Places[title].NotUp);

        result.Outcome.ShouldNotBe(Outcome.Up, result.Message);
        result.Cause.ShouldBe(Places[title].Cause, result.Message);
    }

    [LinuxFact]
    public async Task Over_UDP_this_host_is_traced_without_any_privilege()
    {
        var sockets = new IcmpSocketSource((family, type, protocol)
            => protocol == ProtocolType.Udp ? new Socket(family, type, protocol) : throw new SocketException((int)SocketError.AccessDenied));

        var result = await IcmpChecks.TraceAsync(sockets, "127.0.0.1", "flows=2");

        (result.Outcome, result.Text("method"), result.Text("path")).ShouldBe((Outcome.Up, "udp", "127.0.0.1"), result.Message);
    }

    [Fact]
    public void The_examples_show_every_setting_and_expectation()
    {
        var checks = RouteTraceExamples.All.Select(example => Examples.Read(RouteTraceProbe.Definition, example.Title)).ToList();

        RouteTraceProbe.Definition.Settings.Select(setting => setting.Name).Except(checks.SelectMany(check => check.Settings).Select(pair => pair.Key)).ShouldBeEmpty();
        RouteTraceProbe.Definition.Expectations.Select(setting => setting.Name).Except(checks.SelectMany(check => check.Expectations).Select(pair => pair.Key)).ShouldBeEmpty();
    }

    private static async Task<RouterLab> StartAsync()
    {
        var lab = await RouterLab.StartAsync(routers: 2);
        lab.Target.Route();
        lab.Client.Route();
        lab.Routers[0].Ip("route replace unreachable 10.99.0.0/24");
        return lab;
    }

    private static async Task<ProbeResult> RunAsync(RouterLab lab, string title, string address)
    {
        var check = Examples.Read(RouteTraceProbe.Definition, title);
        var environment = ProbeSetup.Environment(names: (check.Host, [address]));
        var probe = new RouteTraceProbe(environment, lab.Client.Sockets(SocketType.Raw), new SomeNames());
        return await probe.ProbeAsync(Examples.Request(check), CancellationToken.None);
    }

    private sealed class SomeNames : IReverseLookUp
    {
        public Task<string?> NameOfAsync(IPAddress address, CancellationToken cancellationToken) => Task.FromResult<string?>("router.example");
    }
}

/// <summary>A fact about sockets of Linux.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class LinuxFactAttribute : FactAttribute
{
    public LinuxFactAttribute() => Skip = OperatingSystem.IsLinux() ? null : "needs Linux";
}
