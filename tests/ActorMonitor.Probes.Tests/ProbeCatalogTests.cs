using System.Net;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;
using ActorMonitor.Probes.Tests.DnsQuery;
using ActorMonitor.Probes.Tests.Targets;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests;

public class ProbeCatalogTests
{
    private static IEnumerable<ServiceDefinition> Services => ProbeCatalog.Entries.Select(entry => entry.Definition);

    [Fact]
    public void No_name_or_alias_stands_for_two_services()
        => Services.SelectMany(service => service.Aliases.Add(service.Name)).ShouldBeUnique();

    [Fact]
    public void Every_name_is_in_lower_case_and_every_service_is_described()
        => Services.ShouldAllBe(service => !service.Name.Any(char.IsUpper) && service.Description.EndsWith('.'));

    [Fact]
    public void Every_default_is_a_value_that_its_own_setting_accepts()
        => Services.SelectMany(service => service.Settings.Concat(service.Expectations))
            .Where(setting => setting.Default is not null && setting.Validate(setting.Default) is not null)
            .ShouldBeEmpty();

    [Fact]
    public void No_setting_is_listed_twice()
        => Services.ShouldAllBe(service => service.Settings.DistinctBy(setting => setting.Name).Count() == service.Settings.Length
            && service.Expectations.DistinctBy(setting => setting.Name).Count() == service.Expectations.Length);

    [Fact]
    public void Every_entry_makes_its_probe()
        => ProbeCatalog.Entries.ShouldAllBe(entry => entry.Create(ProbeSetup.Environment()) != null);

    public static TheoryData<string> ServiceNames => [.. Services.Select(service => service.Name)];

    [Theory]
    [MemberData(nameof(ServiceNames))]
    public async Task Every_service_asks_the_job_s_own_resolver_and_tells_its_time_from_the_target_s(string service)
    {
        await using var server = ScriptedResolver.Start((_, query) => DnsBytes.Answer(query, [DnsBytes.Address(127, 0, 0, 1)]));
        using var closed = ProbeSetup.ClosedPort(out var port);
        using var environment = new ProbeEnvironment(TimeProvider.System, ScriptedResolver.Over(TimeProvider.System));
        var entry = ProbeCatalog.Entries.Single(entry => entry.Definition.Name == service);
        var settings = ProbeSetup.Map(("resolver", server.Name), ("family", "ipv4"));
        settings.ShouldAllBe(pair => entry.Definition.Settings.Any(setting => setting.Name == pair.Key));
        var probe = entry.Create(environment);
        using var _ = probe as IDisposable;

        var result = await probe.ProbeAsync(ProbeSetup.Request("www.example", entry.Definition.DefaultPort is null ? 0 : port, settings), CancellationToken.None);

        server.Asked.ShouldBe(["www.example A"]);
        result.Attribute("resolver").ShouldBe(server.Name, result.Message);
        result.Measured("resolve").ShouldNotBeNull(result.Message);
    }

    [Fact]
    public async Task A_resolver_that_stays_silent_proves_no_target_Down_whatever_the_service()
    {
        var silent = new TaskCompletionSource<IPAddress[]>();
        var environment = new ProbeEnvironment(TimeProvider.System, new TargetResolver(TargetPolicy.Default, (_, _, _) => silent.Task));

        var results = await Task.WhenAll(ProbeCatalog.Entries.Select(entry => entry.Create(environment).ProbeAsync(
            ProbeSetup.Request("silent.example", entry.Definition.DefaultPort is null ? 0 : 80, timeout: TimeSpan.FromMilliseconds(50)), CancellationToken.None)));

        results.ShouldAllBe(result => result.Outcome == Outcome.Unknown && result.Cause == Cause.ResolveFailed);
        results.ShouldAllBe(result => result.Message == "silent.example: the resolver did not answer within 50ms");
    }
}
