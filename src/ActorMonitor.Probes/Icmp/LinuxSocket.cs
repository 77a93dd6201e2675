using System.Net;
using System.Net.Sockets;

namespace ActorMonitor.Probes.Icmp;

/// <summary>A datagram as it was read. <paramref name="Data"/> is valid until the next read.</summary>
internal readonly record struct ReceivedDatagram(ReadOnlyMemory<byte> Data, bool IsTruncated, IPAddress? From, ControlMessages Control, long Timestamp);

/// <summary>
/// A socket that is read through recvmsg, with its error queue, and waited for without a thread. It owns the socket.
/// Used by one check at a time, from one call at a time.
/// </summary>
internal sealed class LinuxSocket : IDisposable
{
    private readonly byte[] _data = new byte[2048];
    private readonly byte[] _name = new byte[128];
    private readonly byte[] _control = new byte[512];
    private readonly Socket _socket;
    private readonly TimeProvider _time;
    private readonly bool _hasErrorQueue;
    private readonly SocketAsyncEventArgs _peek = new();
    private TaskCompletionSource? _readable;

    /// <summary>Takes a socket over.</summary>
    /// <param name="socket">An open socket.</param>
    /// <param name="time">The clock for the time of arrival.</param>
    /// <param name="hasErrorQueue">Whether ICMP errors come through the socket's error queue.</param>
    public LinuxSocket(Socket socket, TimeProvider time, bool hasErrorQueue)
    {
        (_socket, _time, _hasErrorQueue) = (socket, time, hasErrorQueue);
        socket.Blocking = false;
        var isV4 = socket.AddressFamily == AddressFamily.InterNetwork;
        SetOption(LinuxNative.SolSocket, LinuxNative.TimestampNs, 1);
        SetOption(Level, isV4 ? LinuxNative.IpRecvTtl : LinuxNative.Ipv6RecvHopLimit, 1);
        if (hasErrorQueue)
            SetOption(Level, isV4 ? LinuxNative.IpRecvErr : LinuxNative.Ipv6RecvErr, 1);
        _peek.SetBuffer(new byte[1]);
        _peek.Completed += (_, _) => Volatile.Read(ref _readable)?.TrySetResult();
    }

    /// <summary>The .NET socket, for sending and options.</summary>
    public Socket Socket => _socket;

    private int Level => _socket.AddressFamily == AddressFamily.InterNetwork ? LinuxNative.SolIp : LinuxNative.SolIpv6;

    /// <summary>Sets an option whose value is an int.</summary>
    public void SetOption(int level, int name, int value) => _socket.SetRawSocketOption(level, name, BitConverter.GetBytes(value));

    /// <summary>
    /// Says whether packets may be fragmented on the way. Forbidden means the PROBE mode: the don't-fragment flag is set and
    /// what was learned of the path's MTU is left aside, so that each check sees the router's own answer.
    /// </summary>
    public void SetFragmentation(bool forbid)
    {
        if (_socket.AddressFamily == AddressFamily.InterNetwork)
        {
            SetOption(Level, LinuxNative.IpMtuDiscover, forbid ? LinuxNative.PmtuDiscoverProbe : LinuxNative.PmtuDiscoverDont);
            return;
        }

        // IPv6 routers never fragment: allowed means that our host does, once it knows the path's MTU.
        if (!forbid)
            return;
        SetOption(Level, LinuxNative.Ipv6MtuDiscover, LinuxNative.PmtuDiscoverProbe);
        SetOption(Level, LinuxNative.Ipv6DontFrag, 1);
    }

    /// <summary>Reads an error or a datagram that is already there; an error comes first.</summary>
    public bool TryReceive(out ReceivedDatagram received)
    {
        // A pending error makes one read fail with it; then it is in the error queue, or was there before.
        for (var attempt = 0; attempt < 8; attempt++)
        {
            if (_hasErrorQueue && Read(errorQueue: true, out received) == 0)
                return true;
            var errno = Read(errorQueue: false, out received);
            if (errno == 0)
                return true;
            if (errno == LinuxNative.Eagain)
                return false;
        }

        received = default;
        return false;
    }

    /// <summary>Waits until there is something to read, or the time is over; it may also return early.</summary>
    public async ValueTask WaitAsync(TimeSpan atMost, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var readable = _readable ?? StartPeek();
        if (!readable.Task.IsCompleted)
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(readable.Task, Task.Delay(atMost, _time, stop.Token));
            await stop.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }

        if (readable.Task.IsCompleted)
            _readable = null;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        _peek.Dispose();
    }

    // A receive that peeks completes for a datagram, which it leaves there, and for an error, which epoll reports for the
    // error queue too. Event arguments report that error without an exception.
    private TaskCompletionSource StartPeek()
    {
        var readable = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Volatile.Write(ref _readable, readable);
        // Each completion overwrites the flags with those received.
        _peek.SocketFlags = SocketFlags.Peek;
        if (!_socket.ReceiveAsync(_peek))
            readable.TrySetResult();
        return readable;
    }

    private int Read(bool errorQueue, out ReceivedDatagram received)
    {
        Span<byte> data = _data, name = _name, control = _control;
        var errno = LinuxNative.Receive(_socket.SafeHandle, errorQueue, ref data, ref name, ref control, out var truncated);
        if (errno != 0)
        {
            received = default;
            return errno;
        }

        var messages = ControlMessages.Parse(control);
        received = new ReceivedDatagram(_data.AsMemory(0, data.Length), truncated, ControlMessages.ParseAddress(name), messages, ArrivedAt(messages));
        return 0;
    }

    // The kernel stamps a datagram when it arrives; the time until we read it (a busy process, a garbage collection) is no
    // part of the round trip. A clock that stepped in between gives nonsense, which is left out.
    private long ArrivedAt(ControlMessages messages)
    {
        var now = _time.GetTimestamp();
        if (messages.ReceivedAt is not { } stamp)
            return now;
        var age = _time.GetUtcNow() - stamp;
        return age > TimeSpan.Zero && age < TimeSpan.FromSeconds(1) ? now - (long)(age.TotalSeconds * _time.TimestampFrequency) : now;
    }
}
