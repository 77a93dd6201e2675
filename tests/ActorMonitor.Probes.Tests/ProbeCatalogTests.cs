using ActorMonitor.Messages;
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
}
