using ActorMonitor.Messages;
using ActorMonitor.Probes.Tests.Datagrams;
using Shouldly;
using Xunit.Abstractions;

namespace ActorMonitor.Probes.Tests.DnsQuery;

/// <summary>The probe against a real BIND.</summary>
public class DnsProbeBindTests(ITestOutputHelper output)
{
    private const string Zone =
        """
        $TTL 300
        @       SOA   ns hostmaster 2026112201 3600 600 604800 60
        @       NS    ns
        @       MX    10 mail
        @       TXT   "v=spf1 -all" "a \"quoted\" \\ text"
        @       CAA   0 issue "ca.example.test"
        @       AAAA  2001:db8::1
        ns      A     127.0.0.1
        mail    A     192.0.2.25
        www     A     192.0.2.1
        www     A     192.0.2.2
        alias   CNAME www
        dotted\.label A 192.0.2.3
        _http._tcp SRV 0 5 80 www
        odd     TYPE65280 \# 3 0102ff
        deep.er PTR   www
        """;

    [InstalledFact("named", "bind9")]
    public async Task Every_type_is_asked_over_every_transport()
    {
        using var named = await StartAsync();
        (string Query, string Type, string[] Answers)[] questions =
        [
            ("www.example.test", "A", ["192.0.2.2", "192.0.2.1"]),
            ("WWW.example.TEST", "A", ["192.0.2.1"]),
            ("example.test", "AAAA", ["2001:db8::1"]),
            ("alias.example.test", "A", ["www.example.test", "192.0.2.1"]),
            ("alias.example.test", "CNAME", ["www.example.test."]),
            ("dotted\\.label.example.test", "A", ["192.0.2.3"]),
            ("example.test", "MX", ["10 mail.example.test"]),
            ("example.test", "NS", ["ns.example.test"]),
            ("example.test", "SOA", ["ns.example.test. hostmaster.example.test. 2026112201 3600 600 604800 60"]),
            ("example.test", "TXT", ["\"v=spf1 -all\" \"a \\\"quoted\\\" \\\\ text\""]),
            ("example.test", "CAA", ["0 issue \"ca.example.test\""]),
            ("_http._tcp.example.test", "SRV", ["0 5 80 www.example.test"]),
            ("deep.er.example.test", "PTR", ["www.example.test"]),
        ];

        foreach (var transport in new[] { "udp", "tcp" })
        {
            foreach (var (query, type, answers) in questions)
            {
                var result = await DnsProbeTests.ProbeAsync(
                    named.Port,
                    ProbeSetup.Map(("query", query), ("type", type), ("transport", transport)),
                    SettingMap.Empty.WithList("answer", answers).WithList("flags", "aa", "rd"));
                output.WriteLine($"{transport} {result.Outcome} {result.Message}");
                result.Outcome.ShouldBe(Outcome.Up, result.Message);
            }
        }
    }

    [InstalledFact("named", "bind9")]
    public async Task Every_refusal_has_its_cause()
    {
        using var named = await StartAsync();

        (await AskAsync("none.example.test")).Cause.ShouldBe(Cause.Nxdomain);
        (await AskAsync("mail.example.test", "MX")).Cause.ShouldBe(Cause.DnsNoData);
        var refused = await AskAsync("www.elsewhere.test");
        (refused.Cause, refused.Attribute("dns.rcode")).ShouldBe((Cause.DnsRcode, "REFUSED"));
        output.WriteLine(refused.Message);

        Task<ProbeResult> AskAsync(string query, string type = "A") => DnsProbeTests.ProbeAsync(named.Port, ProbeSetup.Map(("query", query), ("type", type)));
    }

    [InstalledFact("named", "bind9")]
    public async Task A_big_answer_is_asked_for_over_TCP()
    {
        using var named = await StartAsync();
        var big = ProbeSetup.Map(("query", "big.example.test"), ("type", "TXT"));

        var overTcp = await DnsProbeTests.ProbeAsync(named.Port, big);
        var plain = await DnsProbeTests.ProbeAsync(named.Port, big.With("edns", "false"));
        var overUdp = await DnsProbeTests.ProbeAsync(named.Port, big.With("transport", "udp"));

        (overTcp.Outcome, overTcp.Attribute("dns.transport"), overTcp.Measured("dns.answers")).ShouldBe((Outcome.Up, "tcp", 20));
        (plain.Outcome, plain.Attribute("dns.transport")).ShouldBe((Outcome.Up, "tcp"));
        overUdp.Cause.ShouldBe(Cause.Oversize);
    }

    [InstalledFact("named", "bind9")]
    public async Task It_is_asked_over_IPv6_and_for_signatures()
    {
        using var named = await StartAsync();

        var result = await DnsProbeTests.ProbeAsync(named.Port, ProbeSetup.Map(("query", "www.example.test"), ("dnssec", "true"), ("recursion", "false")), host: "::1");

        (result.Outcome, result.ResolvedAddress, result.Attribute("dns.flags")).ShouldBe((Outcome.Up, "::1", "aa"));
    }

    [InstalledFact("named", "bind9")]
    public async Task It_tells_its_version_and_which_server_it_is()
    {
        using var named = await StartAsync();

        var result = await DnsProbeTests.ProbeAsync(
            named.Port, ProbeSetup.Map(("query", "version.bind"), ("type", "TXT"), ("class", "CH"), ("nsid", "true")), SettingMap.Empty.WithList("answer", "9.99-test"));

        (result.Outcome, result.Attribute("dns.nsid")).ShouldBe((Outcome.Up, "bind-7"), result.Message);
    }

    [InstalledFact("named", "bind9")]
    public async Task All_addresses_of_its_zone_s_name_server_are_asked()
    {
        using var named = await StartAsync();

        var result = await DnsProbeTests.ProbeAsync(
            named.Port, ProbeSetup.Map(("query", "example.test"), ("nameServers", "true")), names: ("ns.example.test", ["127.0.0.1", "::1"]));

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        result.Message.ShouldEndWith("example.test. has serial 2026112201 on 1 name servers");
        result.Attributes.Count(attribute => attribute.Name == "dns.name_server").ShouldBe(2);
    }

    private static Task<ServerProcess> StartAsync() => ServerProcess.StartAsync(
        "named",
        (folder, port) =>
        [
            ("named.conf",
                $$"""
                options {
                  directory "{{folder}}";
                  listen-on port {{port}} { 127.0.0.1; };
                  listen-on-v6 port {{port}} { ::1; };
                  pid-file none;
                  recursion no;
                  server-id "bind-7";
                  version "9.99-test";
                  dnssec-validation no;
                  max-udp-size 1232;
                };
                controls { };
                zone "example.test" { type primary; file "example.test.zone"; check-names ignore; };
                """),
            ("example.test.zone", $"{Zone}\n{string.Concat(Enumerable.Range(0, 20).Select(i => $"big TXT \"{i:D2}{new string('x', 200)}\"\n"))}"),
        ],
        folder => ["-g", "-n", "1", "-c", Path.Combine(folder, "named.conf")],
        "all zones loaded");
}
