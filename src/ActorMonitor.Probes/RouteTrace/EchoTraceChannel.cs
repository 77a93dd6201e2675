using System.Net;
using System.Net.Sockets;
using ActorMonitor.Probes.Icmp;

namespace ActorMonitor.Probes.RouteTrace;

/// <summary>ICMP echoes of one flow: their id and checksum are the same in all of them (and in the flow's next check).</summary>
internal sealed class EchoTraceChannel : LinuxChannel
{
    private readonly SocketAddress _target;
    private readonly EchoMatcher _matcher;
    private readonly byte[] _packet;

    private EchoTraceChannel(LinuxSocket socket, IPAddress target, ushort identity, int payloadBytes, TimeProvider time)
        : base(socket, time)
    {
        // On a datagram socket the id is the port that it is bound to.
        ushort? id = socket.Socket.SocketType == SocketType.Raw ? identity : null;
        _target = new IPEndPoint(target, 0).Serialize();
        _packet = new byte[IcmpPacket.HeaderBytes + payloadBytes];
        _matcher = new EchoMatcher(target, new EchoPayload(payloadBytes, identity), id);
    }

    /// <summary>Makes a channel.</summary>
    /// <param name="socket">An ICMP socket, datagram or raw, which the channel owns from here on; a datagram socket is bound to the flow's number.</param>
    /// <param name="target">The destination.</param>
    /// <param name="identity">The flow's number.</param>
    /// <param name="payloadBytes">The size of the payload, at least <see cref="EchoPayload.MinimumBytes"/>.</param>
    /// <param name="dontFragment">Whether requests must not be fragmented.</param>
    /// <param name="time">The clock.</param>
    public static EchoTraceChannel Over(Socket socket, IPAddress target, ushort identity, int payloadBytes, bool dontFragment, TimeProvider time)
    {
        try
        {
            var isRaw = socket.SocketType == SocketType.Raw;
            var linux = new LinuxSocket(socket, time, hasErrorQueue: !isRaw);
            if (isRaw)
                IcmpTypeFilter.Apply(socket);
            linux.SetFragmentation(forbid: dontFragment);
            return new EchoTraceChannel(linux, target, identity, payloadBytes, time);
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
        var data = received.IsTruncated ? [] : received.Data.Span;
        if (received.Control.Error is { } error)
        {
            var queued = _matcher.MatchQueued(received.Data.Span, error, received.Timestamp);
            return queued is { Kind: EchoAnswerKind.Error } told
                ? told with { Labels = IcmpExtensions.LabelsInQueued(data, _target.Family, transportBytes: 0), Mtu = error.Info }
                : queued;
        }

        var answer = _matcher.MatchDatagram(data, received.From, received.Control.Ttl, received.Timestamp);
        if (answer is not { Kind: EchoAnswerKind.Error } said)
            return answer;
        var message = _target.Family == AddressFamily.InterNetwork && IcmpPacket.TryReadIpv4(data, out _, out var payload) ? payload : data;
        return said with { Labels = IcmpExtensions.LabelsInMessage(message, _target.Family), Mtu = IcmpPacket.MtuOf(_target.Family, message) };
    }
}
