using System.Net;
using System.Net.Sockets;

namespace ActorMonitor.Probes.Icmp;

/// <summary>Where an echo stands.</summary>
internal enum EchoStatus : byte
{
    Unsent,
    InFlight,

    /// <summary>Its reply came in time.</summary>
    Answered,

    /// <summary>An ICMP error answered it.</summary>
    Refused,

    /// <summary>Our own host would not send it.</summary>
    NotSent,

    /// <summary>Nothing came within its time.</summary>
    Expired,
}

/// <summary>One echo.</summary>
internal struct EchoState
{
    public long SentAt;
    public TimeSpan RoundTrip;
    public ushort Sequence;
    public byte Ttl;
    public EchoStatus Status;
    public bool WasTooBig;

    public readonly bool IsSettled => Status > EchoStatus.InFlight;
}

/// <summary>An ICMP error that quoted an echo.</summary>
internal sealed record EchoError(byte Type, byte Code, IPAddress? From, uint Mtu);

/// <summary>What became of a check's echoes. Written by one thread, read when the exchange has ended.</summary>
internal sealed class EchoLog
{
    private readonly EchoState[] _echoes;
    private int _settled;
    private int _nextExpected;

    public EchoLog(int count) => _echoes = new EchoState[count];

    /// <summary>The echoes in the order of sending.</summary>
    public Span<EchoState> Echoes => _echoes;

    /// <summary>How many echoes were answered in time.</summary>
    public int Answered { get; private set; }

    /// <summary>Replies that came in an order other than that of sending (RFC 4737 section 3: Type-P-Reordered).</summary>
    public int Reordered { get; private set; }

    /// <summary>Further replies to echoes that were answered before.</summary>
    public int Duplicates { get; private set; }

    /// <summary>Replies that came after their echo had been given up.</summary>
    public int Late { get; private set; }

    /// <summary>Packets of the target that fit none of the echoes although they have the number of one.</summary>
    public int Ignored { get; private set; }

    /// <summary>How much later than planned an echo left at most.</summary>
    public TimeSpan Slip { get; private set; }

    /// <summary>Whether the arrivals are the kernel's stamps, all of them.</summary>
    public bool HasKernelTime { get; set; } = true;

    /// <summary>Datagrams that this host dropped for want of room while the echoes were under way, whosever they were.</summary>
    public uint Overrun { get; set; }

    /// <summary>The last ICMP error.</summary>
    public EchoError? Error { get; private set; }

    /// <summary>The last failure to send.</summary>
    public SocketException? SendFailure { get; private set; }

    /// <summary>Whether nothing more can come of the echoes.</summary>
    public bool IsSettled => _settled == _echoes.Length;

    /// <summary>Notes that an echo has left.</summary>
    public void Sent(int ordinal, long at, TimeSpan late)
    {
        ref var echo = ref _echoes[ordinal];
        echo.SentAt = at;
        echo.Status = EchoStatus.InFlight;
        if (late > Slip)
            Slip = late;
    }

    /// <summary>Notes a reply.</summary>
    public void Replied(int ordinal, TimeSpan roundTrip, int? ttl)
    {
        ref var echo = ref _echoes[ordinal];
        switch (echo.Status)
        {
            case EchoStatus.InFlight:
                break;
            case EchoStatus.Answered:
                Duplicates++;
                return;
            case EchoStatus.Expired:
                Late++;
                return;
            default:
                Ignored++;
                return;
        }

        echo.RoundTrip = roundTrip;
        echo.Ttl = (byte)(ttl ?? 0);
        Settle(ref echo, EchoStatus.Answered);
        Answered++;
        if (ordinal < _nextExpected)
            Reordered++;
        else
            _nextExpected = ordinal + 1;
    }

    /// <summary>Notes an ICMP error; false when it comes too late to matter.</summary>
    public bool Refused(int ordinal, EchoError error)
    {
        ref var echo = ref _echoes[ordinal];
        if (echo.Status != EchoStatus.InFlight)
        {
            Ignored++;
            return false;
        }

        Error = error;
        Settle(ref echo, EchoStatus.Refused);
        return true;
    }

    /// <summary>Notes that our host would not send an echo.</summary>
    public void NotSent(int ordinal, SocketException failure)
    {
        ref var echo = ref _echoes[ordinal];
        if (echo.IsSettled)
            return;
        SendFailure = failure;
        Settle(ref echo, EchoStatus.NotSent);
    }

    /// <summary>Notes that an echo's time is over.</summary>
    public void Expired(int ordinal)
    {
        ref var echo = ref _echoes[ordinal];
        if (echo.Status == EchoStatus.InFlight)
            Settle(ref echo, EchoStatus.Expired);
    }

    /// <summary>Notes something from the target that answers none of the echoes.</summary>
    public void Ignore() => Ignored++;

    private void Settle(ref EchoState echo, EchoStatus status)
    {
        echo.Status = status;
        _settled++;
    }
}
