using System.Net;
using System.Net.Sockets;

namespace ActorMonitor.EndToEnd.Processes;

/// <summary>A TCP port that greets its first client when the test says so.</summary>
internal sealed class GreetingTarget : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _greet = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _serving;
    private int _connections;

    internal GreetingTarget()
    {
        _listener.Start();
        _serving = ServeAsync();
    }

    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    internal int Connections => Volatile.Read(ref _connections);

    /// <summary>Completed when the first client is there.</summary>
    internal Task Connected => _connected.Task;

    internal void Greet() => _greet.SetResult();

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _serving;
        _listener.Dispose();
        _stopping.Dispose();
    }

    private async Task ServeAsync()
    {
        try
        {
            while (true)
            {
                using var socket = await _listener.AcceptSocketAsync(_stopping.Token);
                _ = Interlocked.Increment(ref _connections);
                _ = _connected.TrySetResult();
                await _greet.Task.WaitAsync(_stopping.Token);
                _ = await socket.SendAsync("hello\r\n"u8.ToArray(), _stopping.Token);
            }
        }
        catch (OperationCanceledException)
        {
            // The test is over.
        }
    }
}
