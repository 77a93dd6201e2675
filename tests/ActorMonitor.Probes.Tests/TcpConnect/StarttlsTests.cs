using System.Security.Cryptography.X509Certificates;
using System.Text;
using ActorMonitor.Messages;
using ActorMonitor.Probes.TcpConnect;
using ActorMonitor.Probes.Tests.HttpFetch;
using Shouldly;
using Xunit;
using static ActorMonitor.Probes.Tests.ProbeSetup;

namespace ActorMonitor.Probes.Tests.TcpConnect;

public sealed class StarttlsTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly TestCertificates _certificates;

    public StarttlsTests() => _certificates = new TestCertificates(_time);

    public void Dispose() => _certificates.Dispose();

    [Theory]
    [InlineData("smtp")]
    [InlineData("imap")]
    [InlineData("pop3")]
    [InlineData("ftp")]
    [InlineData("xmpp")]
    [InlineData("ldap")]
    [InlineData("postgres")]
    [InlineData("mysql")]
    public async Task Each_protocol_gets_into_TLS_and_its_certificate_is_reported(string protocol)
    {
        using var certificate = _certificates.Server();
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            await StarttlsServers.GreetAsync(protocol, peer, stop);
            await peer.StartTlsAsync(certificate, stop);
            await peer.UntilClosedAsync(stop);
        });

        var result = await ProbeAsync(server, protocol, Map(("certificateDays", "80")));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Up, Cause.None), result.Message);
        result.Measured("starttls").ShouldNotBeNull();
        result.Measured("tls").ShouldNotBeNull();
        result.Measured("certificate.days")!.Value.ShouldBe(80, tolerance: 0.001);
    }

    [Theory]
    [InlineData("smtp")]
    [InlineData("imap")]
    [InlineData("pop3")]
    [InlineData("ftp")]
    [InlineData("xmpp")]
    [InlineData("ldap")]
    [InlineData("postgres")]
    public async Task Words_put_behind_the_agreement_are_refused_and_never_taken_for_protected_ones(string protocol)
    {
        // Whoever sits in between adds to what the server says in the clear (CVE-2011-0411 and its kin, for clients).
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            await StarttlsServers.GreetAsync(protocol, peer, stop, injected: "250 injected\r\n");
            await peer.UntilClosedAsync(stop);
        });

        var result = await ProbeAsync(server, protocol, null, "expect injected");

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.ProtocolError), result.Message);
        result.Message.ShouldContain("came unprotected after the peer had agreed to TLS");
    }

    [Theory]
    [InlineData("OK go\r\ninjected\r\n")]
    [InlineData("OK go\r\ninjected")]
    public async Task Nor_are_they_behind_a_step_starttls(string answer)
    {
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            await peer.AskAsync("OK hello\r\n", stop);
            await peer.SendAsync(answer, stop);
            await peer.UntilClosedAsync(stop);
        });

        var result = await ProbeAsync(server, null, null, "match ^OK", "send STARTTLS\\r\\n", "expect OK", "starttls", "expect injected");

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.ProtocolError), result.Message);
    }

    [Theory]
    [InlineData("smtp", "220 a\r\n|250-a\r\n250 SIZE\r\n", "does not offer STARTTLS")]
    [InlineData("smtp", "220 a\r\n|502 no\r\n", "answers EHLO with 502 \"no\"")]
    [InlineData("smtp", "220 a\r\n|250-a\r\n250 STARTTLS\r\n|454 not now\r\n", "answers STARTTLS with 454 \"not now\"")]
    [InlineData("imap", "* OK a\r\n|a1 NO no\r\n", "answers STARTTLS with \"a1 NO no\"")]
    [InlineData("imap", "* OK a\r\n|* CAPABILITY IMAP4rev1\r\na1 BAD what\r\n", "answers STARTTLS with \"a1 BAD what\"")]
    [InlineData("imap", "* PREAUTH hello\r\n", "not allowed")]
    [InlineData("pop3", "+OK a\r\n|-ERR no\r\n", "answers STLS with \"-ERR no\"")]
    [InlineData("ftp", "220-a\r\nfree text\r\n220 b\r\n|534 no\r\n", "answers AUTH TLS with 534 \"no\"")]
    [InlineData("xmpp", "~<stream:stream><stream:features><bind/></stream:features>", "does not offer STARTTLS")]
    [InlineData("xmpp", "~<stream:stream><stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>|<failure xmlns='urn:ietf:params:xml:ns:xmpp-tls'/>", "answers starttls with \"<failure")]
    [InlineData("ldap", "~\u0030\u000c\u0002\u0001\u0001\u0078\u0007\u000a\u0001\u0034\u0004\u0000\u0004\u0000", "result code 52")]
    [InlineData("postgres", "~N", "it has no TLS")]
    [InlineData("postgres", "~E", "does not know TLS")]
    [InlineData("mysql", "\u0012\u0000\u0000\u0000\u000a5\u0000\u0001\u0000\u0000\u0000abcdefgh\u0000\u0000\u0000", "does not offer TLS")]
    public async Task A_server_that_refuses_is_told_in_its_own_words(string protocol, string script, string message)
        => await FailsAsync(protocol, script, Cause.StarttlsRefused, message);

    [Theory]
    [InlineData("smtp", "SSH-2.0-x\r\n")]
    [InlineData("smtp", "22\r\n")]
    [InlineData("smtp", "220*a\r\n")]
    [InlineData("smtp", "220 a\r\n|250-a\r\n250 STARTTLS\r\n|what?\r\n")]
    [InlineData("imap", "220 a\r\n")]
    [InlineData("imap", "* OK a\r\n|garbage\r\n")]
    [InlineData("pop3", "hello\r\n")]
    [InlineData("pop3", "+OK a\r\n|hello\r\n")]
    [InlineData("ftp", "\u0000\u0001\u0002\u0003\n")]
    [InlineData("xmpp", "~HTTP/1.1 400 Bad Request\r\n\r\n<stream:features/>")]
    [InlineData("xmpp", "~<stream:stream><stream:features><starttls xmlns='urn:ietf:params:xml:ns:xmpp-tls'/></stream:features>|what>")]
    [InlineData("ldap", "~HTTP/1.1")]
    [InlineData("ldap", "~\u0030\u0084\u00ff\u00ff\u00ff\u00ff")]
    [InlineData("ldap", "~\u0030\u0080\u0000\u0000")]
    [InlineData("ldap", "~\u0030\u0001\u0000")]
    [InlineData("ldap", "~\u0030\u0008\u0002\u0001\u0001\u0078\u00ff\u000a\u0001\u0000")]
    [InlineData("postgres", "~H")]
    [InlineData("mysql", "\u00ff\u00ff\u00ff\u0000")]
    [InlineData("mysql", "\u0002\u0000\u0000\u0000\u000ax")]
    [InlineData("mysql", "\u0005\u0000\u0000\u0000\u000a5\u0000ab")]
    public async Task A_server_that_speaks_something_else_breaks_the_protocol(string protocol, string script)
        => await FailsAsync(protocol, script, Cause.ProtocolError, "");

    [Theory]
    [InlineData("smtp", "554 no\r\n", "greets with 554")]
    [InlineData("imap", "* BYE full\r\n", "greets with \"* BYE full\"")]
    [InlineData("pop3", "-ERR full\r\n", "greets with \"-ERR full\"")]
    [InlineData("mysql", "\u0009\u0000\u0000\u0000\u00ff\u0010\u0004Sorry\u0021", "greets with an error: \"Sorry")]
    public async Task A_server_that_wants_no_company_is_not_as_expected(string protocol, string script, string message)
        => await FailsAsync(protocol, script, Cause.ExpectationFailed, message);

    [Theory]
    [InlineData("smtp", "220 a\r\n|")]
    [InlineData("imap", "")]
    [InlineData("ldap", "~\u0030")]
    [InlineData("postgres", "~")]
    [InlineData("mysql", "\u0014\u0000\u0000\u0000\u000a5")]
    public async Task A_server_that_closes_on_the_way_has_closed_the_connection(string protocol, string script)
        => await FailsAsync(protocol, script, Cause.ConnectionClosed, "while waiting for the ");

    [Theory]
    [InlineData("smtp")]
    [InlineData("imap")]
    [InlineData("ftp")]
    public async Task A_reply_without_an_end_is_not_read_for_ever(string protocol)
    {
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            await peer.SendAsync(protocol == "imap" ? "* OK a\r\n" : "220-a\r\n", stop);
            while (true)
                await peer.SendAsync(protocol == "imap" ? "* 1 EXISTS\r\n" : "220-a\r\n", stop);
        });

        var result = await ProbeAsync(server, protocol);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.Oversize), result.Message);
    }

    [Fact]
    public async Task A_certificate_for_another_name_is_told() => await RefusedCertificateAsync(_certificates.Server("other.example"), Cause.TlsNameMismatch);

    [Fact]
    public async Task An_expired_certificate_is_told() => await RefusedCertificateAsync(_certificates.Server(fromDays: -90, untilDays: -1), Cause.TlsExpired);

    [Fact]
    public async Task A_certificate_that_expires_soon_is_Degraded()
    {
        using var certificate = _certificates.Server();
        await using var server = Mail(certificate);

        var result = await ProbeAsync(server, "smtp", Map(("certificateDays", "81")));

        (result.Outcome, result.Cause).ShouldBe((Outcome.Degraded, Cause.ExpectationFailed), result.Message);
    }

    [Fact]
    public async Task The_dialogue_goes_on_over_TLS()
    {
        using var certificate = _certificates.Server();
        await using var server = Mail(certificate);

        var result = await ProbeAsync(server, "smtp", null, "send EHLO me\\r\\n", "match ^250 (?<size>.*)", "send QUIT\\r\\n", "expect 221", "close");

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        result.Attribute("capture.size").ShouldBe("SIZE 1000");
    }

    [Fact]
    public async Task TLS_can_be_spoken_from_the_start()
    {
        using var certificate = _certificates.Server();
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            await peer.StartTlsAsync(certificate, stop);
            await peer.SendAsync("* OK hello\r\n", stop);
        });

        var result = await ProbeAsync(server, Map(("transport", "tls")).WithList("steps", "match ^\\* OK"), SettingMap.Empty);

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
    }

    [Fact]
    public async Task A_server_that_speaks_in_the_clear_where_TLS_is_due_fails_the_handshake()
    {
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            await peer.SendAsync("220 mail.example.com ESMTP\r\n", stop);
            await peer.UntilClosedAsync(stop);
        });

        var result = await ProbeAsync(server, Map(("transport", "tls")), SettingMap.Empty);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.TlsHandshake), result.Message);
    }

    [Fact]
    public async Task A_reset_in_the_dialogue_over_TLS_is_a_reset()
    {
        using var certificate = _certificates.Server();
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            await peer.StartTlsAsync(certificate, stop);
            await peer.AskAsync("hello\r\n", stop);
            peer.Reset();
        });

        var result = await ProbeAsync(server, Map(("transport", "tls")).WithList("steps", "expect hello", "send x\\n", "expect y"), SettingMap.Empty);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.ConnectionReset), result.Message);
        result.Message.ShouldContain("in step 3");
    }

    [Theory]
    [InlineData("transport", "tls")]
    [InlineData("starttls", "imap")]
    public async Task TLS_starts_once(string setting, string value)
    {
        var result = await new TcpConnectProbe(Environment()).ProbeAsync(Request("127.0.0.1", 9, Map((setting, value)).WithList("steps", "starttls")), CancellationToken.None);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Unknown, Cause.BadSettings));
    }

    [Fact]
    public async Task What_is_expected_of_TLS_needs_TLS()
    {
        var result = await new TcpConnectProbe(Environment()).ProbeAsync(Request("127.0.0.1", 9, expect: Map(("certificateDays", "1"))), CancellationToken.None);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Unknown, Cause.BadSettings));
    }

    private async Task RefusedCertificateAsync(X509Certificate2 certificate, Cause cause)
    {
        await using var server = Mail(certificate);

        var result = await ProbeAsync(server, "smtp");

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, cause), result.Message);
        certificate.Dispose();
    }

    /// <summary>Plays what the server says, piece by piece ("|"), each after what the client says; "~" at the start lets the client speak first.</summary>
    private async Task FailsAsync(string protocol, string script, Cause cause, string message)
    {
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            var heard = new byte[4096];
            if (script.StartsWith('~'))
                _ = await peer.Stream.ReadAtLeastAsync(heard, 1, throwOnEndOfStream: false, stop);
            foreach (var piece in script.TrimStart('~').Split('|'))
            {
                await peer.SendAsync(Encoding.Latin1.GetBytes(piece), stop);
                if (piece != script.TrimStart('~').Split('|')[^1])
                    _ = await peer.Stream.ReadAtLeastAsync(heard, 1, throwOnEndOfStream: false, stop);
            }
        });

        var result = await ProbeAsync(server, protocol);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, cause), result.Message);
        result.Message.ShouldContain(message);
    }

    private static ScriptedTcpServer Mail(X509Certificate2 certificate) => ScriptedTcpServer.Start(async (peer, stop) =>
    {
        await StarttlsServers.GreetAsync("smtp", peer, stop);
        await peer.StartTlsAsync(certificate, stop);
        await peer.ReadUntilAsync("\n", stop);
        await peer.AskAsync("250-mail.example.com\r\n250 SIZE 1000\r\n", stop);
        await peer.SendAsync("221 bye\r\n", stop);
    });

    private Task<ProbeResult> ProbeAsync(ScriptedTcpServer server, string? protocol, SettingMap? expect = null, params string[] steps)
    {
        var settings = protocol is null ? SettingMap.Empty : Map(("starttls", protocol));
        return ProbeAsync(server, steps.Length == 0 ? settings : settings.WithList("steps", steps), expect ?? SettingMap.Empty);
    }

    private Task<ProbeResult> ProbeAsync(ScriptedTcpServer server, SettingMap settings, SettingMap expect)
        => new TcpConnectProbe(Environment(_time), _certificates.Roots).ProbeAsync(Request("127.0.0.1", server.Port, settings, expect), CancellationToken.None);
}
