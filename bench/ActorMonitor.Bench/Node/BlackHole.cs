using System.Net;
using System.Net.Sockets;

namespace ActorMonitor.Bench.Node;

/// <summary>
/// A port on which every connection attempt is met with silence: its backlog is full and nobody takes from it, so the system
/// drops each further SYN. Needs no privilege, unlike a packet filter.
/// </summary>
internal sealed class BlackHole : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly List<Socket> _fill = [];

    private BlackHole()
    {
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public static async Task<BlackHole> OpenAsync()
    {
        var hole = new BlackHole();
        hole._listener.Bind(new IPEndPoint(IPAddress.Any, 0));
        hole._listener.Listen(0);
        while (true)
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            hole._fill.Add(socket);
            using var bound = new CancellationTokenSource(TimeSpan.FromMilliseconds(300));
            try
            {
                await socket.ConnectAsync(IPAddress.Loopback, hole.Port, bound.Token);
            }
            catch (OperationCanceledException)
            {
                return hole;
            }
        }
    }

    public void Dispose()
    {
        _fill.ForEach(socket => socket.Dispose());
        _listener.Dispose();
    }
}
