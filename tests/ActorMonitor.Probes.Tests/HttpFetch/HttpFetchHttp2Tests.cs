using System.Net;
using ActorMonitor.Messages;
using ActorMonitor.Probes.HttpFetch;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;
using Shouldly;
using Xunit;
using static ActorMonitor.Probes.Tests.ProbeSetup;

namespace ActorMonitor.Probes.Tests.HttpFetch;

public sealed class HttpFetchHttp2Tests : IAsyncDisposable
{
    private readonly TestCertificates _certificates = new(TimeProvider.System);
    private readonly List<WebApplication> _servers = [];

    [Theory]
    [InlineData("https")]
    [InlineData("http")]
    public async Task A_server_of_HTTP2_is_Up(string scheme)
    {
        var port = await ServeAsync(HttpProtocols.Http2, scheme == "https");

        var result = await ProbeAsync(scheme, port, Map(("body.contains", "HTTP/2")));

        result.Outcome.ShouldBe(Outcome.Up, result.Message);
        result.Attribute("http.version").ShouldBe("2.0");
    }

    [Fact]
    public async Task A_server_of_HTTP11_alone_is_Down_where_HTTP2_is_asked_for()
    {
        var port = await ServeAsync(HttpProtocols.Http1, isSecure: true);

        var result = await ProbeAsync("https", port);

        result.Outcome.ShouldBe(Outcome.Down);
        result.Cause.ShouldBeOneOf(Cause.ProtocolError, Cause.TlsHandshake);
    }

    [Fact]
    public async Task A_plain_server_of_HTTP11_alone_is_Down_where_HTTP2_is_asked_for()
    {
        await using var server = ScriptedTcpServer.Start(async (peer, stop) =>
        {
            await peer.ReadUntilAsync("SM\r\n\r\n", stop);
            await peer.SendAsync("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n", stop);
            await peer.ReadUntilAsync("never", stop);
        });

        var result = await ProbeAsync("http", server.Port);

        (result.Outcome, result.Cause).ShouldBe((Outcome.Down, Cause.ProtocolError), result.Message);
    }

    [Fact]
    public async Task A_server_of_both_is_asked_in_HTTP11_unless_the_job_says_otherwise()
    {
        var port = await ServeAsync(HttpProtocols.Http1AndHttp2, isSecure: true);
        var probe = new HttpFetchProbe(Environment(), HttpFetchSettings.Https, _certificates.Roots);

        var result = await probe.ProbeAsync(Request("127.0.0.1", port), CancellationToken.None);

        result.Attribute("http.version").ShouldBe("1.1");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var server in _servers)
            await server.DisposeAsync();
        _certificates.Dispose();
    }

    private Task<ProbeResult> ProbeAsync(string scheme, int port, SettingMap? expect = null)
    {
        var service = scheme == "https" ? HttpFetchSettings.Https : HttpFetchSettings.Http;
        return new HttpFetchProbe(Environment(), service, _certificates.Roots)
            .ProbeAsync(Request("127.0.0.1", port, Map(("httpVersion", "2")), expect), CancellationToken.None);
    }

    private async Task<int> ServeAsync(HttpProtocols protocols, bool isSecure)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = protocols;
            if (isSecure)
                listen.UseHttps(_certificates.Server());
        }));
        var server = builder.Build();
        _servers.Add(server);
        server.Run(context => context.Response.WriteAsync(context.Request.Protocol));
        await server.StartAsync();
        return new Uri(server.Urls.Single()).Port;
    }
}
