using System.Net;
using System.Net.Sockets;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.Icmp;

/// <content>What leaves, and when.</content>
internal sealed partial class EchoEngine
{
    // An exchange that ends takes a turn without sending; so many, then the sockets are read again.
    private const int MaxTurns = 256;
    private const int MaxSendAttempts = 4;
    private const int FewPackets = 8;
    private static readonly TimeSpan SendAgainAfter = TimeSpan.FromMilliseconds(1);

    // A packet on a busy loopback, whose reply is made within the call, takes a third of it.
    private static readonly TimeSpan LongestPerPacket = TimeSpan.FromMicroseconds(30);

    private readonly List<(EchoFlight Flight, int Ordinal)> _resend = [];
    private int _prepared;

    // At most one batch between two readings: on a near network each echo has its reply at once, and the socket's room is bounded.
    private void SendDue()
    {
        _prepared = 0;
        while (_resend.Count > 0 && _prepared < EchoLane.BatchPackets)
        {
            var (flight, ordinal) = _resend[^1];
            _resend.RemoveAt(_resend.Count - 1);
            if (flight is { IsOver: false, Lane: { } lane })
            {
                lane.Prepare(flight, ordinal);
                _prepared++;
            }
        }

        var now = _time.GetTimestamp();
        for (var turns = 0; turns < MaxTurns && _prepared < EchoLane.BatchPackets && _queue.First is { } first && first.DueAt <= now; turns++)
            Turn(first, now);
        if (_prepared == 0)
            return;
        foreach (var lane in _lanes)
        {
            if (lane.Pending > 0)
                Flush(lane);
        }
    }

    private void Turn(EchoFlight flight, long now)
    {
        var log = flight.Log;
        if (now >= flight.EndsAt || (flight.LingersUntil != 0 && now >= flight.LingersUntil))
        {
            Finish(flight);
            return;
        }

        if (flight.Next < flight.Plan.Count && flight.PlannedAt(flight.Next) <= now && !TryPrepare(flight))
            return;
        GiveUpOld(flight, now);
        if (log.IsSettled)
            Settled(flight, now);
        if (flight.IsOver)
            return;
        flight.DueAt = NextDue(flight, now);
        _queue.Place(flight);
    }

    private bool TryPrepare(EchoFlight flight)
    {
        try
        {
            var lane = flight.Lane ?? Assign(flight);
            var ordinal = flight.Next++;
            flight.Log.Echoes[ordinal].Sequence = lane.Take(flight, ordinal);
            lane.Prepare(flight, ordinal);
            _prepared++;
            return true;
        }
        catch (Exception e) when (e is TargetException or SocketException)
        {
            Fail(flight, e);
            return false;
        }
    }

    private static void GiveUpOld(EchoFlight flight, long now)
    {
        if (flight.WaitTicks == long.MaxValue)
            return;
        var echoes = flight.Log.Echoes;
        for (; flight.Oldest < flight.Next; flight.Oldest++)
        {
            ref var oldest = ref echoes[flight.Oldest];
            if (oldest.IsSettled)
                continue;
            if (oldest.Status != EchoStatus.InFlight || now - oldest.SentAt < flight.WaitTicks)
                return;
            flight.Log.Expired(flight.Oldest);
        }
    }

    private static long NextDue(EchoFlight flight, long now)
    {
        var due = flight.EndsAt;
        if (flight.Next < flight.Plan.Count)
            due = Math.Min(due, flight.PlannedAt(flight.Next));
        if (flight.LingersUntil != 0)
            due = Math.Min(due, flight.LingersUntil);
        if (flight.WaitTicks != long.MaxValue && flight.Oldest < flight.Next)
        {
            ref var oldest = ref flight.Log.Echoes[flight.Oldest];
            due = Math.Min(due, (oldest.Status == EchoStatus.InFlight ? oldest.SentAt : now) + flight.WaitTicks);
        }

        return due;
    }

    private void Settled(EchoFlight flight, long now)
    {
        if (flight.LingerTicks == 0)
        {
            Finish(flight);
            return;
        }

        if (flight.LingersUntil != 0)
            return;
        flight.LingersUntil = now + flight.LingerTicks;
        flight.DueAt = Math.Min(flight.LingersUntil, flight.EndsAt);
        _queue.Place(flight);
    }

    private void Flush(EchoLane lane)
    {
        var attempts = 0;
        // Where there is time, each packet has its own time of sending: on the way out the receiver may take our processor.
        var atATime = lane.Pending <= FewPackets ? 1 : FewPackets;
        for (var first = 0; first < lane.Pending;)
        {
            var before = _time.GetTimestamp();
            var sent = lane.Send(first, atATime);
            var after = _time.GetTimestamp();
            if (sent > 0)
            {
                // The packets of a batch leave one after another, about evenly, within the call. A call that took too long was
                // interrupted somewhere: then all have the time before it, so that no round trip is told shorter than it was.
                var took = _time.GetElapsedTime(before, after) > LongestPerPacket * sent ? 0 : after - before;
                for (var i = 0; i < sent; i++)
                    Left(lane.PendingAt(first + i), before + (took * i / sent));
                first += sent;
                attempts = 0;
                continue;
            }

            if (-sent == LinuxNative.Eagain)
            {
                PutBack(lane, first);
                break;
            }

            // An ICMP error that answers an earlier echo, whosever it was, fails the next call of whatever kind. It is taken
            // off the queue and this echo is sent again; an error of our own host comes again at once.
            var taken = TakeErrors(lane);
            if (++attempts < 2 || (taken > 0 && attempts < MaxSendAttempts))
                continue;
            var (flight, ordinal) = lane.PendingAt(first);
            // The kernel has several words for a source that is not its own.
            var error = flight.Plan.Source is { } source && !Has(source) ? SocketError.AddressNotAvailable : LinuxErrors.Of(-sent);
            flight.Log.NotSent(ordinal, new SocketException((int)error));
            if (flight.Log.IsSettled)
                Settled(flight, after);
            first++;
            attempts = 0;
        }

        lane.ClearPending();
    }

    private bool Has(IPAddress source)
    {
        using var socket = _sockets.OpenUdp(source.AddressFamily);
        try
        {
            socket.Bind(new IPEndPoint(source, 0));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    private void Left((EchoFlight Flight, int Ordinal) echo, long at)
    {
        if (echo.Flight.IsOver)
            return;
        var late = echo.Flight.Log.Echoes[echo.Ordinal].WasTooBig ? TimeSpan.Zero : _time.GetElapsedTime(echo.Flight.PlannedAt(echo.Ordinal), at);
        echo.Flight.Log.Sent(echo.Ordinal, at, late);
    }

    // The socket's own buffer is full: these go out a little later.
    private void PutBack(EchoLane lane, int first)
    {
        var again = _time.GetTimestamp() + (long)(SendAgainAfter.TotalSeconds * _time.TimestampFrequency);
        for (var i = lane.Pending - 1; i >= first; i--)
        {
            var (flight, ordinal) = lane.PendingAt(i);
            if (flight.IsOver)
                continue;
            if (flight.Log.Echoes[ordinal].WasTooBig)
            {
                // It has left once and is waited for in any case.
                continue;
            }

            lane.Free(flight.Log.Echoes[ordinal].Sequence);
            flight.Next = Math.Min(flight.Next, ordinal);
            flight.DueAt = again;
            _queue.Place(flight);
        }
    }
}
