using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace ActorMonitor.LoopbackTargets;

/// <summary>Accepts connections, a bounded number at a time and each for a bounded time, and hands them to a handler.</summary>
internal sealed class StreamServer : IAsyncDisposable
{
    private const int DrainedBytes = 64 * 1024;
    private readonly Socket _listener;
    private readonly LoopbackServerOptions _options;
    private readonly Func<Stream, CancellationToken, Task> _serve;
    private readonly X509Certificate2? _certificate;
    private readonly SemaphoreSlim _free;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;

    /// <summary>Listens on a bound socket; with a certificate, over TLS.</summary>
    internal StreamServer(Socket bound, LoopbackServerOptions options, Func<Stream, CancellationToken, Task> serve, X509Certificate2? certificate = null)
    {
        (_listener, _options, _serve, _certificate) = (bound, options, serve, certificate);
        _free = new SemaphoreSlim(options.MaxConnections);
        bound.Listen();
        EndPoint = (IPEndPoint)bound.LocalEndPoint!;
        _accepting = AcceptAsync(_stopping.Token);
    }

    internal IPEndPoint EndPoint { get; }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _accepting;
        _listener.Dispose();
        for (var i = 0; i < _options.MaxConnections; i++)
            await _free.WaitAsync();
        _free.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            try
            {
                await _free.WaitAsync(cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }

            try
            {
                _ = HandleAsync(await _listener.AcceptAsync(cancellationToken), cancellationToken);
            }
            catch (OperationCanceledException)
            {
                _free.Release();
                return;
            }
            catch (SocketException)
            {
                // The client left before it was accepted.
                _free.Release();
            }
        }
    }

    private async Task HandleAsync(Socket socket, CancellationToken cancellationToken)
    {
        using var timeout = new CancellationTokenSource(_options.ConnectionTimeout, _options.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        try
        {
            await using var plain = new NetworkStream(socket, ownsSocket: true);
            if (_certificate is null)
            {
                await _serve(plain, linked.Token);
            }
            else
            {
                await using var secure = new SslStream(plain);
                await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = _certificate }, linked.Token);
                await _serve(secure, linked.Token);
                await secure.ShutdownAsync();
            }

            // To close with bytes unread would reset the connection, and the client could lose the end of its answer.
            socket.Shutdown(SocketShutdown.Send);
            var rest = new byte[4096];
            for (int total = 0, count = 1; count > 0 && total < DrainedBytes; total += count)
                count = await plain.ReadAsync(rest, linked.Token);
        }
        catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or AuthenticationException)
        {
            // The client's doing, its time is up, or the server stops: the connection ends and nobody needs to know.
        }
        finally
        {
            _free.Release();
        }
    }
}
