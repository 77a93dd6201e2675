using System.Net.Sockets;

namespace ActorMonitor.Probes.Icmp;

/// <summary>A channel over one Linux socket: hop limits, sending past a pending error, bounded reading.</summary>
internal abstract class LinuxChannel : IEchoChannel
{
    private const int MaxSendAttempts = 4;

    // A flood of packets must not hold the thread: after so many the caller looks at its deadline.
    private const int MaxReadsPerTurn = 256;

    private readonly LinuxSocket _socket;
    private readonly TimeProvider _time;
    private readonly Queue<EchoAnswer> _waiting = new();
    private int? _ttl;

    protected LinuxChannel(LinuxSocket socket, TimeProvider time) => (_socket, _time) = (socket, time);

    /// <inheritdoc/>
    public long Send(ushort sequence, int? ttl)
    {
        if (ttl is { } hops && ttl != _ttl)
        {
            _socket.Socket.Ttl = (short)hops;
            _ttl = ttl;
        }

        for (var attempt = 1; ; attempt++)
        {
            var sentAt = _time.GetTimestamp();
            try
            {
                Transmit(_socket.Socket, sequence);
                return sentAt;
            }
            catch (SocketException) when (attempt < MaxSendAttempts && TakeAll())
            {
                // An ICMP error that answers an earlier request fails the next call of whatever kind. It was taken off the
                // queue; this request is sent again. An error of our own host leaves no such answer and goes to the caller.
            }
        }
    }

    /// <inheritdoc/>
    public bool TryReceive(out EchoAnswer answer)
    {
        if (_waiting.TryDequeue(out answer))
            return true;
        for (var read = 0; read < MaxReadsPerTurn && _socket.TryReceive(out var received); read++)
        {
            if (Judge(received) is not { } judged)
                continue;
            answer = judged;
            return true;
        }

        return false;
    }

    /// <inheritdoc/>
    public ValueTask WaitAsync(TimeSpan atMost, CancellationToken cancellationToken) => _socket.WaitAsync(atMost, cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    /// <summary>Puts a request on the wire.</summary>
    protected abstract void Transmit(Socket socket, ushort sequence);

    /// <summary>Tells what arrived; null for what has nothing to do with the target.</summary>
    protected abstract EchoAnswer? Judge(ReceivedDatagram received);

    private bool TakeAll()
    {
        var before = _waiting.Count;
        for (var read = 0; read < MaxReadsPerTurn && _socket.TryReceive(out var received); read++)
        {
            if (Judge(received) is { } answer)
                _waiting.Enqueue(answer);
        }

        return _waiting.Count > before;
    }
}
