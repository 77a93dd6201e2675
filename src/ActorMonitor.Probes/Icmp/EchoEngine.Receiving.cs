using System.Buffers.Binary;
using System.Net.Sockets;

namespace ActorMonitor.Probes.Icmp;

/// <content>What comes back.</content>
internal sealed partial class EchoEngine
{
    private const int ReadPackets = 64;

    // A flood must not hold the thread: so many calls a lane, then the others have their turn.
    private const int MaxReads = 16;
    private const int ControlBytes = 256;

    // The largest reply with the longest IPv4 header.
    private const int ReadBytes = EchoPlan.MaximumBytes + IcmpPacket.HeaderBytes + 60;

    // The time of sending is known to within a packet's share of its batch, which on a loopback can be more than the round trip.
    private static readonly TimeSpan ShortestRoundTrip = TimeSpan.FromMicroseconds(1);

    private PacketBatch? _read;

    private void Receive()
    {
        for (var i = 1; i < _polled.Length; i++)
        {
            if (_polled[i].Happened == 0)
                continue;
            var lane = _lanes[i - 1];
            if ((_polled[i].Happened & LinuxNative.PollError) != 0)
                _ = TakeErrors(lane);
            ReadLane(lane);
        }
    }

    private void ReadLane(EchoLane lane)
    {
        var batch = _read ??= new PacketBatch(ReadPackets, ReadBytes, ControlBytes);
        for (var reads = 0; reads < MaxReads; reads++)
        {
            var count = batch.Receive(lane.Descriptor, errorQueue: false);
            if (count == -LinuxNative.Eagain)
                return;
            if (count <= 0)
            {
                // A pending error makes one read fail with it; then it is in the error queue, or was there before.
                _ = TakeErrors(lane);
                continue;
            }

            var clock = new ArrivalClock(_time);
            for (var i = 0; i < count; i++)
            {
                var data = batch.Received(i, out var isTruncated);
                var control = ControlMessages.Parse(batch.ReceivedControl(i));
                if (control.Dropped is { } dropped)
                    lane.Dropped = dropped;
                if (isTruncated || !TryTake(lane, data, batch.ReceivedName(i), control, clock))
                    Strangers++;
            }

            if (count < batch.Capacity)
                return;
        }
    }

    // False for what belongs to no exchange.
    private bool TryTake(EchoLane lane, ReadOnlySpan<byte> data, ReadOnlySpan<byte> from, in ControlMessages control, in ArrivalClock clock)
    {
        var ttl = control.Ttl;
        var message = data;
        var hasIpHeader = lane is { IsRaw: true, Family: AddressFamily.InterNetwork };
        if (hasIpHeader)
        {
            if (!IcmpPacket.TryStripIpv4(data, out var left, out message))
                return false;
            ttl = left;
        }

        if (message.Length < IcmpPacket.HeaderBytes)
            return false;
        if (message[0] == IcmpPacket.EchoReply(lane.Family))
            return TryTakeReply(lane, message, from, ttl, hasIpHeader, control, clock);
        return lane.IsRaw && IcmpPacket.IsError(lane.Family, message[0]) && TryTakeQuote(lane, message, from, hasIpHeader);
    }

    private bool TryTakeReply(EchoLane lane, ReadOnlySpan<byte> message, ReadOnlySpan<byte> from, int? ttl, bool verify, in ControlMessages control, in ArrivalClock clock)
    {
        if (lane.IsRaw && BinaryPrimitives.ReadUInt16BigEndian(message[4..]) != lane.Id)
            return false;
        var sequence = BinaryPrimitives.ReadUInt16BigEndian(message[6..]);
        var (flight, ordinal) = lane.Find(sequence);
        if (flight is null || !EchoLane.IsFrom(flight, from))
            return false;
        // A raw IPv4 socket sees a packet before the kernel has checked the ICMP checksum.
        if (message[1] != 0 || !EchoHeader.Matches(message, sequence, flight.Token, flight.Plan.Size) || (verify && IcmpPacket.Checksum(message) != 0))
        {
            flight.Log.Ignore();
            return true;
        }

        var log = flight.Log;
        var arrival = clock.ArrivedAt(control.ReceivedAt, out var isKernels);
        log.HasKernelTime &= isKernels;
        var roundTrip = _time.GetElapsedTime(log.Echoes[ordinal].SentAt, arrival);
        log.Replied(ordinal, roundTrip > ShortestRoundTrip ? roundTrip : ShortestRoundTrip, ttl);
        if (log.IsSettled)
            Settled(flight, clock.Now);
        return true;
    }

    private bool TryTakeQuote(EchoLane lane, ReadOnlySpan<byte> message, ReadOnlySpan<byte> from, bool verify)
    {
        if (verify && IcmpPacket.Checksum(message) != 0)
            return false;
        var isRead = lane.Family == AddressFamily.InterNetwork
            ? IcmpPacket.TryReadIpv4(message[IcmpPacket.HeaderBytes..], out var header, out var quoted)
            : IcmpPacket.TryReadIpv6(message[IcmpPacket.HeaderBytes..], out header, out quoted);
        if (!isRead || header.Protocol != IcmpPacket.Protocol(lane.Family))
            return false;
        var (flight, ordinal) = FindQuoted(lane, quoted);
        if (flight is null || (!flight.AnswersFromAnywhere && !header.Destination.GetAddressBytes().AsSpan().SequenceEqual(flight.Address)))
            return false;
        TakeError(flight, ordinal, new EchoError(message[0], message[1], ControlMessages.ParseAddress(from), IcmpPacket.MtuOf(lane.Family, message)));
        return true;
    }

    // The error queue of a datagram socket holds the errors to the socket's own echoes; the data is the quoted echo from its
    // ICMP header on. Returns how many entries there were.
    private int TakeErrors(EchoLane lane)
    {
        if (lane.IsRaw)
            return 0;
        var batch = _read ??= new PacketBatch(ReadPackets, ReadBytes, ControlBytes);
        var taken = 0;
        for (var reads = 0; reads < MaxReads; reads++)
        {
            var count = batch.Receive(lane.Descriptor, errorQueue: true);
            if (count <= 0)
                return taken;
            taken += count;
            for (var i = 0; i < count; i++)
            {
                if (ControlMessages.Parse(batch.ReceivedControl(i)).Error is not { Origin: ErrorOrigin.Icmp or ErrorOrigin.Icmpv6 } error
                    || !IcmpPacket.IsError(lane.Family, error.Type))
                {
                    continue;
                }

                var (flight, ordinal) = FindQuoted(lane, batch.Received(i, out _));
                if (flight is null)
                    Strangers++;
                else
                    TakeError(flight, ordinal, new EchoError(error.Type, error.Code, error.Offender, IcmpPacket.IsTooBig(lane.Family, error.Type, error.Code) ? error.Info : 0));
            }
        }

        return taken;
    }

    // A router quotes at least the eight bytes of our header (RFC 792); what it quotes of the payload must be ours as well.
    private static (EchoFlight? Flight, int Ordinal) FindQuoted(EchoLane lane, ReadOnlySpan<byte> quoted)
    {
        if (quoted.Length < IcmpPacket.HeaderBytes || quoted[0] != IcmpPacket.EchoRequest(lane.Family))
            return default;
        if (lane.IsRaw && BinaryPrimitives.ReadUInt16BigEndian(quoted[4..]) != lane.Id)
            return default;
        var sequence = BinaryPrimitives.ReadUInt16BigEndian(quoted[6..]);
        var found = lane.Find(sequence);
        return found.Flight is { } flight && EchoHeader.MatchesStart(quoted, sequence, flight.Token) ? found : default;
    }

    private void TakeError(EchoFlight flight, int ordinal, EchoError error)
    {
        var log = flight.Log;
        ref var echo = ref log.Echoes[ordinal];
        // The first packet that is too big for an IPv6 path teaches our host its MTU; the next goes in fragments.
        if (flight.Family == AddressFamily.InterNetworkV6 && error.Type == 2 && echo is { Status: EchoStatus.InFlight, WasTooBig: false } && !flight.Plan.DontFragment)
        {
            echo.WasTooBig = true;
            _resend.Add((flight, ordinal));
            return;
        }

        if (log.Refused(ordinal, error) && log.IsSettled)
            Settled(flight, _time.GetTimestamp());
    }

    /// <summary>
    /// Turns the kernel's stamps, which are in its wall clock, into the process's own clock. The time until we read a packet (a
    /// busy process, a garbage collection) is no part of the round trip; a clock that stepped in between gives nonsense,
    /// which is left out.
    /// </summary>
    private readonly struct ArrivalClock
    {
        private readonly DateTimeOffset _utc;
        private readonly double _ticksPerTick;

        public ArrivalClock(TimeProvider time)
        {
            Now = time.GetTimestamp();
            _utc = time.GetUtcNow();
            _ticksPerTick = (double)time.TimestampFrequency / TimeSpan.TicksPerSecond;
        }

        public long Now { get; }

        public long ArrivedAt(DateTimeOffset? stamp, out bool isKernels)
        {
            var age = stamp is { } at ? _utc - at : TimeSpan.MinValue;
            isKernels = age > TimeSpan.FromMilliseconds(-1) && age < TimeSpan.FromSeconds(1);
            return isKernels ? Now - (long)(age.Ticks * _ticksPerTick) : Now;
        }
    }
}
