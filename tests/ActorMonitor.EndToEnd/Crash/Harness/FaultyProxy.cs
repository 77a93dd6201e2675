using System.Net;
using System.Net.Sockets;

namespace ActorMonitor.EndToEnd.Crash.Harness;

/// <summary>What a link does to segments that cross it, each with its probability.</summary>
internal sealed record LinkFaults(double Delays = 0, TimeSpan DelayUpTo = default, double Truncates = 0, double Duplicates = 0)
{
    internal static LinkFaults None { get; } = new();
}

/// <summary>
/// A TCP proxy on the loopback that stands before a node's remoting. It can take the link away, hold it up, and do what
/// networks, middleboxes and broken peers do to single segments.
/// </summary>
internal sealed class FaultyProxy : IAsyncDisposable
{
    private readonly Lock _lock = new();
    private readonly HashSet<Socket> _sockets = [];
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly IPEndPoint _target;
    private readonly Random _random;
    private readonly Task _accepting;
    private TaskCompletionSource _forth = Flowing();
    private TaskCompletionSource _back = Flowing();
    private LinkFaults _faults = LinkFaults.None;
    private bool _isCut;

    internal FaultyProxy(int target, int seed)
    {
        _target = new IPEndPoint(IPAddress.Loopback, target);
        _random = new Random(seed);
        _listener.Bind(new IPEndPoint(IPAddress.Loopback, Ports.Free()));
        _listener.Listen();
        Port = ((IPEndPoint)_listener.LocalEndPoint!).Port;
        _accepting = AcceptAsync();
    }

    internal int Port { get; }

    /// <summary>What was done to segments so far.</summary>
    internal (int Delayed, int Truncated, int Duplicated) Done { get; private set; }

    /// <summary>What is done to segments from now on.</summary>
    internal void Do(LinkFaults faults)
    {
        lock (_lock)
            _faults = faults;
    }

    /// <summary>Nothing goes through any more, and nobody is told: from who has dialled, toward who has dialled, or both.</summary>
    internal void Stall(bool forth = true, bool back = true)
    {
        lock (_lock)
        {
            if (forth && _forth.Task.IsCompleted)
                _forth = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            if (back && _back.Task.IsCompleted)
                _back = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Resets all connections, with what is in them, and takes no new ones.</summary>
    internal void Cut()
    {
        lock (_lock)
        {
            _isCut = true;
            foreach (var socket in _sockets)
                Reset(socket);
            _sockets.Clear();
            Flow();
        }
    }

    internal void Restore()
    {
        lock (_lock)
        {
            _isCut = false;
            Flow();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Dispose();
        Cut();
        await _accepting;
    }

    private static TaskCompletionSource Flowing()
    {
        var flowing = new TaskCompletionSource();
        flowing.SetResult();
        return flowing;
    }

    private void Flow()
    {
        _ = _forth.TrySetResult();
        _ = _back.TrySetResult();
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
                _ = ServeAsync(await _listener.AcceptAsync());
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The proxy ends.
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
            await outbound.ConnectAsync(_target);
            await await Task.WhenAny(PumpAsync(inbound, outbound, isForth: true), PumpAsync(outbound, inbound, isForth: false));
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // Cut, or the target is gone: the other end is closed below.
        }
        finally
        {
            lock (_lock)
            {
                _ = _sockets.Remove(inbound);
                _ = _sockets.Remove(outbound);
            }

            // In order: what was sent before the end of a truncated segment arrives.
            inbound.Dispose();
            outbound.Dispose();
        }
    }

    private bool TryKeep(Socket inbound, Socket outbound)
    {
        lock (_lock)
        {
            if (_isCut)
                return false;
            _ = _sockets.Add(inbound);
            _ = _sockets.Add(outbound);
            return true;
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool isForth)
    {
        var buffer = new byte[32 * 1024];
        try
        {
            while (await from.ReceiveAsync(buffer) is > 0 and var count)
            {
                var (flow, delay, length, times) = Decide(count, isForth);
                await flow;
                if (delay > TimeSpan.Zero)
                    await Task.Delay(delay, TimeProvider.System);
                for (var i = 0; i < times; i++)
                    await SendAsync(to, buffer.AsMemory(0, length));
                if (length < count)
                    break;
            }

            to.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // One side is gone; the other pump and the caller end with it.
        }
    }

    private (Task Flow, TimeSpan Delay, int Length, int Times) Decide(int count, bool isForth)
    {
        lock (_lock)
        {
            var delay = Happens(_faults.Delays) ? _faults.DelayUpTo * _random.NextDouble() : TimeSpan.Zero;
            var length = Happens(_faults.Truncates) ? _random.Next(count) : count;
            var times = Happens(_faults.Duplicates) ? 2 : 1;
            var (delayed, truncated, duplicated) = Done;
            Done = (delayed + (delay > TimeSpan.Zero ? 1 : 0), truncated + (length < count ? 1 : 0), duplicated + times - 1);
            return (isForth ? _forth.Task : _back.Task, delay, length, times);
        }
    }

    private bool Happens(double probability) => probability > 0 && _random.NextDouble() < probability;

    private static async Task SendAsync(Socket to, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
            bytes = bytes[await to.SendAsync(bytes)..];
    }
}
