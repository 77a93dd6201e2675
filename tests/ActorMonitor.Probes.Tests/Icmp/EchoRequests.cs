using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using ActorMonitor.Probes.Icmp;

namespace ActorMonitor.Probes.Tests.Icmp;

/// <summary>Sees the echo requests that arrive in a namespace.</summary>
internal sealed class EchoRequests : IDisposable
{
    private const int ReceiveTrafficClass = 66;
    private const int TrafficClass = 67;
    private readonly Socket _socket;

    public EchoRequests(NetworkNamespace space, AddressFamily family)
    {
        _socket = space.Open(family, SocketType.Raw, family == AddressFamily.InterNetwork ? ProtocolType.Icmp : ProtocolType.IcmpV6);
        if (family != AddressFamily.InterNetwork)
        {
            _socket.SetRawSocketOption(LinuxNative.SolIpv6, LinuxNative.Ipv6RecvHopLimit, BitConverter.GetBytes(1));
            _socket.SetRawSocketOption(LinuxNative.SolIpv6, ReceiveTrafficClass, BitConverter.GetBytes(1));
        }
    }

    /// <summary>The next request that is there: its hop limit, its traffic class and where it came from.</summary>
    public (int Ttl, int TrafficClass, string From) Next()
    {
        while (true)
        {
            Span<byte> data = new byte[2048], name = new byte[128], control = new byte[256];
            var errno = LinuxNative.Receive(_socket.SafeHandle, errorQueue: false, ref data, ref name, ref control, out _);
            if (errno != 0)
                throw new InvalidOperationException($"no request is there (errno {errno})");
            if (_socket.AddressFamily == AddressFamily.InterNetwork && data[20] == 8)
                return (data[8], data[1], new IPAddress(data[12..16]).ToString());
            if (_socket.AddressFamily == AddressFamily.InterNetworkV6 && data[0] == 128)
                return (ControlMessages.Parse(control).Ttl ?? 0, TrafficClassOf(control), ControlMessages.ParseAddress(name)!.ToString());
        }
    }

    /// <summary>The next IPv4 request that is there, from its ICMP header on.</summary>
    public byte[] NextMessage()
    {
        var data = new byte[2048];
        while (true)
        {
            var received = _socket.Receive(data);
            if (data[20] == 8)
                return data[20..received];
        }
    }

    public void Dispose() => _socket.Dispose();

    private static int TrafficClassOf(ReadOnlySpan<byte> control)
    {
        for (; control.Length >= 20; control = control[24..])
        {
            if (MemoryMarshal.Read<int>(control[12..]) == TrafficClass)
                return MemoryMarshal.Read<int>(control[16..]);
        }

        return -1;
    }
}
