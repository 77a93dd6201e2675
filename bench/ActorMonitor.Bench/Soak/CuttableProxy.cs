using System.Net;
using System.Net.Sockets;

namespace ActorMonitor.Bench.Soak;

/// <summary>A TCP proxy on the loopback that can take the link away: at once, or after a while in which bytes pile up.</summary>
internal sealed class CuttableProxy : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly List<Socket> _sockets = [];
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly int _target;
    private readonly Task _accepting;
    private TaskCompletionSource _flow = Open();
    private bool _isCut;

    public CuttableProxy(int target)
    {
        _target = target;
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _listener.Listen();
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = AcceptAsync();
    }

    public int Port { get; }

    /// <summary>A port that nobody listens on now.</summary>
    public static int FreePort()
    {
        using var probe = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        probe.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)probe.LocalEndPoint!).Port;
    }

    /// <summary>Nothing goes through any more, and nobody is told.</summary>
    public void Stall()
    {
        lock (_lock)
        {
            if (_flow.Task.IsCompleted)
                _flow = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Resets all connections, with what is in them, and takes no new ones.</summary>
    public void Cut()
    {
        lock (_lock)
        {
            _isCut = true;
            foreach (var socket in _sockets)
                Reset(socket);

            _sockets.Clear();
            _flow.TrySetResult();
        }
    }

    public void Restore()
    {
        lock (_lock)
        {
            _isCut = false;
            _flow.TrySetResult();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        Cut();
        await _accepting;
    }

    private static TaskCompletionSource Open()
    {
        var open = new TaskCompletionSource();
        open.SetResult();
        return open;
    }

    private static void Reset(Socket socket)
    {
        try
        {
            socket.LingerState = new LingerOption(enable: true, seconds: 0);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // It has ended by itself.
        }

        socket.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var inbound = await _listener.AcceptAsync();
                _ = ServeAsync(inbound);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The listener is closed: the proxy ends.
        }
    }

    private async Task ServeAsync(Socket inbound)
    {
        var outbound = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            if (!TryKeep(inbound, outbound))
                return;

            inbound.NoDelay = outbound.NoDelay = true;
            await outbound.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _target));
            await Task.WhenAny(PumpAsync(inbound, outbound), PumpAsync(outbound, inbound));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut, or the target is gone: the other end is reset below.
        }
        finally
        {
            lock (_lock)
            {
                _sockets.Remove(inbound);
                _sockets.Remove(outbound);
            }

            Reset(inbound);
            Reset(outbound);
        }
    }

    private bool TryKeep(Socket inbound, Socket outbound)
    {
        lock (_lock)
        {
            if (_isCut)
                return false;

            _sockets.Add(inbound);
            _sockets.Add(outbound);
            return true;
        }
    }

    private async Task PumpAsync(Socket from, Socket to)
    {
        var buffer = new byte[32 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var count)
            {
                Task flow;
                lock (_lock) flow = _flow.Task;
                await flow;
                for (var sent = 0; sent < count;)
                    sent += await to.SendAsync(buffer.AsMemory(sent, count - sent));
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One side is gone; the other pump and the caller end with it.
        }
    }
}
