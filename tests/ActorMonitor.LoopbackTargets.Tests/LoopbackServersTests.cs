using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Shouldly;
using Xunit;

namespace ActorMonitor.LoopbackTargets.Tests;

public sealed class LoopbackServersTests : IAsyncLifetime
{
    private readonly CancellationTokenSource _testTime = new(TimeSpan.FromSeconds(30));
    private LoopbackServers _servers = null!;

    public async Task InitializeAsync() => _servers = await LoopbackServers.StartAsync(null, default);

    public async Task DisposeAsync()
    {
        await _servers.DisposeAsync();
        _testTime.Dispose();
    }

    [Theory]
    [InlineData("/", HttpStatusCode.OK)]
    [InlineData("/health?full=1", HttpStatusCode.OK)]
    [InlineData("/status/503", HttpStatusCode.ServiceUnavailable)]
    [InlineData("/status/204", HttpStatusCode.NoContent)]
    [InlineData("/status/304", HttpStatusCode.NotModified)]
    [InlineData("/status/700", HttpStatusCode.NotFound)]
    [InlineData("/redirect", HttpStatusCode.Found)]
    [InlineData("/nothing", HttpStatusCode.NotFound)]
    public async Task Http_serves_its_paths(string path, HttpStatusCode expected)
    {
        using var client = new HttpClient(new HttpClientHandler { AllowAutoRedirect = false });

        using var response = await client.GetAsync(new Uri($"http://{_servers.Http}{path}"), _testTime.Token);

        response.StatusCode.ShouldBe(expected);
        response.Headers.Date.ShouldNotBeNull();
    }

    [Fact]
    public async Task Http_answers_HEAD_without_content()
    {
        var text = await SayAsync(_servers.Http, "HEAD /health HTTP/1.1\r\nHost: x\r\n\r\n");

        text.ShouldStartWith("HTTP/1.1 200 ");
        text.ShouldContain("Content-Length: 3\r\n");
        text.ShouldEndWith("\r\n\r\n");
    }

    [Theory]
    [InlineData("POST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", 405)]
    [InlineData("GET http://elsewhere/ HTTP/1.1\r\n\r\n", 400)]
    [InlineData("\0\u0001\u0002 garbage\r\n\r\n", 400)]
    [InlineData("GET /\r\n\r\n", 400)]
    public async Task Http_refuses_what_it_does_not_serve(string request, int status)
        => (await SayAsync(_servers.Http, request)).ShouldStartWith($"HTTP/1.1 {status} ");

    [Fact]
    public async Task Http_refuses_an_endless_head()
        => (await SayAsync(_servers.Http, "GET / HTTP/1.1\r\nX: " + new string('x', 20_000))).ShouldStartWith("HTTP/1.1 431 ");

    [Fact]
    public async Task Https_presents_the_certificate_for_its_address_and_name()
    {
        X509Certificate? presented = null;
        var handler = new SocketsHttpHandler
        {
            SslOptions =
            {
                RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
                {
                    presented = certificate is null ? null : X509CertificateLoader.LoadCertificate(certificate.GetRawCertData());
                    return !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch);
                },
            },
        };
        using var client = new HttpClient(handler);

        var byAddress = await client.GetStringAsync(new Uri($"https://{_servers.Https}/health"), _testTime.Token);
        var byName = await client.GetStringAsync(new Uri($"https://localhost:{_servers.Https.Port}/health"), _testTime.Token);

        byAddress.ShouldBe("ok\n");
        byName.ShouldBe("ok\n");
        presented!.GetCertHashString().ShouldBe(_servers.Certificate.GetCertHashString());
    }

    [Fact]
    public async Task Https_outlives_a_client_that_speaks_no_tls()
    {
        await SayAsync(_servers.Https, "GET / HTTP/1.1\r\n\r\n");

        using var client = new HttpClient(new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, errors) => !errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch) } });
        using var response = await client.GetAsync(new Uri($"https://{_servers.Https}/"), _testTime.Token);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Headers.Server.ShouldContain(new ProductInfoHeaderValue("loopback", null));
    }

    [Fact]
    public async Task Tcp_greets_and_returns_what_it_gets()
        => (await SayAsync(_servers.Tcp, "hello")).ShouldBe("220 loopback.test ready\r\nhello");

    [Fact]
    public async Task Udp_returns_each_datagram()
    {
        using var client = new UdpClient();
        client.Connect(_servers.UdpEcho);

        await client.SendAsync(new byte[] { 1, 2, 3 }, _testTime.Token);
        (await client.ReceiveAsync(_testTime.Token)).Buffer.ShouldBe(new byte[] { 1, 2, 3 });
        await client.SendAsync(new byte[9000], _testTime.Token);
        (await client.ReceiveAsync(_testTime.Token)).Buffer.Length.ShouldBe(9000);
    }

    [Fact]
    public async Task More_connections_than_the_bound_wait_for_their_turn()
    {
        await using var servers = await LoopbackServers.StartAsync(new LoopbackServerOptions { MaxConnections = 1 }, default);
        using var first = new TcpClient();
        await first.ConnectAsync(servers.Tcp, _testTime.Token);
        await ReadLineAsync(first);
        using var second = new TcpClient();
        await second.ConnectAsync(servers.Tcp, _testTime.Token);
        second.Available.ShouldBe(0);

        first.Close();

        (await ReadLineAsync(second)).ShouldBe("220 loopback.test ready");
    }

    [Fact]
    public async Task A_connection_ends_when_its_time_is_up()
    {
        await using var servers = await LoopbackServers.StartAsync(new LoopbackServerOptions { ConnectionTimeout = TimeSpan.FromMilliseconds(50) }, default);
        using var client = new TcpClient();
        await client.ConnectAsync(servers.Http, _testTime.Token);

        (await client.GetStream().ReadAsync(new byte[1], _testTime.Token)).ShouldBe(0);
    }

    [Fact]
    public async Task Nothing_listens_after_the_end()
    {
        var servers = await LoopbackServers.StartAsync(null, default);
        using var open = new TcpClient();
        await open.ConnectAsync(servers.Tcp, _testTime.Token);
        await ReadLineAsync(open);

        await servers.DisposeAsync();

        foreach (var endPoint in new[] { servers.Http, servers.Https, servers.Tcp, servers.Dns })
        {
            using var client = new TcpClient();
            (await Should.ThrowAsync<SocketException>(client.ConnectAsync(endPoint, _testTime.Token).AsTask())).SocketErrorCode.ShouldBe(SocketError.ConnectionRefused);
        }

        foreach (var endPoint in new[] { servers.UdpEcho, servers.Dns, servers.Ntp })
        {
            using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            socket.Bind(endPoint);
        }
    }

    [Ipv6Fact]
    public async Task It_serves_on_IPv6_too()
    {
        await using var servers = await LoopbackServers.StartAsync(new LoopbackServerOptions { Address = IPAddress.IPv6Loopback }, default);
        using var client = new HttpClient();

        (await client.GetStringAsync(new Uri($"http://{servers.Http}/health"), _testTime.Token)).ShouldBe("ok\n");
        servers.Dns.Address.ShouldBe(IPAddress.IPv6Loopback);
    }

    [Fact]
    public async Task Ports_that_are_free_are_as_they_are_wished_for_and_others_are_not_missed()
    {
        IReadOnlyList<int> ports;
        await using (var first = await LoopbackServers.StartAsync(null, default))
            ports = first.Ports;

        await using var again = await LoopbackServers.StartAsync(new LoopbackServerOptions { PreferredPorts = ports }, default);
        await using var beside = await LoopbackServers.StartAsync(new LoopbackServerOptions { PreferredPorts = [.. ports.Take(5), 70_000, -1] }, default);

        // Between the two, anybody on this machine may have taken one.
        again.Ports.Zip(ports).Count(pair => pair.First == pair.Second).ShouldBeGreaterThanOrEqualTo(4);
        beside.Ports.Intersect(again.Ports).ShouldBeEmpty();
        beside.Ports.ShouldAllBe(port => port > 0);
    }

    [Fact]
    public async Task Only_a_loopback_address_is_taken()
        => await Should.ThrowAsync<ArgumentException>(() => LoopbackServers.StartAsync(new LoopbackServerOptions { Address = IPAddress.Any }, default));

    /// <summary>Sends a text, says that no more follows, and reads until the server closes.</summary>
    private async Task<string> SayAsync(IPEndPoint server, string text)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(server, _testTime.Token);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(text), _testTime.Token);
        client.Client.Shutdown(SocketShutdown.Send);
        using var reader = new StreamReader(stream, Encoding.Latin1);
        return await reader.ReadToEndAsync(_testTime.Token);
    }

    private async Task<string?> ReadLineAsync(TcpClient client)
    {
        using var reader = new StreamReader(client.GetStream(), leaveOpen: true);
        return await reader.ReadLineAsync(_testTime.Token);
    }

    private sealed class Ipv6FactAttribute : FactAttribute
    {
        public Ipv6FactAttribute()
        {
            try
            {
                using var socket = new Socket(AddressFamily.InterNetworkV6, SocketType.Dgram, ProtocolType.Udp);
                socket.Bind(new IPEndPoint(IPAddress.IPv6Loopback, 0));
            }
            catch (SocketException e)
            {
                Skip = $"there is no ::1 here: {e.Message}";
            }
        }
    }
}
