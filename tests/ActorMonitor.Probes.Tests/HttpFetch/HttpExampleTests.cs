using System.IO.Compression;
using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorMonitor.Messages;
using ActorMonitor.Probes.HttpFetch;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.HttpFetch;

/// <summary>Runs the examples of the reference page against a server that has what they look for, and one that has not.</summary>
public sealed class HttpExampleTests : IAsyncLifetime, IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("http-examples").FullName;
    private readonly TestCertificates _certificates = new(TimeProvider.System);
    private readonly List<WebApplication> _servers = [];
    private int _plain;
    private int _secure;
    private int _mutual;
    private int _http2;

    public static TheoryData<string> HttpTitles => Examples.TitlesOf(HttpFetchSettings.Http);

    public static TheoryData<string> HttpsTitles => Examples.TitlesOf(HttpFetchSettings.Https);

    public async Task InitializeAsync()
    {
        _secure = await ServeAsync(HttpProtocols.Http1AndHttp2, ClientCertificateMode.NoCertificate);
        _mutual = await ServeAsync(HttpProtocols.Http1, ClientCertificateMode.RequireCertificate);
        _plain = await ServeAsync(HttpProtocols.Http1, null);
        _http2 = await ServeAsync(HttpProtocols.Http2, null);
    }

    public async Task DisposeAsync()
    {
        foreach (var server in _servers)
            await server.DisposeAsync();
    }

    public void Dispose()
    {
        _certificates.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Theory]
    [MemberData(nameof(HttpTitles))]
    public Task The_examples_of_http_are_Up(string title) => RunAsync(HttpFetchSettings.Http, title);

    [Theory]
    [MemberData(nameof(HttpsTitles))]
    public Task The_examples_of_https_are_Up(string title) => RunAsync(HttpFetchSettings.Https, title);

    [Theory]
    [MemberData(nameof(HttpTitles))]
    public async Task No_example_of_http_is_Up_against_a_server_that_speaks_something_else(string title)
    {
        await using var mail = Mail();

        var result = await ProbeAsync(HttpFetchSettings.Http, title, mail.Port);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.ProtocolError), result.Message);
    }

    [Theory]
    [MemberData(nameof(HttpsTitles))]
    public async Task No_example_of_https_is_Up_against_a_server_that_speaks_something_else(string title)
    {
        await using var mail = Mail();

        var result = await ProbeAsync(HttpFetchSettings.Https, title, mail.Port);

        result.Outcome.ShouldBe(Outcome.Down, result.Message);
        result.Cause.ShouldBeOneOf(Cause.TlsHandshake, Cause.ProtocolError);
    }

    [Fact]
    public void Every_setting_and_expectation_is_in_an_example()
    {
        foreach (var service in new[] { HttpFetchSettings.Http, HttpFetchSettings.Https })
        {
            var checks = service.Examples.Select(example => Examples.Read(service, example.Title)).ToArray();

            service.Settings.Where(setting => !checks.Any(check => check.Settings.TryGet(setting.Name, out _))).Select(setting => setting.Name).ShouldBeEmpty(service.Name);
            service.Expectations.Where(setting => !checks.Any(check => check.Expectations.TryGet(setting.Name, out _))).Select(setting => setting.Name).ShouldBeEmpty(service.Name);
        }
    }

    private async Task RunAsync(ServiceDefinition service, string title)
    {
        await using var tunnel = ScriptedTcpServer.Start(TunnelAsync);
        var port = (service.Name, title) switch
        {
            ("http", "Speaks HTTP/2 without TLS") => _http2,
            ("http", _) => _plain,
            (_, "Shows a client certificate and trusts an authority of its own") => _mutual,
            (_, var proxied) when proxied.Contains("proxy", StringComparison.Ordinal) => tunnel.Port,
            _ => _secure,
        };

        var result = await ProbeAsync(service, title, port);

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
    }

    private static ScriptedTcpServer Mail() => ScriptedTcpServer.Start(async (peer, stop) =>
    {
        await peer.SendAsync("220 mail.example.com ESMTP\r\n", stop);
        await peer.ReadUntilAsync("never", stop);
    });

    /// <summary>A proxy that connects whoever shows its password to the server, whatever host was asked for.</summary>
    private async Task TunnelAsync(ScriptedPeer peer, CancellationToken stop)
    {
        var head = await peer.ReadHeadAsync(stop);
        head.ShouldStartWith("CONNECT www.example.com:");
        head.ShouldContain($"\r\nProxy-Authorization: Basic {Convert.ToBase64String("monitor:only-an-example"u8)}\r\n");
        using var server = new TcpClient();
        await server.ConnectAsync(IPAddress.Loopback, _secure, stop);
        await peer.SendAsync("HTTP/1.1 200 Connected\r\n\r\n", stop);
        await Task.WhenAny(peer.Stream.CopyToAsync(server.GetStream(), stop), server.GetStream().CopyToAsync(peer.Stream, stop));
    }

    private Task<ProbeResult> ProbeAsync(ServiceDefinition service, string title, int port)
    {
        var check = Examples.Read(service, title);
        var settings = check.Settings;
        settings = WithFile(settings, "auth.tokenFile", "token\n");
        settings = WithFile(settings, "auth.passwordFile", "only-an-example\n");
        settings = WithFile(settings, "proxy.passwordFile", "only-an-example\n");
        settings = WithFile(settings, "ca", _certificates.Roots[0].ExportCertificatePem());
        var (client, key) = _certificates.Client();
        settings = WithFile(settings, "clientCertificate", client);
        settings = WithFile(settings, "clientKey", key);
        if (settings.TryGet("proxy.address", out _))
            settings = settings.With("proxy.address", $"proxy.example.com:{port}");

        string[] hosts = ["www.example.com", "api.example.com", "intranet.example.com", "example.com", "proxy.example.com", "download.example.com", "good.example", "appliance.example.com", "grpc.example.com"];
        var environment = ProbeSetup.Environment(null, null, [.. hosts.Select(host => (host, new[] { "127.0.0.1" }))]);
        var request = Examples.Request(check with { Host = check.Host == "10.0.0.7" ? "127.0.0.1" : check.Host, Settings = settings }, port);
        return new HttpFetchProbe(environment, service, settings.TryGet("ca", out _) ? null : _certificates.Roots).ProbeAsync(request with { Timeout = ProbeSetup.LongTimeout }, CancellationToken.None);
    }

    private SettingMap WithFile(SettingMap settings, string name, string content)
    {
        if (!settings.TryGet(name, out _))
            return settings;
        var path = Path.Combine(_folder, name);
        File.WriteAllText(path, content);
        return settings.With(name, path);
    }

    private async Task<int> ServeAsync(HttpProtocols protocols, ClientCertificateMode? mode)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(options => options.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = protocols;
            if (mode is { } wanted)
            {
                listen.UseHttps(https =>
                {
                    https.ServerCertificate = _certificates.Server("good.example", alsoFor: ["www.example.com", "api.example.com", "intranet.example.com", "example.com", "download.example.com"]);
                    https.ClientCertificateMode = wanted;
                    https.ClientCertificateValidation = (certificate, _, _) => certificate.Subject == "CN=client.example";
                });
            }
        }));
        var server = builder.Build();
        server.Run(AnswerAsync);
        await server.StartAsync();
        _servers.Add(server);
        return new Uri(server.Urls.First()).Port;
    }

    private async Task AnswerAsync(HttpContext context)
    {
        context.Response.Headers.LastModified = TimeProvider.System.GetUtcNow().AddDays(-2).ToString("r");
        switch (context.Request.Path.Value)
        {
            case "/v1/search":
                await context.Response.WriteAsJsonAsync(new Dictionary<string, object> { ["status"] = "ok", ["hits"] = new[] { new Dictionary<string, object> { ["name"] = "a bolt", ["price net"] = 9.5 } } });
                break;
            case "/list.txt":
                using (var packed = new MemoryStream())
                {
                    await using (var gzip = new GZipStream(packed, CompressionLevel.Fastest, leaveOpen: true))
                        await gzip.WriteAsync(Encoding.UTF8.GetBytes("one\ntwo\n"));
                    context.Response.Headers.ContentEncoding = "gzip";
                    await context.Response.Body.WriteAsync(packed.ToArray());
                }

                break;
            case "/" when context.Request.Host.Host == "example.com" && !context.Request.IsHttps:
                // Where the examples of http look for a certificate, at the end of a redirect.
                context.Response.Redirect($"https://example.com:{_secure}/landed");
                break;
            case "/":
                await context.Response.WriteAsync("Welcome");
                break;
            default:
                await context.Response.WriteAsync("Welcome to 17 articles of today");
                break;
        }
    }
}
