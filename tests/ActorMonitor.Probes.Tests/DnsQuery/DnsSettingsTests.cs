using ActorMonitor.Messages;
using ActorMonitor.Probes.DnsQuery;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.DnsQuery;

public class DnsSettingsTests
{
    [Theory]
    [InlineData("www.google.com", "www.google.com. A")]
    [InlineData("a-1.example.", "a-1.example. A")]
    [InlineData("google", ". NS")]
    [InlineData("my resolver 1.0", ". NS")]
    [InlineData("8.8.8.8", ". NS")]
    [InlineData("version.2", ". NS")]
    [InlineData("2001:db8::1", ". NS")]
    [InlineData("-a.example", ". NS")]
    [InlineData("a_b.example", ". NS")]
    [InlineData("a..b", ". NS")]
    [InlineData("bücher.example", ". NS")]
    public void Without_a_query_the_job_s_name_is_asked_for_when_it_is_a_host_name(string job, string question)
        => DnsSettings.Read(SettingMap.Empty, job).Question.ToString().ShouldBe(question);

    [Fact]
    public void The_catalog_says_the_same()
        => DnsProbe.Definition.ImpliedSettings!(new JobId("www.google.com"), "192.0.2.53").ShouldBe(ProbeSetup.Map(("query", "www.google.com")));

    [Theory]
    [InlineData("example.org", null, "example.org. A")]
    [InlineData("example.org", "mx", "example.org. MX")]
    [InlineData(".", null, ". NS")]
    [InlineData(".", "SOA", ". SOA")]
    [InlineData("192.0.2.1", null, "1.2.0.192.in-addr.arpa. PTR")]
    [InlineData("192.0.2.1", "PTR", "1.2.0.192.in-addr.arpa. PTR")]
    [InlineData("192.0.2.1", "A", "192.0.2.1. A")]
    [InlineData("::1", "PTR", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.ip6.arpa. PTR")]
    [InlineData("host.example", "PTR", "host.example. PTR")]
    [InlineData("2", "PTR", "2. PTR")]
    public void The_type_follows_the_query_unless_given(string query, string? type, string question)
    {
        var settings = ProbeSetup.Map(("query", query));

        DnsSettings.Read(type is null ? settings : settings.With("type", type), "job").Question.ToString().ShouldBe(question);
    }

    [Theory]
    [InlineData("type65280", null, "odd. TYPE65280")]
    [InlineData("TYPE1", null, "odd. A")]
    [InlineData("https", null, "odd. HTTPS")]
    [InlineData("any", null, "odd. ANY")]
    [InlineData("TXT", "ch", "odd. CH TXT")]
    public void Types_have_numbers_and_classes_have_names(string type, string? @class, string question)
    {
        var settings = ProbeSetup.Map(("query", "odd"), ("type", type));

        DnsSettings.Read(@class is null ? settings : settings.With("class", @class), "job").Question.ToString().ShouldBe(question);
    }

    [Fact]
    public void Name_servers_are_asked_for_the_start_of_authority()
    {
        DnsSettings.Read(ProbeSetup.Map(("query", "example.com"), ("nameServers", "true")), "job").Question.ToString().ShouldBe("example.com. SOA");
        Should.Throw<SettingException>(() => DnsSettings.Read(ProbeSetup.Map(("nameServers", "true"), ("type", "A")), "job"));
    }

    [Fact]
    public void DNSSEC_needs_EDNS()
    {
        DnsSettings.Read(ProbeSetup.Map(("edns", "false"), ("payloadSize", "4096")), "job").PayloadBytes.ShouldBeNull();
        DnsSettings.Read(ProbeSetup.Map(("edns", "false"), ("payloadSize", "4096"), ("dnssec", "true")), "job").PayloadBytes.ShouldBe(4096);
    }

    [Theory]
    [InlineData("query", "a..b")]
    [InlineData("query", "bücher.example")]
    [InlineData("type", "OPT")]
    [InlineData("type", "1")]
    [InlineData("type", "AXFR")]
    [InlineData("type", "TYPE65536")]
    [InlineData("type", "TYPE")]
    [InlineData("class", "XX")]
    [InlineData("source", "nowhere")]
    [InlineData("transport", "quic")]
    [InlineData("payloadSize", "511")]
    [InlineData("payloadSize", "65508")]
    public void What_is_out_of_bounds_is_not_accepted(string name, string value)
        => Should.Throw<SettingException>(() => DnsSettings.Read(ProbeSetup.Map((name, value)), "job"));
}
