using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using ActorMonitor.Messages;
using ActorMonitor.Probes.DnsQuery;
using ActorMonitor.Probes.Tests.HttpFetch;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.DnsQuery;

public sealed class DnsOverTlsTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("actormonitor-").FullName;
    private readonly TestCertificates _certificates = new(TimeProvider.System);

    public void Dispose()
    {
        _certificates.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task An_answer_over_TLS_is_Up_and_tells_of_the_certificate()
    {
        var result = await RunAsync(_certificates.Server());

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        result.Attribute("dns.transport").ShouldBe("tls");
        result.Attribute("certificate.subject").ShouldBe("CN=good.example");
        foreach (var phase in new[] { "connect", "tls", "wait", "transfer" })
            result.Measured(phase).ShouldNotBeNull(phase);
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_refused()
        => (await RunAsync(_certificates.Server("other.example"))).Cause.ShouldBe(Cause.TlsNameMismatch);

    [Fact]
    public async Task An_expired_certificate_is_refused()
        => (await RunAsync(_certificates.Server(untilDays: -1))).Cause.ShouldBe(Cause.TlsExpired);

    [Fact]
    public async Task A_certificate_that_soon_expires_degrades()
        => (await RunAsync(_certificates.Server(untilDays: 5), ProbeSetup.Map(("certificateDays", "14")))).Outcome.ShouldBe(Outcome.Degraded);

    [Fact]
    public async Task A_reset_in_the_handshake_is_a_reset()
        => (await RunAsync(async (peer, stop) =>
        {
            await peer.Stream.ReadExactlyAsync(new byte[5], stop);
            peer.Reset();
        })).Cause.ShouldBe(Cause.ConnectionReset);

    [Fact]
    public async Task A_server_that_speaks_no_TLS_fails_the_handshake()
        => (await RunAsync((peer, stop) => peer.SendAsync("220 welcome\r\n220 more than a record's head\r\n", stop))).Cause.ShouldBe(Cause.TlsHandshake);

    [Fact]
    public async Task A_connection_closed_before_the_answer_is_told()
        => (await RunAsync(async (peer, stop) =>
        {
            await HandshakeAsync(peer, _certificates.Server(), stop);
            await DnsProbeTests.ReadFramedAsync(peer, stop);
        })).Cause.ShouldBe(Cause.ConnectionClosed);

    [Fact]
    public void Plain_DNS_s_port_is_not_used_for_TLS()
    {
        var settings = ProbeSetup.Map(("transport", "tls"));
        var plain = ProbeSetup.Request("dns.example", 53, settings);
        var other = ProbeSetup.Request("dns.example", 8853, settings);

        (DnsPlan.Read(plain).PortOf(plain), DnsPlan.Read(other).PortOf(other)).ShouldBe((853, 8853));
    }

    internal static async Task HandshakeAsync(ScriptedPeer peer, X509Certificate2 certificate, CancellationToken cancellationToken, bool demandsCertificate = false)
    {
        var tls = new SslStream(peer.Stream);
        peer.Stream = tls;
        await tls.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                ClientCertificateRequired = demandsCertificate,
                RemoteCertificateValidationCallback = (_, shown, _, _) => !demandsCertificate || shown is not null,
                ApplicationProtocols = [new SslApplicationProtocol("dot")],
            },
            cancellationToken);
    }

    private Task<ProbeResult> RunAsync(X509Certificate2 certificate, SettingMap? expect = null) => RunAsync(
        async (peer, stop) =>
        {
            await HandshakeAsync(peer, certificate, stop);
            await DnsProbeTests.SendFramedAsync(peer, DnsBytes.Answer(await DnsProbeTests.ReadFramedAsync(peer, stop), [DnsBytes.Address(192, 0, 2, 1)]), stop);
            await peer.ReadUntilAsync("never", stop);
        },
        expect);

    private async Task<ProbeResult> RunAsync(Func<ScriptedPeer, CancellationToken, Task> script, SettingMap? expect = null)
    {
        var authority = Path.Combine(_folder, "ca.pem");
        await File.WriteAllTextAsync(authority, _certificates.Roots[0].ExportCertificatePem());
        await using var server = ScriptedTcpServer.Start(script);
        return await DnsProbeTests.ProbeAsync(server.Port, ProbeSetup.Map(("query", "www.example"), ("transport", "tls"), ("ca", authority)), expect);
    }
}
