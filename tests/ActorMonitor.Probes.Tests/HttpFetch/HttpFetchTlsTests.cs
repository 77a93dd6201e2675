using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using ActorMonitor.Messages;
using ActorMonitor.Probes.HttpFetch;
using Shouldly;
using Xunit;
using static ActorMonitor.Probes.Tests.ProbeSetup;

namespace ActorMonitor.Probes.Tests.HttpFetch;

public sealed class HttpFetchTlsTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly TestCertificates _certificates;

    public HttpFetchTlsTests() => _certificates = new TestCertificates(_time);

    public void Dispose() => _certificates.Dispose();

    [Fact]
    public async Task A_certificate_in_order_is_Up_and_reported()
    {
        await using var server = Serving(_certificates.Server());

        var result = await ProbeAsync(Request("127.0.0.1", server.Port));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Up, Cause.None), result.Message);
        result.Measured("tls").ShouldNotBeNull();
        result.Measured("certificate.days")!.Value.ShouldBe(80, tolerance: 0.001);
        result.Attribute("certificate.expires").ShouldBe("2030-09-03T12:00:00Z");
        result.Attribute("certificate.subject").ShouldBe("CN=good.example");
        result.Attribute("certificate.issuer").ShouldBe("CN=Root of the tests");
        result.Attribute("tls.version").ShouldBe("Tls13");
    }

    [IPv6Fact]
    public async Task A_certificate_for_an_IPv6_address_is_Up()
    {
        await using var server = Serving(_certificates.Server(), address: IPAddress.IPv6Loopback);

        (await ProbeAsync(Request("[::1]", server.Port))).Outcome.ShouldBe(Outcome.Up);
    }

    [Fact]
    public async Task The_servers_name_is_asked_for_and_verified()
    {
        var asked = "";
        await using var server = Serving(_certificates.Server(), name => asked = name);

        var result = await ProbeAsync(Request("good.example", server.Port), ("good.example", ["127.0.0.1"]));

        (result.Outcome, asked).ShouldBe((Outcome.Up, "good.example"));
    }

    [Fact]
    public async Task Another_name_can_be_asked_for_than_the_host()
    {
        var asked = "";
        await using var server = Serving(_certificates.Server("shop.example"), name => asked = name);

        var result = await ProbeAsync(Request("127.0.0.1", server.Port, Map(("serverName", "shop.example"))));

        (result.Outcome, asked).ShouldBe((Outcome.Up, "shop.example"), result.Message);
    }

    [Fact]
    public async Task An_expired_certificate_is_told()
        => await FailsAsync(_certificates.Server(fromDays: -90, untilDays: -1), Cause.TlsExpired, "expired at 2030-06-14");

    [Fact]
    public async Task A_certificate_of_the_future_is_told()
        => await FailsAsync(_certificates.Server(fromDays: 1), Cause.TlsNotYetValid, "valid only from 2030-06-16");

    [Fact]
    public async Task A_certificate_for_another_name_is_told()
        => await FailsAsync(_certificates.Server("other.example"), Cause.TlsNameMismatch, "is for other.example, not for 127.0.0.1");

    [Fact]
    public async Task A_certificate_that_nobody_vouches_for_is_told()
        => await FailsAsync(_certificates.SelfSigned(), Cause.TlsSelfSigned, "signed by itself");

    [Fact]
    public async Task A_certificate_under_a_root_that_is_not_ours_is_told()
    {
        using var others = new TestCertificates(_time);

        await FailsAsync(others.Server(), Cause.TlsUntrusted, "not trusted");
    }

    [Fact]
    public async Task The_date_is_told_before_the_name()
        => await FailsAsync(_certificates.Server("other.example", fromDays: -90, untilDays: -1), Cause.TlsExpired, "expired");

    [Fact]
    public async Task Without_roots_of_the_tests_the_systems_decide()
    {
        await using var server = Serving(_certificates.Server());

        var result = await new HttpFetchProbe(Environment(_time), HttpFetchSettings.Https).ProbeAsync(Request("127.0.0.1", server.Port), CancellationToken.None);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.TlsUntrusted), result.Message);
    }

    [Fact]
    public async Task Verification_can_be_waived_and_the_certificate_is_reported_all_the_same()
    {
        await using var server = Serving(_certificates.Server("other.example", fromDays: -90, untilDays: -1));

        var result = await ProbeAsync(Request("127.0.0.1", server.Port, Map(("insecure", "true"))));

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        result.Attribute("certificate.expires").ShouldBe("2030-06-14T12:00:00Z");
        result.Measured("certificate.days")!.Value.ShouldBe(-1, tolerance: 0.001);
    }

    [Theory]
    [InlineData("80", Outcome.Up, Cause.None)]
    [InlineData("81", Outcome.Degraded, Cause.ExpectationFailed)]
    public async Task A_certificate_that_expires_soon_is_degraded(string days, Outcome outcome, Cause cause)
    {
        await using var server = Serving(_certificates.Server());

        var result = await ProbeAsync(Request("127.0.0.1", server.Port, expect: Map(("certificateDays", days))));

        (result.Outcome, result.Cause).ShouldBe((outcome, cause), result.Message);
    }

    [Fact]
    public async Task A_server_that_does_not_speak_TLS_fails_the_handshake()
    {
        await using var server = ScriptedTcpServer.Start((peer, stop) => peer.SendAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", stop));

        var result = await ProbeAsync(Request("127.0.0.1", server.Port));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.TlsHandshake), result.Message);
    }

    [Fact]
    public async Task A_server_that_refuses_the_handshake_fails_it()
    {
        // An alert of level fatal, handshake_failure (RFC 8446 section 6).
        await using var server = ScriptedTcpServer.Start((peer, stop) => peer.SendAsync([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x28], stop));

        var result = await ProbeAsync(Request("127.0.0.1", server.Port));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.TlsHandshake), result.Message);
    }

    [Fact]
    public async Task A_server_that_closes_in_the_handshake_has_closed_the_connection()
    {
        await using var server = ScriptedTcpServer.Start((peer, stop) => peer.ReadUntilAsync("\u0001", stop));

        var result = await ProbeAsync(Request("127.0.0.1", server.Port));

        result.Outcome.ShouldBe(Outcome.Down);
        result.Cause.ShouldBeOneOf(Cause.ConnectionClosed, Cause.ConnectionReset);
        result.Message.ShouldContain("TLS handshake");
    }

    [Fact]
    public async Task A_server_that_stalls_in_the_handshake_times_out_there()
    {
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            await peer.ReadUntilAsync("\u0001", stop);
            _time.Advance(LongTimeout);
            await peer.ReadUntilAsync("never", stop);
        });

        var result = await ProbeAsync(Request("127.0.0.1", server.Port));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.Timeout));
        result.Message.ShouldContain("in the TLS handshake");
    }

    [Fact]
    public async Task A_redirect_to_a_server_with_a_bad_certificate_is_Down()
    {
        await using var bad = Serving(_certificates.Server("other.example"));
        await using var good = Serving(_certificates.Server(), answer: $"HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1:{bad.Port}/\r\nContent-Length: 0\r\n\r\n");

        var result = await ProbeAsync(Request("127.0.0.1", good.Port));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.TlsNameMismatch));
    }

    private async Task FailsAsync(X509Certificate2 certificate, Cause cause, string message)
    {
        await using var server = Serving(certificate);

        var result = await ProbeAsync(Request("127.0.0.1", server.Port));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, cause), result.Message);
        result.Message.ShouldContain(message);
        result.Attribute("certificate.expires").ShouldNotBeNull();
        result.Attribute("certificate.problems").ShouldNotBeNull();
    }

    private Task<ProbeResult> ProbeAsync(ProbeRequest request, params (string Host, string[] Addresses)[] names)
        => new HttpFetchProbe(Environment(_time, null, names), HttpFetchSettings.Https, _certificates.Roots).ProbeAsync(request, CancellationToken.None);

    private static ScriptedTcpServer Serving(
        X509Certificate2 certificate, Action<string>? onName = null, string answer = "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", IPAddress? address = null)
        => ScriptedTcpServer.Start(
            async (peer, stop) =>
            {
                var tls = new SslStream(peer.Stream);
                peer.Stream = tls;
                await tls.AuthenticateAsServerAsync(
                    new SslServerAuthenticationOptions
                    {
                        EnabledSslProtocols = SslProtocols.None,
                        ServerCertificateSelectionCallback = (_, name) =>
                        {
                            onName?.Invoke(name ?? "");
                            return certificate;
                        },
                    },
                    stop);
                await peer.ReadHeadAsync(stop);
                await peer.SendAsync(answer, stop);
            },
            address);
}
