using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;
using ActorMonitor.Probes.Tests.HttpFetch;
using ActorMonitor.Probes.Tls;
using ActorMonitor.Probes.Tls.OpenSsl;
using Shouldly;
using Xunit;
using static ActorMonitor.Probes.Tests.ProbeSetup;

namespace ActorMonitor.Probes.Tests.Tls;

/// <summary>The handshake by itself, over OpenSSL and over the platform's TLS: the same servers, the same words.</summary>
public sealed class TlsHandshakeTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly TestCertificates _certificates;
    private readonly string _folder = Directory.CreateTempSubdirectory("tls").FullName;

    public TlsHandshakeTests() => _certificates = new TestCertificates(_time);

    public static TheoryData<bool> Clients => OpenSslContext.IsAvailable() ? [true, false] : [false];

    public void Dispose()
    {
        _certificates.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task What_was_agreed_on_and_shown_is_noted(bool isNative)
    {
        await using var server = Serving(new SslServerAuthenticationOptions { ServerCertificateContext = _certificates.Chain(-10, 20) });

        var result = await ConnectAsync(server, isNative, CaSettings());

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        result.Measured("tls").ShouldNotBeNull();
        result.Measured("certificate.days")!.Value.ShouldBe(20, tolerance: 0.01);
        result.Measured("certificate.leafDays")!.Value.ShouldBe(80, tolerance: 0.01);
        result.Attribute("tls.version").ShouldBe("Tls13");
        result.Attribute("tls.cipher")!.ShouldStartWith("TLS_");
        result.Attribute("certificate.subject").ShouldBe("CN=good.example");
        result.Attribute("certificate.names").ShouldBe("127.0.0.1");
        result.Attribute("certificate.chain")!.ShouldStartWith("CN=Intermediate of the tests, issued by CN=Root of the tests, expires 2030-07-05T");
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task An_intermediate_that_has_expired_is_told(bool isNative)
    {
        await using var server = Serving(new SslServerAuthenticationOptions { ServerCertificateContext = _certificates.Chain(-30, -1) });

        var result = await ConnectAsync(server, isNative, CaSettings());

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.TlsExpired), result.Message);
        result.Message.ShouldStartWith("the authority's certificate of CN=Intermediate of the tests expired at 2030-06-14");
    }

    [Theory]
    [InlineData(true, "19", Outcome.Up)]
    [InlineData(true, "21", Outcome.Degraded)]
    public async Task The_days_left_are_those_of_the_whole_chain(bool isNative, string days, Outcome outcome)
    {
        await using var server = Serving(new SslServerAuthenticationOptions { ServerCertificateContext = _certificates.Chain(-10, 20) });

        var result = await ConnectAsync(server, isNative && OpenSslContext.IsAvailable(), CaSettings(), Map(("certificateDays", days)));

        result.Outcome.ShouldBe(outcome, result.Message);
    }

    [Theory]
    [InlineData("certificate.issuer", "Root of the tests", Cause.None)]
    [InlineData("certificate.issuer", "Let's Encrypt", Cause.ExpectationFailed)]
    [InlineData("certificate.names", "GOOD.example", Cause.None)]
    [InlineData("certificate.names", "other.example", Cause.TlsNameMismatch)]
    [InlineData("tls.versions", "1.3", Cause.None)]
    [InlineData("tls.versions", "1.2", Cause.TlsParameters)]
    [InlineData("tls.ciphers", "TLS_RSA_WITH_AES_128_CBC_SHA", Cause.TlsParameters)]
    [InlineData("tls.notCiphers", "TLS_RSA_WITH_AES_128_CBC_SHA", Cause.None)]
    public async Task Expectations_are_judged(string name, string value, Cause cause)
    {
        await using var server = Serving(new SslServerAuthenticationOptions { ServerCertificate = _certificates.Server() });
        var expect = name == "certificate.issuer" ? Map((name, value)) : SettingMap.Empty.WithList(name, value);

        var result = await ConnectAsync(server, OpenSslContext.IsAvailable(), CaSettings(), expect);

        result.Cause.ShouldBe(cause, result.Message);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task A_self_signed_certificate_is_told_from_one_of_an_unknown_authority(bool isNative)
    {
        using var strangers = new TestCertificates(_time);
        await using var self = Serving(new SslServerAuthenticationOptions { ServerCertificate = _certificates.SelfSigned() });
        await using var unknown = Serving(new SslServerAuthenticationOptions { ServerCertificate = strangers.Server() });

        (await ConnectAsync(self, isNative, CaSettings())).Cause.ShouldBe(Cause.TlsSelfSigned);
        (await ConnectAsync(unknown, isNative, CaSettings())).Cause.ShouldBe(Cause.TlsUntrusted);
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task A_version_outside_the_jobs_bounds_is_told(bool isNative)
    {
        await using var server = Serving(new SslServerAuthenticationOptions { ServerCertificate = _certificates.Server(), EnabledSslProtocols = SslProtocols.Tls12 });

        var old = await ConnectAsync(server, isNative, CaSettings().With("tls.minVersion", "1.3"));
        var fine = await ConnectAsync(server, isNative, CaSettings());

        (old.Outcome, old.Cause).ShouldBe((Outcome.Down, Cause.TlsParameters), old.Message);
        (fine.Outcome, fine.Attribute("tls.version")).ShouldBe((Outcome.Up, "Tls12"), fine.Message);
    }

    [LinuxTheory]
    [InlineData("TLS_CHACHA20_POLY1305_SHA256", "TLS_CHACHA20_POLY1305_SHA256", true)]
    [InlineData("TLS_CHACHA20_POLY1305_SHA256", "TLS_CHACHA20_POLY1305_SHA256", false)]
    [InlineData("TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", true)]
    public async Task The_cipher_suites_offered_are_the_jobs(string offer, string agreed, bool isNative)
    {
        await using var server = Serving(new SslServerAuthenticationOptions { ServerCertificate = _certificates.Server() });

        var result = await ConnectAsync(server, isNative, CaSettings().WithList("tls.offer", offer));

        (result.Outcome, result.Attribute("tls.cipher")).ShouldBe((Outcome.Up, agreed), result.Message);
    }

    [Theory]
    [InlineData(SslProtocols.Tls13)]
    [InlineData(SslProtocols.Tls12)]
    public async Task A_server_that_demands_a_certificate_is_told(SslProtocols version)
    {
        await using var server = Serving(Demanding(version));

        var result = await ConnectAsync(server, OpenSslContext.IsAvailable(), CaSettings());

        result.Outcome.ShouldBe(Outcome.Down, result.Message);
        result.Cause.ShouldBeOneOf(Cause.TlsClientCertificate, Cause.ConnectionClosed, Cause.ConnectionReset);
    }

    [Theory]
    [InlineData(40, true, Cause.TlsClientCertificate)]
    [InlineData(40, false, Cause.TlsHandshake)]
    [InlineData(42, false, Cause.TlsClientCertificate)]
    [InlineData(48, false, Cause.TlsClientCertificate)]
    [InlineData(70, false, Cause.TlsParameters)]
    [InlineData(71, false, Cause.TlsParameters)]
    [InlineData(80, false, Cause.TlsHandshake)]
    [InlineData(112, false, Cause.TlsNameMismatch)]
    [InlineData(116, false, Cause.TlsClientCertificate)]
    [InlineData(120, false, Cause.ProtocolError)]
    public void An_alert_has_its_cause_and_its_name(int alert, bool isDemanded, Cause cause)
    {
        var told = TlsFailure.OfAlert(alert, isDemanded);

        told.Cause.ShouldBe(cause);
        told.Message.ShouldContain(TlsAlert.Name(alert));
    }

    [Theory]
    [InlineData(40, Cause.TlsHandshake)]
    [InlineData(70, Cause.TlsParameters)]
    [InlineData(112, Cause.TlsNameMismatch)]
    public async Task An_alert_on_the_wire_is_read(byte alert, Cause cause)
    {
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            await peer.SendAsync([0x15, 0x03, 0x03, 0x00, 0x02, 0x02, alert], stop);
            await peer.ReadUntilAsync("never", stop);
        });

        foreach (var client in Clients)
        {
            var result = await ConnectAsync(server, client, CaSettings());

            (result.Outcome, result.Cause).ShouldBe((Outcome.Down, cause), result.Message);
        }
    }

    [Fact]
    public async Task What_is_no_TLS_is_shown()
    {
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            await peer.SendAsync("SSH-2.0-OpenSSH_9.6\r\n", stop);
            await peer.ReadUntilAsync("never", stop);
        });

        var result = await ConnectAsync(server, OpenSslContext.IsAvailable(), CaSettings());

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.TlsHandshake));
        if (OpenSslContext.IsAvailable())
            result.Message.ShouldBe("the peer does not speak TLS: its answer begins with \"SSH-2.0-OpenSSH_9.6\"");
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public async Task A_client_certificate_is_shown(bool isNative)
    {
        await using var server = Serving(Demanding(SslProtocols.None));
        var (certificate, key) = _certificates.Client();

        var apart = await ConnectAsync(server, isNative, CaSettings().With("clientCertificate", FileOf("c.pem", certificate)).With("clientKey", FileOf("c.key", key)));
        var together = await ConnectAsync(server, isNative, CaSettings().With("clientCertificate", FileOf("both.pem", certificate + "\n" + key)));

        apart.Outcome.ShouldBe(Outcome.Up, apart.Message);
        together.Outcome.ShouldBe(Outcome.Up, together.Message);
    }

    [Theory]
    [InlineData("ca", "/does/not/exist", "no such file")]
    [InlineData("clientCertificate", "/does/not/exist", "no such file")]
    [InlineData("ca", "", "holds no certificate")]
    [InlineData("clientCertificate", "", "cannot be read as a certificate")]
    [InlineData("clientCertificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", "cannot be read as a certificate")]
    public async Task A_file_that_cannot_be_used_is_a_bad_setting(string name, string content, string message)
    {
        await using var server = Serving(new SslServerAuthenticationOptions { ServerCertificate = _certificates.Server() });

        foreach (var client in Clients)
        {
            var result = await ConnectAsync(server, client, CaSettings().With(name, content.StartsWith('/') ? content : FileOf("x.pem", content)));

            (result.Outcome, result.Cause).ShouldBe((Outcome.Unknown, Cause.BadSettings), result.Message);
            result.Message.ShouldContain(message);
        }
    }

    [Theory]
    [InlineData("RSA", SslProtocols.Tls12)]
    [InlineData("RSA", SslProtocols.Tls13)]
    [InlineData("P-384", SslProtocols.Tls12)]
    [InlineData("P-384", SslProtocols.Tls13)]
    [InlineData("P-521", SslProtocols.Tls13)]
    public async Task A_server_may_have_any_kind_of_key(string kind, SslProtocols version)
    {
        foreach (var client in Clients)
        {
            await using var server = Serving(new SslServerAuthenticationOptions { ServerCertificate = _certificates.SelfSigned(kind), EnabledSslProtocols = version });

            (await ConnectAsync(server, client, Map(("insecure", "true")))).Outcome.ShouldBe(Outcome.Up, $"over OpenSSL: {client}");
        }
    }

    [Fact]
    public async Task A_verdict_stands_for_a_minute_but_a_date_does_not()
    {
        await using var server = Serving(new SslServerAuthenticationOptions { ServerCertificate = _certificates.Server(untilDays: 1.0 / 24 / 60 / 2) });
        using var tls = new TlsClient(_time);

        var before = await ConnectAsync(server, tls, CaSettings());
        _time.Advance(TimeSpan.FromSeconds(31));
        var after = await ConnectAsync(server, tls, CaSettings());

        (before.Outcome, after.Cause).ShouldBe((Outcome.Up, Cause.TlsExpired), after.Message);
    }

    [Fact]
    public async Task What_is_said_arrives_in_both_directions_whatever_its_size()
    {
        if (!OpenSslContext.IsAvailable())
            return;
        await using var server = Serving(new SslServerAuthenticationOptions { ServerCertificate = _certificates.Server() }, async (stream, stop) =>
        {
            var buffer = new byte[30_000];
            while (await stream.ReadAsync(buffer, stop) is > 0 and var count)
                await stream.WriteAsync(buffer.AsMemory(0, count), stop);
        });
        var sent = new byte[300_000];
        new Random(5).NextBytes(sent);
        var got = new byte[sent.Length];

        var result = await ConnectAsync(server, true, CaSettings(), then: async session =>
        {
            var reading = session.Stream.ReadExactlyAsync(got).AsTask();
            await session.Stream.WriteAsync(sent);
            await reading;
        });

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        got.ShouldBe(sent);
    }

    private SslServerAuthenticationOptions Demanding(SslProtocols version) => new()
    {
        ServerCertificate = _certificates.Server(),
        EnabledSslProtocols = version,
        ClientCertificateRequired = true,
        RemoteCertificateValidationCallback = (_, certificate, _, _) => certificate?.Subject == "CN=client.example",
    };

    private SettingMap CaSettings() => Map(("ca", FileOf("ca.pem", _certificates.Roots[0].ExportCertificatePem())));

    private string FileOf(string name, string content)
    {
        var path = Path.Combine(_folder, name);
        if (!File.Exists(path) || File.ReadAllText(path) != content)
            File.WriteAllText(path, content);
        return path;
    }

    private async Task<ProbeResult> ConnectAsync(ScriptedTcpServer server, bool isNative, SettingMap settings, SettingMap? expect = null, Func<TlsSession, Task>? then = null)
    {
        using var tls = new TlsClient(_time, isNative);
        return await ConnectAsync(server, tls, settings, expect, then);
    }

    private Task<ProbeResult> ConnectAsync(ScriptedTcpServer server, TlsClient tls, SettingMap settings, SettingMap? expect = null, Func<TlsSession, Task>? then = null)
    {
        var environment = new ProbeEnvironment(_time, new TargetResolver(TargetPolicy.Default)) { Tls = tls };
        return ProbeRun.RunAsync(
            environment,
            Request("127.0.0.1", server.Port, settings, expect),
            async (run, token) =>
            {
                var socket = await TargetDialler.ConnectAsync(run, [IPAddress.Loopback], server.Port, 0, token);
                using var session = await TlsHandshake.ConnectAsync(run, new NetworkStream(socket, ownsSocket: true), TlsPlan.Of(run.Request), "127.0.0.1", [], 0, token);
                if (then is not null)
                    await then(session);

                // With TLS 1.3 the server judges the client after the handshake is done for the client: its answer tells.
                else if (await session.Stream.ReadAsync(new byte[1], token) == 0)
                    return run.Ended(Outcome.Down, Cause.ConnectionClosed, "closed");
                return session.Judge(run).FirstOrDefault() is { } finding ? run.Ended(finding.Outcome, finding.Cause, finding.Message) : run.Up(run.Elapsed);
            },
            CancellationToken.None);
    }

    private static ScriptedTcpServer Serving(SslServerAuthenticationOptions options, Func<Stream, CancellationToken, Task>? then = null) => ScriptedTcpServer.Start(async (peer, stop) =>
    {
        var tls = new SslStream(peer.Stream);
        peer.Stream = tls;
        await tls.AuthenticateAsServerAsync(options, stop);
        if (then is not null)
            await then(tls, stop);
        else
            await tls.WriteAsync("x"u8.ToArray(), stop);
        await peer.ReadUntilAsync("never", stop);
    });
}
