using System.Net;
using System.Net.Sockets;

namespace ActorMonitor.Probes.Tests.TcpConnect;

/// <summary>A listener whose queue is full: the kernel drops every further SYN.</summary>
internal sealed class DeafPort : IDisposable
{
    private readonly Socket _listener;
    private readonly Socket _filler;

    private DeafPort(Socket listener, Socket filler) => (_listener, _filler) = (listener, filler);

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public static async Task<DeafPort> OpenAsync(IPAddress address)
    {
        var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(address, 0));
        listener.Listen(0);
        var filler = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await filler.ConnectAsync(listener.LocalEndPoint!);
        return new DeafPort(listener, filler);
    }

    public void Dispose()
    {
        _filler.Dispose();
        _listener.Dispose();
    }
}
