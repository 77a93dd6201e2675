using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using ActorMonitor.Probes.Icmp;

namespace ActorMonitor.Probes.Tests.Icmp;

/// <summary>
/// Answers echo requests to 127.0.0.1 in a namespace whose kernel does not, with whatever bytes a script makes of each
/// request (ICMP from its header on, the checksum included).
/// </summary>
internal sealed class ScriptedResponder : IDisposable
{
    private readonly Socket _socket;
    private readonly Task _serving;

    public ScriptedResponder(NetworkNamespace space, Func<byte[], IEnumerable<byte[]>> script)
    {
        space.Set("net/ipv4/icmp_echo_ignore_all", "1");
        _socket = space.Open(AddressFamily.InterNetwork, SocketType.Raw, ProtocolType.Icmp);
        _socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        _serving = ServeAsync(script);
    }

    /// <summary>The true reply to a request.</summary>
    public static byte[] Reply(byte[] request)
    {
        byte[] reply = [.. request];
        reply[0] = 0;
        return Checked(reply);
    }

    /// <summary>A message with its right checksum.</summary>
    public static byte[] Checked(byte[] icmp)
    {
        icmp[2] = icmp[3] = 0;
        BinaryPrimitives.WriteUInt16BigEndian(icmp.AsSpan(2), IcmpPacket.Checksum(icmp));
        return icmp;
    }

    public void Dispose()
    {
        _socket.Dispose();
        if (_serving.Exception is { } failure)
            throw failure;
    }

    private async Task ServeAsync(Func<byte[], IEnumerable<byte[]>> script)
    {
        var here = new IPEndPoint(IPAddress.Loopback, 0);
        var buffer = new byte[4096];
        try
        {
            while (true)
            {
                var received = await _socket.ReceiveFromAsync(buffer, here);
                if (buffer[20] != 8)
                    continue;
                foreach (var answer in script(buffer[20..received.ReceivedBytes]))
                    await _socket.SendToAsync(answer, here);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }
}
