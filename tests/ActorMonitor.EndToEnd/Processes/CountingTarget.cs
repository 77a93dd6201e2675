using System.Net;
using System.Net.Sockets;

namespace ActorMonitor.EndToEnd.Processes;

/// <summary>A TCP port that accepts, counts and closes: what really reached the target, whatever the nodes say.</summary>
internal sealed class CountingTarget : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _accepting;
    private long _connections;

    internal CountingTarget()
    {
        _listener.Start(512);
        _accepting = AcceptAsync();
    }

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    internal long Connections => Interlocked.Read(ref _connections);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _accepting;
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                using var socket = await _listener.AcceptSocketAsync(_stopping.Token);
                _ = Interlocked.Increment(ref _connections);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
