using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace ActorMonitor.Probes.Icmp;

/// <summary>ICMP echo over a datagram or a raw socket of Linux.</summary>
internal sealed class LinuxEchoChannel : LinuxChannel
{
    private readonly SocketAddress _target;
    private readonly EchoMatcher _matcher;
    private readonly byte[] _packet;

    private LinuxEchoChannel(LinuxSocket socket, IPAddress target, int payloadBytes, TimeProvider time)
        : base(socket, time)
    {
        ushort? id = socket.Socket.SocketType == SocketType.Raw ? (ushort)RandomNumberGenerator.GetInt32(1, ushort.MaxValue + 1) : null;
        _target = new IPEndPoint(target, 0).Serialize();
        _packet = new byte[IcmpPacket.HeaderBytes + payloadBytes];
        _matcher = new EchoMatcher(target, new EchoPayload(payloadBytes), id);
    }

    /// <summary>Makes a channel.</summary>
    /// <param name="socket">An ICMP socket, datagram or raw, which the channel owns from here on.</param>
    /// <param name="target">The address to ask.</param>
    /// <param name="payloadBytes">The size of the payload, at least <see cref="EchoPayload.MinimumBytes"/>.</param>
    /// <param name="dontFragment">Whether requests must not be fragmented.</param>
    /// <param name="time">The clock.</param>
    public static LinuxEchoChannel Over(Socket socket, IPAddress target, int payloadBytes, bool dontFragment, TimeProvider time)
    {
        try
        {
            var isRaw = socket.SocketType == SocketType.Raw;
            // A raw socket gets the errors as packets.
            var linux = new LinuxSocket(socket, time, hasErrorQueue: !isRaw);
            if (isRaw)
                FilterTypes(socket);
            linux.SetFragmentation(forbid: dontFragment);
            return new LinuxEchoChannel(linux, target, payloadBytes, time);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void Transmit(Socket socket, ushort sequence)
    {
        var length = IcmpPacket.WriteEchoRequest(_packet, _target.Family, _matcher.Id ?? 0, sequence, _matcher.Payload.For(sequence));
        socket.SendTo(_packet.AsSpan(0, length), SocketFlags.None, _target);
    }

    /// <inheritdoc/>
    protected override EchoAnswer? Judge(ReceivedDatagram received)
    {
        if (received.Control.Error is { } error)
            return _matcher.MatchQueued(received.Data.Span, error, received.Timestamp);
        // What does not fit our buffer is none of ours, whose replies do.
        return _matcher.MatchDatagram(received.IsTruncated ? [] : received.Data.Span, received.From, received.Control.Ttl, received.Timestamp);
    }

    /// <summary>
    /// Lets the kernel drop what we never look at. ICMP_FILTER and ICMPV6_FILTER (RFC 3542 section 3.2) hold one bit a type,
    /// and on Linux a set bit blocks.
    /// </summary>
    public static void FilterTypes(Socket socket)
    {
        var family = socket.AddressFamily;
        var isV4 = family == AddressFamily.InterNetwork;
        Span<byte> blocked = stackalloc byte[isV4 ? 4 : 32];
        blocked.Fill(0xFF);
        for (var type = 0; type < blocked.Length * 8; type++)
        {
            // The filter's words are 32 bits in host order: on a big-endian machine bit n is in another byte.
            var at = BitConverter.IsLittleEndian ? type / 8 : (type / 8) ^ 3;
            if (type == IcmpPacket.EchoReply(family) || IcmpPacket.IsError(family, (byte)type))
                blocked[at] &= (byte)~(1 << (type % 8));
        }

        socket.SetRawSocketOption(isV4 ? LinuxNative.SolRaw : LinuxNative.SolIcmpv6, isV4 ? LinuxNative.IcmpFilter : LinuxNative.Icmpv6Filter, blocked);
    }
}
