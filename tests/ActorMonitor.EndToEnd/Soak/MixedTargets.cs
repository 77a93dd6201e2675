using System.Net;
using System.Net.Sockets;
using System.Text;
using ActorMonitor.LoopbackTargets;

namespace ActorMonitor.EndToEnd.Soak;

/// <summary>A server of every service that works, and some that do not: closed, resetting, silent, endless.</summary>
internal sealed class MixedTargets : IAsyncDisposable
{
    internal static readonly TimeSpan Timeout = TimeSpan.FromSeconds(1);

    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Socket> _sockets = [];
    private readonly List<Task> _serving = [];
    private readonly LoopbackServers _servers;
    private readonly int _closed;
    private readonly int _resetting;
    private readonly int _silent;
    private readonly int _dripping;
    private readonly int _silentDatagrams;

    private MixedTargets(LoopbackServers servers)
    {
        _servers = servers;
        _closed = Bound(SocketType.Stream);
        _resetting = Listening(ResetAsync);
        _silent = Listening(StaySilentAsync);
        _dripping = Listening(DripAsync);
        _silentDatagrams = Bound(SocketType.Dgram);
    }

    internal static async Task<MixedTargets> StartAsync() => new(await LoopbackServers.StartAsync(null, CancellationToken.None));

    /// <summary>A jobs file with so many jobs of each kind.</summary>
    internal string Jobs(int copies)
    {
        var kinds = new (string Name, string Keys)[]
        {
            ("ping", """ "service": "ping", "host": "127.0.0.1" """),
            ("ping-burst", """ "service": "ping", "host": "127.0.0.2", "settings": { "count": 5, "interval": "20ms" } """),
            ("traceroute", """ "service": "traceroute", "host": "127.0.0.1" """),
            ("http", $$""" "service": "http", "host": "127.0.0.1", "port": {{_servers.Http.Port}}, "settings": { "path": "/health" } """),
            ("http-404", $$""" "service": "http", "host": "127.0.0.1", "port": {{_servers.Http.Port}}, "settings": { "path": "/status/404" } """),
            ("http-redirect", $$""" "service": "http", "host": "127.0.0.1", "port": {{_servers.Http.Port}}, "settings": { "path": "/redirect" } """),
            ("http-reset", Http(_resetting)),
            ("http-silent", Http(_silent)),
            ("http-dripping", Http(_dripping)),
            ("https", $$""" "service": "https", "host": "127.0.0.1", "port": {{_servers.Https.Port}}, "settings": { "insecure": true } """),
            ("https-untrusted", $$""" "service": "https", "host": "127.0.0.1", "port": {{_servers.Https.Port}} """),
            ("https-silent", $$""" "service": "https", "host": "127.0.0.1", "port": {{_silent}} """),
            ("tcp", $$""" "service": "tcp", "host": "127.0.0.1", "port": {{_servers.Tcp.Port}}, "expect": { "banner": { "contains": "220" } } """),
            ("tcp-closed", $$""" "service": "tcp", "host": "127.0.0.1", "port": {{_closed}} """),
            ("tcp-silent", $$""" "service": "tcp", "host": "127.0.0.1", "port": {{_silent}}, "expect": { "banner": { "contains": "220" } } """),
            ("udp", $$""" "service": "udp", "host": "127.0.0.1", "port": {{_servers.UdpEcho.Port}} """),
            ("udp-silent", $$""" "service": "udp", "host": "127.0.0.1", "port": {{_silentDatagrams}} """),
            ("dns", $$""" "service": "dns", "host": "127.0.0.1", "port": {{_servers.Dns.Port}}, "settings": { "query": "www.{{LoopbackServers.Zone}}" } """),
            ("dns-nxdomain", $$""" "service": "dns", "host": "127.0.0.1", "port": {{_servers.Dns.Port}}, "settings": { "query": "www.example.com" } """),
            ("dns-silent", $$""" "service": "dns", "host": "127.0.0.1", "port": {{_silentDatagrams}}, "settings": { "query": "www.example.com" } """),
            ("dns-tcp", $$""" "service": "dns", "host": "127.0.0.1", "port": {{_servers.Dns.Port}}, "settings": { "query": "www.{{LoopbackServers.Zone}}", "transport": "tcp" } """),
            ("ntp", $$""" "service": "ntp", "host": "127.0.0.1", "port": {{_servers.Ntp.Port}} """),
            ("ntp-silent", $$""" "service": "ntp", "host": "127.0.0.1", "port": {{_silentDatagrams}} """),
            ("no-such-name", $$""" "service": "tcp", "host": "no-such-name.invalid", "port": {{_servers.Tcp.Port}} """),
        };
        var jobs = new StringBuilder("[\n");
        foreach (var (name, keys) in kinds)
        {
            for (var copy = 1; copy <= copies; copy++)
                jobs.Append($$"""  { "name": "{{name}}-{{copy}}",{{keys}}, "interval": "2s", "timeout": "{{Timeout.TotalMilliseconds}}ms" },""").Append('\n');
        }

        return jobs.Append("]\n").ToString();

        static string Http(int port) => $$""" "service": "http", "host": "127.0.0.1", "port": {{port}} """;
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        foreach (var socket in _sockets)
            socket.Dispose();
        await Task.WhenAll(_serving);
        await _servers.DisposeAsync();
        _stopping.Dispose();
    }

    private int Bound(SocketType type)
    {
        var socket = new Socket(AddressFamily.InterNetwork, type, type == SocketType.Stream ? ProtocolType.Tcp : ProtocolType.Udp);
        _sockets.Add(socket);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private int Listening(Func<Socket, CancellationToken, Task> serve)
    {
        var port = Bound(SocketType.Stream);
        var listener = _sockets[^1];
        listener.Listen(512);
        _serving.Add(AcceptAsync(listener, serve));
        return port;
    }

    private async Task AcceptAsync(Socket listener, Func<Socket, CancellationToken, Task> serve)
    {
        try
        {
            while (true)
                _ = ServeAsync(await listener.AcceptAsync(_stopping.Token), serve);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // It is the end.
        }
    }

    private async Task ServeAsync(Socket peer, Func<Socket, CancellationToken, Task> serve)
    {
        using (peer)
        {
            try
            {
                await serve(peer, _stopping.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException)
            {
                // The check went away.
            }
        }
    }

    private static async Task ResetAsync(Socket peer, CancellationToken cancellationToken)
    {
        _ = await peer.ReceiveAsync(new byte[512], SocketFlags.None, cancellationToken);
        peer.LingerState = new LingerOption(enable: true, seconds: 0);
    }

    private static async Task StaySilentAsync(Socket peer, CancellationToken cancellationToken)
    {
        while (await peer.ReceiveAsync(new byte[512], SocketFlags.None, cancellationToken) > 0)
        {
            // Listens, and has nothing to say.
        }
    }

    // The head of a response, byte by byte, for longer than anyone waits.
    private static async Task DripAsync(Socket peer, CancellationToken cancellationToken)
    {
        foreach (var letter in "HTTP/1.1 200 OK\r\nX-Slow: "u8.ToArray())
        {
            _ = await peer.SendAsync(new[] { letter }, SocketFlags.None, cancellationToken);
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, cancellationToken);
        }
    }
}
