using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace ActorMonitor.EndToEnd.Crash.Harness;

/// <summary>A UDP port that sends each datagram back and counts them by their text: what really reached the target, whatever the nodes say.</summary>
internal sealed class CountingEcho : IAsyncDisposable
{
    internal const char Padding = '.';

    // Some answers take their time, so that at any moment some checks run.
    private static readonly TimeSpan Slow = TimeSpan.FromMilliseconds(300);

    private readonly Socket _socket = new(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
    private readonly ConcurrentDictionary<string, long> _counts = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _serving;
    private long _total;

    internal CountingEcho()
    {
        _socket.ReceiveBufferSize = 4 << 20;
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _serving = ServeAsync();
    }

    internal int Port => ((IPEndPoint)_socket.LocalEndPoint!).Port;

    internal long Total => Interlocked.Read(ref _total);

    internal IReadOnlyDictionary<string, long> Counts => _counts;

    /// <summary>Waits for more datagrams than there are now.</summary>
    internal async Task MoreAsync(int datagrams, TimeSpan within)
    {
        var from = Total;
        await Until.TrueAsync(() => Total >= from + datagrams, within, () => $"the target has had {Total - from} datagrams where {datagrams} were waited for");
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _serving;
        _socket.Dispose();
        _stopping.Dispose();
    }

    private async Task ServeAsync()
    {
        var buffer = new byte[2048];
        var from = new SocketAddress(AddressFamily.InterNetwork);
        while (true)
        {
            try
            {
                var length = await _socket.ReceiveFromAsync(buffer, SocketFlags.None, from, _stopping.Token);
                var name = Encoding.UTF8.GetString(buffer, 0, length).TrimEnd(Padding);
                _ = _counts.AddOrUpdate(name, 1, (_, count) => count + 1);
                _ = Interlocked.Increment(ref _total);
                if (name.EndsWith('0'))
                    _ = AnswerSlowlyAsync(buffer.AsSpan(0, length).ToArray(), Copy(from));
                else
                    _ = await _socket.SendToAsync(buffer.AsMemory(0, length), SocketFlags.None, from, _stopping.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (SocketException)
            {
                // A check that was killed does not take its answer; the next one is served.
            }
        }
    }

    private static SocketAddress Copy(SocketAddress address)
    {
        var copy = new SocketAddress(address.Family, address.Size);
        address.Buffer.Span[..address.Size].CopyTo(copy.Buffer.Span);
        return copy;
    }

    private async Task AnswerSlowlyAsync(byte[] answer, SocketAddress to)
    {
        try
        {
            await Task.Delay(Slow, TimeProvider.System, _stopping.Token);
            _ = await _socket.SendToAsync(answer, SocketFlags.None, to, _stopping.Token);
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over, or the check was killed.
        }
    }
}
