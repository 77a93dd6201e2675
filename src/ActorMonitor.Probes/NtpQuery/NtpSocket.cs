using System.Net;
using System.Net.Sockets;
using ActorMonitor.Probes.Icmp;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.NtpQuery;

/// <summary>When a datagram came, by the clock's timestamps, and who says so.</summary>
internal readonly record struct NtpArrival(int Length, long Stamp, bool IsKernelTime);

/// <summary>
/// A UDP socket for one server. It is connected, so that the system drops datagrams from any other source and reports an
/// ICMP port-unreachable as a refusal. On Linux the kernel notes when a datagram arrives, however late it is read.
/// </summary>
internal sealed class NtpSocket : IDisposable
{
    private static readonly byte[] On = BitConverter.GetBytes(1);

    private readonly byte[] _peek = new byte[1];
    private readonly byte[]? _control;
    private readonly Socket _socket;
    private readonly TimeProvider _time;

    public NtpSocket(IPEndPoint server, SocketSettings settings, TimeProvider time)
    {
        _time = time;
        _socket = new Socket(server.AddressFamily, SocketType.Dgram, ProtocolType.Udp);
        try
        {
            settings.Apply(_socket);
            if (OperatingSystem.IsLinux())
            {
                _socket.SetRawSocketOption(LinuxNative.SolSocket, LinuxNative.TimestampNs, On);
                _control = new byte[64];
            }

            _socket.Connect(server);
        }
        catch
        {
            _socket.Dispose();
            throw;
        }
    }

    public ValueTask<int> SendAsync(ReadOnlyMemory<byte> query, CancellationToken cancellationToken) => _socket.SendAsync(query, SocketFlags.None, cancellationToken);

    /// <summary>Waits for a datagram; one longer than the buffer is cut.</summary>
    public async ValueTask<NtpArrival> ReceiveAsync(Memory<byte> buffer, CancellationToken cancellationToken)
    {
        if (_control is null)
            return new NtpArrival(await _socket.ReceiveAsync(buffer, SocketFlags.None, cancellationToken), _time.GetTimestamp(), false);
        while (true)
        {
            // The wait is .NET's; it leaves the datagram there for the call that tells when it came.
            await _socket.ReceiveAsync(_peek, SocketFlags.Peek, cancellationToken);
            if (TryRead(buffer.Span, out var arrival))
                return arrival;
        }
    }

    public void Dispose() => _socket.Dispose();

    private bool TryRead(Span<byte> data, out NtpArrival arrival)
    {
        var control = _control.AsSpan();
        var name = Span<byte>.Empty;
        var errno = LinuxNative.Receive(_socket.SafeHandle, errorQueue: false, ref data, ref name, ref control, out _);
        var now = _time.GetTimestamp();
        arrival = default;
        if (errno == LinuxNative.Eagain)
            return false;
        if (errno != 0)
            throw new SocketException((int)SocketError.ConnectionRefused);

        // A clock that stepped meanwhile gives an age that cannot be.
        var age = ControlMessages.Parse(control).ReceivedAt is { } stamp ? _time.GetUtcNow() - stamp : TimeSpan.MinValue;
        var isKernelTime = age >= TimeSpan.Zero && age < TimeSpan.FromSeconds(1);
        arrival = new NtpArrival(data.Length, isKernelTime ? now - (long)(age.TotalSeconds * _time.TimestampFrequency) : now, isKernelTime);
        return true;
    }
}
