using System.Net;
using System.Security.Cryptography.X509Certificates;
using ActorMonitor.Messages;
using ActorMonitor.Probes.TcpConnect;
using ActorMonitor.Probes.Tests.HttpFetch;
using Shouldly;
using Xunit;
using static ActorMonitor.Probes.Tests.ProbeSetup;

namespace ActorMonitor.Probes.Tests.TcpConnect;

/// <summary>Each example of the reference page against a server that it is made for, and against one that it is not.</summary>
public sealed class TcpConnectExampleTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly TestCertificates _certificates;
    private readonly string _folder = Directory.CreateTempSubdirectory("actormonitor-").FullName;
    private readonly X509Certificate2 _wildcard;
    private readonly Dictionary<string, Func<ScriptedPeer, CancellationToken, Task>> _servers;

    public TcpConnectExampleTests()
    {
        _certificates = new TestCertificates(_time);
        _wildcard = _certificates.Server("*.example.com");
        File.WriteAllText(Path.Combine(_folder, "example-trust.pem"), string.Join('\n', _certificates.Roots.Select(root => root.ExportCertificatePem())));
        File.WriteAllText(Path.Combine(_folder, "monitor.pem"), _wildcard.ExportCertificatePem());
        using (var key = _wildcard.GetECDsaPrivateKey()!)
            File.WriteAllText(Path.Combine(_folder, "monitor.key"), key.ExportPkcs8PrivateKeyPem());

        _servers = new()
        {
            ["Checks that a port takes connections, and soon enough"] = (peer, stop) => peer.UntilClosedAsync(stop),
            ["Checks the version that an SSH server says, over IPv4, and shows it"] = (peer, stop) => peer.SendAsync("SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", stop),
            ["Looks for a text in a server's banner and in its answer"] = async (peer, stop) =>
            {
                await peer.AskAsync("220 mail.example.com ESMTP\r\n", stop);
                await peer.SendAsync("250 mail.example.com\r\n", stop);
            },
            ["Checks a mail server's certificate behind STARTTLS"] = Starttls("smtp"),
            ["Speaks to a mail server over the TLS that STARTTLS began, until it says goodbye"] = Starttls("smtp", async (peer, stop) =>
            {
                await peer.ReadUntilAsync("\n", stop);
                await peer.AskAsync("250-mail.example.com\r\n250 SIZE 1000\r\n", stop);
                await peer.SendAsync("221 bye\r\n", stop);
            }),
            ["Begins TLS in the middle of a dialogue of its own"] = async (peer, stop) =>
            {
                await peer.AskAsync("\"SASL\" \"PLAIN\"\r\nOK\r\n", stop);
                await peer.SendAsync("OK \"begin\"\r\n", stop);
                await peer.StartTlsAsync(_wildcard, stop);
                await peer.SendAsync("\"SASL\" \"PLAIN\"\r\nOK\r\n", stop);
                await peer.UntilClosedAsync(stop);
            },
            ["Checks an IMAP server over TLS from the start, with bounds on what is agreed on"] = async (peer, stop) =>
            {
                await peer.StartTlsAsync(_wildcard, stop);
                await peer.AskAsync("* OK hello\r\n", stop);
                await peer.SendAsync("* BYE\r\na1 OK done\r\n", stop);
                await peer.UntilClosedAsync(stop);
            },
            ["Checks STARTTLS of an IMAP server"] = Starttls("imap"),
            ["Checks STARTTLS of a POP3 server"] = Starttls("pop3"),
            ["Checks AUTH TLS of an FTP server"] = Starttls("ftp"),
            ["Checks STARTTLS of a chat server"] = Starttls("xmpp"),
            ["Checks StartTLS of a directory"] = Starttls("ldap"),
            ["Checks the TLS of a PostgreSQL server, showing it a client certificate"] = async (peer, stop) =>
            {
                await StarttlsServers.GreetAsync("postgres", peer, stop);
                await peer.StartTlsAsync(_wildcard, stop, demandsCertificate: true);
                await peer.UntilClosedAsync(stop);
            },
            ["Checks the TLS of a MySQL server"] = Starttls("mysql"),
            ["Asks a Redis server whether it is alive"] = async (peer, stop) => await peer.SendAsync(await peer.ReadUntilAsync("\n", stop) == "PING\r\n" ? "+PONG\r\n" : "-ERR\r\n", stop),
            ["Sends back a word that the server says, and bytes that are no text"] = async (peer, stop) =>
            {
                var isSame = await peer.AskAsync("HELLO x7\r\n", stop) == "HELLO x7\r\n";
                await peer.Stream.ReadExactlyAsync(new byte[3], stop);
                await peer.SendAsync([isSame ? (byte)6 : (byte)0x15], stop);
            },
        };
    }

    public static TheoryData<string> Titles => Examples.TitlesOf(TcpSettings.Definition);

    public void Dispose()
    {
        _wildcard.Dispose();
        _certificates.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void Together_they_show_every_setting_and_expectation()
    {
        var checks = TcpSettings.Definition.Examples.Select(example => Examples.Read(TcpSettings.Definition, example.Title)).ToArray();

        TcpSettings.Definition.Settings.Select(setting => setting.Name).Except(checks.SelectMany(check => check.Settings).Select(pair => pair.Key)).ShouldBeEmpty();
        TcpSettings.Definition.Expectations.Select(setting => setting.Name).Except(checks.SelectMany(check => check.Expectations).Select(pair => pair.Key)).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Titles))]
    public async Task Each_example_is_Up_against_what_it_is_made_for(string title)
    {
        var check = Examples.Read(TcpSettings.Definition, title);
        if (check.Expectations.TryGet("closed", out var closed))
        {
            using var port = ClosedPort(out var refusing);
            using var deaf = await DeafPort.OpenAsync(IPAddress.Loopback);
            var to = closed.Items[0] == "silent" ? deaf.Port : refusing;
            await ShouldBeAsync(Outcome.Up, Local(check, to) with { Timeout = TimeSpan.FromMilliseconds(300) }, TimeProvider.System);
            return;
        }

        await using var server = ScriptedTcpServer.Start(_servers[title]);
        await ShouldBeAsync(Outcome.Up, Local(check, server.Port), _time);
    }

    [Theory]
    [MemberData(nameof(Titles))]
    public async Task No_example_is_Up_against_what_it_is_not_made_for(string title)
    {
        var check = Examples.Read(TcpSettings.Definition, title);
        await using var other = ScriptedTcpServer.Start((peer, stop) => peer.SendAsync("HTTP/1.1 400 Bad Request\r\n\r\n", stop));
        using var closed = ClosedPort(out var refusing);

        await ShouldBeAsync(Outcome.Down, Local(check, check.Settings.Count == 0 && !check.Expectations.TryGet("closed", out _) ? refusing : other.Port), _time);
    }

    private Func<ScriptedPeer, CancellationToken, Task> Starttls(string protocol, Func<ScriptedPeer, CancellationToken, Task>? then = null) => async (peer, stop) =>
    {
        await StarttlsServers.GreetAsync(protocol, peer, stop);
        await peer.StartTlsAsync(_wildcard, stop);
        await (then is null ? peer.UntilClosedAsync(stop) : then(peer, stop));
    };

    /// <summary>The request with what this host has in place of what an operator's has: files, a source address, the authority's name.</summary>
    private ProbeRequest Local(CheckDefinition check, int port)
    {
        var request = Examples.Request(check, port);
        var (settings, expectations) = (request.Settings, request.Expectations);
        foreach (var (name, value) in request.Settings.Where(pair => !pair.Value.IsList))
            settings = settings.With(name, name == "source" ? "127.0.0.1" : value.Items[0].Replace("/etc/actormonitor", _folder, StringComparison.Ordinal));
        if (expectations.TryGet("certificate.issuer", out _))
            expectations = expectations.With("certificate.issuer", "Root of the tests");
        return request with { Settings = settings, Expectations = expectations };
    }

    private async Task ShouldBeAsync(Outcome outcome, ProbeRequest request, TimeProvider time)
    {
        var probe = new TcpConnectProbe(Environment(time, null, (request.Host, ["127.0.0.1"])), request.Settings.TryGet("ca", out _) ? null : _certificates.Roots);

        var result = await probe.ProbeAsync(request, CancellationToken.None);

        result.Outcome.ShouldBe(outcome, $"{result.Cause}: {result.Message}");
    }
}
