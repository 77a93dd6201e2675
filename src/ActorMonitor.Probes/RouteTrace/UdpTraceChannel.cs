using System.Net;
using System.Net.Sockets;
using ActorMonitor.Probes.Icmp;

namespace ActorMonitor.Probes.RouteTrace;

/// <summary>
/// UDP datagrams to one port from one socket, of one length and checksum, so that every router sees one flow; the ICMP
/// errors come back through the socket's error queue, which needs no privilege. A router that quotes no more than the UDP
/// header leaves the sequence unknown. The socket is not connected: the kernel draws a number for each connection, by which
/// its own routing between containers, and a bond, would tell one check's flow from the next's.
/// </summary>
internal sealed class UdpTraceChannel : LinuxChannel
{
    private const int UdpHeaderBytes = 8;

    // linux/in6.h: without it IPv6's flow label is a number that the kernel draws for each socket, and so another in each check.
    private const int Ipv6AutoFlowLabel = 70;

    private readonly IPAddress _target;
    private readonly SocketAddress _destination;
    private readonly EchoPayload _payload;

    private UdpTraceChannel(LinuxSocket socket, IPEndPoint target, EchoPayload payload, TimeProvider time)
        : base(socket, time) => (_target, _destination, _payload) = (target.Address, target.Serialize(), payload);

    /// <summary>Makes a channel.</summary>
    /// <param name="socket">A UDP socket, which the channel owns from here on.</param>
    /// <param name="target">The destination and its port.</param>
    /// <param name="identity">The flow's number.</param>
    /// <param name="payloadBytes">The size of the payload, at least <see cref="EchoPayload.MinimumBytes"/>.</param>
    /// <param name="dontFragment">Whether datagrams must not be fragmented.</param>
    /// <param name="time">The clock.</param>
    public static UdpTraceChannel Over(Socket socket, IPEndPoint target, ushort identity, int payloadBytes, bool dontFragment, TimeProvider time)
    {
        try
        {
            var linux = new LinuxSocket(socket, time, hasErrorQueue: true);
            linux.SetFragmentation(forbid: dontFragment);
            if (target.AddressFamily == AddressFamily.InterNetworkV6)
                linux.SetOption(LinuxNative.SolIpv6, Ipv6AutoFlowLabel, 0);
            return new UdpTraceChannel(linux, target, new EchoPayload(payloadBytes, identity, holdsSequence: true), time);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    protected override void Transmit(Socket socket, ushort sequence) => socket.SendTo(_payload.For(sequence), SocketFlags.None, _destination);

    /// <inheritdoc/>
    protected override EchoAnswer? Judge(ReceivedDatagram received)
    {
        var data = received.Data.Span;
        var sequence = _payload.TryReadSequence(data, out var known) ? known : EchoAnswer.UnknownSequence;
        // A server on that port may answer: it is the target, but only an echo of our bytes tells to which probe.
        if (received.Control.Error is not { } error)
        {
            return IsTarget(received.From)
                ? new EchoAnswer(EchoAnswerKind.Reply, sequence, _target, 0, 0, received.Control.Ttl, received.Timestamp)
                : EchoAnswer.Stray(received.From, received.Timestamp);
        }

        if (error.Origin is not (ErrorOrigin.Icmp or ErrorOrigin.Icmpv6) || !IcmpPacket.IsError(_target.AddressFamily, error.Type))
            return EchoAnswer.None;
        // A quote that is long enough to hold our payload and does not is a forgery or garbage.
        return sequence == EchoAnswer.UnknownSequence && data.Length >= EchoPayload.MinimumBytes
            ? EchoAnswer.Stray(error.Offender, received.Timestamp)
            : new EchoAnswer(EchoAnswerKind.Error, sequence, error.Offender, error.Type, error.Code, null, received.Timestamp)
            {
                Labels = received.IsTruncated ? null : IcmpExtensions.LabelsInQueued(data, _target.AddressFamily, UdpHeaderBytes),
                Mtu = error.Info,
            };
    }

    // Link-local addresses come with a scope.
    private bool IsTarget(IPAddress? from) => from is not null && from.GetAddressBytes().AsSpan().SequenceEqual(_target.GetAddressBytes());
}
