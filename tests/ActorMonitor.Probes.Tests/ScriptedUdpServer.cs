using System.Net;
using System.Net.Sockets;

namespace ActorMonitor.Probes.Tests;

/// <summary>A UDP socket on a free loopback port that hands every datagram to a script.</summary>
internal sealed class ScriptedUdpServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly Socket _socket;
    private readonly Task _serving;

    private ScriptedUdpServer(Func<ScriptedUdpServer, byte[], EndPoint, Task> script, IPAddress address, int port)
    {
        _socket = new Socket(address.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        _socket.Bind(new IPEndPoint(address, port));
        _serving = ServeAsync(script);
    }

    public int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    public static ScriptedUdpServer Start(Func<ScriptedUdpServer, byte[], EndPoint, Task> script, IPAddress? address = null, int port = 0)
        => new(script, address ?? IPAddress.Loopback, port);

    /// <summary>Answers every datagram with the same bytes.</summary>
    public static ScriptedUdpServer Answering(byte[] answer, IPAddress? address = null) => Start((server, _, client) => server.SendAsync(answer, client), address);

    public async Task SendAsync(byte[] datagram, EndPoint client) => await _socket.SendToAsync(datagram, SocketFlags.None, client, _stop.Token);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _socket.Dispose();
        await _serving;
        _stop.Dispose();
    }

    private async Task ServeAsync(Func<ScriptedUdpServer, byte[], EndPoint, Task> script)
    {
        var buffer = new byte[64 * 1024];
        var any = new IPEndPoint(_socket.AddressFamily == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0);
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                var received = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, any, _stop.Token);
                await script(this, buffer[..received.ReceivedBytes], received.RemoteEndPoint);
            }
            catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                // Stopped, or the answer met a client that had closed its socket.
            }
        }
    }
}
