using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ActorMonitor.Probes.Tests;

/// <summary>A server on a free loopback port that plays a script to every connection, whatever the client makes of it.</summary>
internal sealed class ScriptedTcpServer : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentBag<Task> _plays = [];
    private readonly Socket _listener;
    private readonly Task _serving;

    private ScriptedTcpServer(Func<ScriptedPeer, CancellationToken, Task> script, IPAddress address, int port)
    {
        _listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        _listener.Bind(new IPEndPoint(address, port));
        _listener.Listen();
        _serving = ServeAsync(script);
    }

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    public int Accepted { get; private set; }

    public static ScriptedTcpServer Start(Func<ScriptedPeer, CancellationToken, Task> script, IPAddress? address = null, int port = 0) => new(script, address ?? IPAddress.Loopback, port);

    /// <summary>Reads a request's head, sends the answer, and closes.</summary>
    public static ScriptedTcpServer Answering(string answer, IPAddress? address = null, int port = 0) => Start(
        async (peer, stop) =>
        {
            await peer.ReadHeadAsync(stop);
            await peer.SendAsync(answer, stop);
        },
        address,
        port);

    /// <summary>Accepts and never says a word.</summary>
    public static ScriptedTcpServer Stalling() => Start((_, stop) => Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, stop));

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving;
        await Task.WhenAll(_plays);
        _stop.Dispose();
    }

    private async Task ServeAsync(Func<ScriptedPeer, CancellationToken, Task> script)
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptAsync(_stop.Token);
                Accepted++;
                _plays.Add(PlayAsync(script, socket));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The server was stopped.
        }
    }

    private async Task PlayAsync(Func<ScriptedPeer, CancellationToken, Task> script, Socket socket)
    {
        await using var peer = new ScriptedPeer(socket);
        try
        {
            await script(peer, _stop.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException or SocketException or System.Security.Authentication.AuthenticationException)
        {
            // The client went away in the middle of the script, as many tests want it to.
        }
    }
}

/// <summary>The server's end of a connection.</summary>
internal sealed class ScriptedPeer(Socket socket) : IAsyncDisposable
{
    public Stream Stream { get; set; } = new NetworkStream(socket, ownsSocket: true);

    public async Task SendAsync(string text, CancellationToken cancellationToken) => await SendAsync(Encoding.Latin1.GetBytes(text), cancellationToken);

    public async Task SendAsync(byte[] bytes, CancellationToken cancellationToken)
    {
        await Stream.WriteAsync(bytes, cancellationToken);
        await Stream.FlushAsync(cancellationToken);
    }

    /// <summary>Reads until a text has come, and returns all that came.</summary>
    public async Task<string> ReadUntilAsync(string end, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        var one = new byte[1];
        while (!text.ToString().EndsWith(end, StringComparison.Ordinal) && await Stream.ReadAsync(one, cancellationToken) == 1)
            text.Append((char)one[0]);
        return text.ToString();
    }

    /// <summary>Reads the head of an HTTP request.</summary>
    public Task<string> ReadHeadAsync(CancellationToken cancellationToken) => ReadUntilAsync("\r\n\r\n", cancellationToken);

    /// <summary>Ends the connection with a reset.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Stream.DisposeAsync();
        }
        catch (IOException)
        {
            // TLS says goodbye to a client that has gone.
        }

        socket.Dispose();
    }
}
