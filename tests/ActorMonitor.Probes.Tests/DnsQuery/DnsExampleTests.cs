using System.Security.Cryptography.X509Certificates;
using ActorMonitor.Messages;
using ActorMonitor.Probes.DnsQuery;
using ActorMonitor.Probes.Tests.HttpFetch;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.DnsQuery;

/// <summary>Every example of the reference page against a server that makes it Up, and against one that does not.</summary>
public sealed class DnsExampleTests : IDisposable
{
    private const int Answered = 0x8180;

    private static readonly Dictionary<string, Func<byte[], byte[]>> Servers = new()
    {
        ["Asks a resolver for the address of a site, and wants it soon"] = query => DnsBytes.Answer(query, [DnsBytes.Address(192, 0, 2, 80)]),
        ["Checks that a zone's records are exactly these, whatever their order, and neither too short-lived nor kept for too long"] = query => DnsBytes.Answer(
            query, [DnsBytes.Record(DnsBytes.Asked, 15, [0, 20, .. DnsBytes.Name("mail2.example.com")]), DnsBytes.Record(DnsBytes.Asked, 15, [0, 10, .. DnsBytes.Name("mail.example.com")])], 0x8400),
        ["Checks that all name servers of a zone answer with authority and hold the same serial, give or take one"] = query => DnsBytes.TypeOf(query) == 2
            ? DnsBytes.Answer(query, [DnsBytes.Record(DnsBytes.Asked, 2, DnsBytes.Name("ns1.example.com")), DnsBytes.Record(DnsBytes.Asked, 2, DnsBytes.Name("ns2.example.com"))])
            : DnsBytes.Answer(query, [DnsBytes.Record(DnsBytes.Asked, 6, DnsBytes.Start(7))], 0x8400),
        ["Checks a resolver over TLS, and its certificate"] = Address,
        ["Checks a resolver inside a network whose authority is its own, which wants a client certificate and a cipher suite"] = Address,
        ["Asks over TLS and takes whatever certificate there is"] = Address,
        ["Checks that a validating resolver validates, and that a zone's signatures do not run out"] = query => DnsBytes.Answer(
            query, [DnsBytes.Address(192, 0, 2, 1), DnsBytes.Record(DnsBytes.Asked, 46, DnsBytes.Signature(TimeProvider.System.GetUtcNow().AddDays(30)))], 0x81A0),
        ["Looks past a validation that fails"] = query => DnsBytes.Answer(query, [DnsBytes.Address(192, 0, 2, 1)], (query[3] & 0x10) != 0 ? 0x8190 : 0x8182),
        ["Asks a server for its version, and which of the servers behind its address it is"] = query => DnsBytes.Answer(
            query, [DnsBytes.Record(DnsBytes.Asked, 16, [6, .. "9.20.1"u8], ttl: 0, @class: 3)], 0x8400, additionals: [DnsBytes.Option(0, [0, 3, 0, 3, .. "ns7"u8])]),
        ["Checks that a server serves nobody's recursion: it refuses, or at most refers"] = query => DnsBytes.Answer(query, [], 0x8105),
        ["Checks a delegation: the name servers in the authority section, with their addresses beside them"] = query => DnsBytes.Answer(
            query, [], 0x8000,
            [DnsBytes.Record(DnsBytes.Asked, 2, DnsBytes.Name("ns1.sub.example.com")), DnsBytes.Record(DnsBytes.Asked, 2, DnsBytes.Name("ns2.sub.example.com"))],
            [DnsBytes.Record(DnsBytes.Name("ns1.sub.example.com"), 1, [192, 0, 2, 53]), DnsBytes.Record(DnsBytes.Name("ns2.sub.example.com"), 1, [192, 0, 2, 54])]),
        ["Checks over TCP, from a certain address of the monitor and with a mark on its packets, that a name is gone"] = query => DnsBytes.Answer(
            query, [], 0x8583, [DnsBytes.Record(DnsBytes.Name("example.com"), 6, DnsBytes.Start(7))]),
        ["Asks a resolver on a path where forgers may be, for a record type without a name, and without EDNS"] = query => DnsBytes.Answer(
            query, [DnsBytes.Record(DnsBytes.Asked, 65_280, [1, 2])]),
    };

    private readonly string _folder = Directory.CreateTempSubdirectory("actormonitor-").FullName;
    private readonly TestCertificates _certificates = new(TimeProvider.System);

    public static TheoryData<string> Titles() => Examples.TitlesOf(DnsProbe.Definition);

    public void Dispose()
    {
        _certificates.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Titles))]
    public async Task An_example_is_Up_where_all_is_as_it_says(string title)
    {
        Servers.ShouldContainKey(title);

        var result = await RunAsync(title, Servers[title]);

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
    }

    [Theory]
    [MemberData(nameof(Titles))]
    public async Task An_example_is_Down_where_the_server_fails(string title)
    {
        var result = await RunAsync(title, query => DnsBytes.Answer(query, [], Answered | 2));

        result.Outcome.ShouldBe(Outcome.Down, result.Message);
        result.Cause.ShouldBeOneOf(Cause.DnsRcode, Cause.ExpectationFailed);
    }

    [Fact]
    public void Every_setting_and_every_expectation_is_in_an_example()
    {
        var jobs = DnsProbe.Definition.Examples.Select(example => Examples.Read(DnsProbe.Definition, example.Title)).ToList();

        DnsProbe.Definition.Settings.Where(setting => !jobs.Exists(job => job.Settings.TryGet(setting.Name, out _))).Select(setting => setting.Name).ShouldBeEmpty();
        DnsProbe.Definition.Expectations.Where(setting => !jobs.Exists(job => job.Expectations.TryGet(setting.Name, out _))).Select(setting => setting.Name).ShouldBeEmpty();
    }

    private static byte[] Address(byte[] query) => DnsBytes.Answer(query, [DnsBytes.Address(192, 0, 2, 1)]);

    private async Task<ProbeResult> RunAsync(string title, Func<byte[], byte[]> answer)
    {
        var check = Examples.Read(DnsProbe.Definition, title);
        var transport = check.Settings.TryGet("transport", out var chosen) ? chosen.ToString() : "auto";
        await using var udp = ScriptedUdpServer.Start((self, query, client) => self.SendAsync(answer(query), client));
        await using var tcp = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            if (transport == "tls")
                await DnsOverTlsTests.HandshakeAsync(peer, _certificates.Server("dns.example.com"), stop, demandsCertificate: check.Settings.TryGet("clientCertificate", out _));
            await DnsProbeTests.SendFramedAsync(peer, answer(await DnsProbeTests.ReadFramedAsync(peer, stop)), stop);
            await peer.ReadUntilAsync("never", stop);
        });
        using var environment = ProbeSetup.Environment(
            names: [("ns1.example.com", ["127.0.0.1"]), ("ns2.example.com", ["127.0.0.1"]), ("dns.example.com", ["127.0.0.1"])]);
        var request = Examples.Request(check, transport is "tcp" or "tls" ? tcp.Port : udp.Port);
        if (transport == "tls")
            request = request with { Settings = WithFiles(request.Settings) };
        return await new DnsProbe(environment).ProbeAsync(request, CancellationToken.None);
    }

    /// <summary>The settings with files that there are.</summary>
    private SettingMap WithFiles(SettingMap settings)
    {
        var (authority, certificate, key) = (Path.Combine(_folder, "ca.pem"), Path.Combine(_folder, "client.pem"), Path.Combine(_folder, "client.key"));
        using var client = _certificates.Server("monitor.example.com");
        File.WriteAllText(authority, _certificates.Roots[0].ExportCertificatePem());
        File.WriteAllText(certificate, client.ExportCertificatePem());
        File.WriteAllText(key, client.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
        if (!settings.TryGet("insecure", out _))
            settings = settings.With("ca", authority);
        return settings.TryGet("clientCertificate", out _) ? settings.With("clientCertificate", certificate).With("clientKey", key) : settings;
    }
}
