using System.Net.Sockets;
using System.Text.Json;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Icmp;
using ActorMonitor.Probes.IcmpEcho;
using ActorMonitor.Probes.Tests.Icmp;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.IcmpEcho;

public class IcmpEchoExampleTests
{
    public static TheoryData<string> Titles => Examples.TitlesOf(IcmpEchoProbe.Definition);

    [NamespaceTheory]
    [MemberData(nameof(Titles))]
    public async Task Each_example_is_up_against_a_host_that_answers(string title)
    {
        using var space = new NetworkNamespace().AllowDatagramSockets().Ip("address add 192.0.2.7/32 dev lo");

        var result = await RunAsync(title, space);

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
    }

    [NamespaceTheory]
    [MemberData(nameof(Titles))]
    public async Task Each_example_is_down_when_nothing_answers(string title)
    {
        using var space = new NetworkNamespace().AllowDatagramSockets().Ip("address add 192.0.2.7/32 dev lo").Set("net/ipv4/icmp_echo_ignore_all", "1");

        var result = await RunAsync(title, space, TimeSpan.FromSeconds(1.2));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.Timeout), result.Message);
    }

    [Fact]
    public void Together_the_examples_show_every_setting_and_every_expectation()
    {
        var jobs = IcmpEchoProbe.Definition.Examples.Select(example => JsonDocument.Parse(example.Job).RootElement).ToArray();

        Shown(jobs, "settings").ShouldBe(IcmpEchoProbe.Definition.Settings.Select(setting => setting.Name), ignoreOrder: true);
        Shown(jobs, "expect").ShouldBe(IcmpEchoProbe.Definition.Expectations.Select(setting => setting.Name), ignoreOrder: true);
    }

    private static IEnumerable<string> Shown(JsonElement[] jobs, string part)
        => jobs.SelectMany(job => job.TryGetProperty(part, out var map) ? map.EnumerateObject().Select(property => property.Name) : []).Distinct();

    private static async Task<ProbeResult> RunAsync(string title, NetworkNamespace space, TimeSpan? timeout = null)
    {
        var check = Examples.Read(IcmpEchoProbe.Definition, title);
        using var environment = ProbeSetup.Environment(names: (check.Host, ["127.0.0.1"]));
        using var engine = new EchoEngine(space.Sockets(SocketType.Dgram), TimeProvider.System);
        var request = Examples.Request(check);
        return await new IcmpEchoProbe(environment, engine).ProbeAsync(request with { Timeout = timeout ?? request.Timeout }, CancellationToken.None);
    }
}
