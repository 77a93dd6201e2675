using System.Net;
using System.Net.Sockets;

namespace ActorMonitor.LoopbackTargets;

/// <summary>Answers datagrams one by one.</summary>
internal sealed class DatagramServer : IAsyncDisposable
{
    private const int LargestDatagram = 65_535;
    private readonly Socket _socket;
    private readonly Responder _respond;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _serving;

    internal DatagramServer(Socket socket, Responder respond)
    {
        (_socket, _respond) = (socket, respond);
        EndPoint = (IPEndPoint)socket.LocalEndPoint!;
        _serving = ServeAsync(_stopping.Token);
    }

    /// <summary>The answer to a datagram; null for none. Never throws.</summary>
    internal delegate byte[]? Responder(ReadOnlySpan<byte> datagram);

    internal IPEndPoint EndPoint { get; }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _serving;
        _socket.Dispose();
        _stopping.Dispose();
    }

    private async Task ServeAsync(CancellationToken cancellationToken)
    {
        var buffer = new byte[LargestDatagram];
        while (true)
        {
            try
            {
                var received = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, EndPoint, cancellationToken);
                // A datagram from our own address would answer itself for ever.
                if (!received.RemoteEndPoint.Equals(EndPoint) && _respond(buffer.AsSpan(0, received.ReceivedBytes)) is { } answer)
                    await _socket.SendToAsync(answer, SocketFlags.None, received.RemoteEndPoint, cancellationToken);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // One client is gone, or asked for more than a datagram holds; the next one is served.
            }
        }
    }
}
