using System.Net;
using System.Net.Sockets;

namespace Akka.Remote;

/// <summary>The listening socket and the connections that come in before they are links.</summary>
internal sealed class Listener : IDisposable
{
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromMilliseconds(100);

    private readonly Remoting _remoting;
    private readonly Socket _socket;
    private int _connections;
    private volatile bool _isDisposed;

    public Listener(Remoting remoting)
    {
        _remoting = remoting;
        var settings = remoting.Settings;
        Socket? socket = null;
        try
        {
            var ip = IPAddress.TryParse(settings.Hostname, out var literal) ? literal : Lookup(settings.Hostname);
            socket = new Socket(ip.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            if (ip.Equals(IPAddress.IPv6Any))
                socket.DualMode = true;
            if (OperatingSystem.IsWindows())
                socket.ExclusiveAddressUse = true;

            socket.Bind(new IPEndPoint(ip, settings.Port));
            socket.Listen(settings.Backlog);
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            throw new RemoteTransportException($"Remoting cannot listen on {settings.Hostname}:{settings.Port}: {e.Message}", e);
        }

        _socket = socket;
        Port = ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    public int Port { get; }

    /// <summary>Completes when no connection is accepted any more.</summary>
    public Task Stopped { get; private set; } = Task.CompletedTask;

    public void Start() => Stopped = Task.Run(AcceptAllAsync);

    public void Dispose()
    {
        _isDisposed = true;
        _socket.Dispose();
    }

    private static IPAddress Lookup(string hostname)
    {
        var found = Dns.GetHostAddresses(hostname);
        return Array.Find(found, a => a.AddressFamily == AddressFamily.InterNetwork)
            ?? found.FirstOrDefault()
            ?? throw new SocketException((int)SocketError.HostNotFound);
    }

    private async Task AcceptAllAsync()
    {
        while (!_isDisposed)
        {
            try
            {
                var socket = await _socket.AcceptAsync(_remoting.Stopping);
                if (Interlocked.Increment(ref _connections) <= _remoting.Settings.MaximumConnections)
                {
                    _ = ServeAsync(socket);
                    continue;
                }

                Interlocked.Decrement(ref _connections);
                Interlocked.Increment(ref _remoting.Counters.RefusedConnections);
                _remoting.WarnOfPeer("Refused a connection: there are {0} already", _remoting.Settings.MaximumConnections);
                socket.Dispose();
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException || _isDisposed)
            {
                return;
            }
            catch (SocketException e)
            {
                // Out of file handles, or the peer was gone again: neither ends the listening.
                _remoting.WarnOfPeer("No connection could be accepted: {0}", e.Message);
                await Task.Delay(PauseAfterFailure, _remoting.Clock);
            }
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        EndPoint? from = null;
        Connection? connection = null;
        try
        {
            from = socket.RemoteEndPoint;
            connection = new Connection(_remoting, socket, isInbound: true);
            if (await connection.WelcomeAsync() is var (association, link))
                await _remoting.ServeAsync(association, link);
            else
                // Checks of the port do that, many times a day: counted, and not worth a warning.
                Interlocked.Increment(ref _remoting.Counters.RefusedHandshakes);
        }
        catch (Exception e)
        {
            // A stranger's connection may fail in any way; it must not take the listener along.
            if (!_remoting.Stopping.IsCancellationRequested)
                Refused(from, e.Message);
        }
        finally
        {
            connection?.Dispose();
            socket.Dispose();
            Interlocked.Decrement(ref _connections);
        }
    }

    private void Refused(EndPoint? from, string reason)
    {
        Interlocked.Increment(ref _remoting.Counters.RefusedHandshakes);
        _remoting.WarnOfPeer("Refused a connection from {0}: {1}", from?.ToString() ?? "a peer", reason);
    }
}
