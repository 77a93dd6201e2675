using ActorMonitor.Probes.Icmp;

namespace ActorMonitor.Probes.RouteTrace;

/// <summary>One try at one hop.</summary>
internal struct HopTry
{
    public TryState State;
    public ushort Sequence;
    public long SentAt;
    public TimeSpan Patience;
    public bool WasAlone;

    /// <summary>How often it was asked again.</summary>
    public int Repeats;
    public TimeSpan RoundTrip;
    public EchoAnswer Answer;
}

/// <summary>Where a try stands.</summary>
internal enum TryState
{
    Unsent,
    InFlight,
    Answered,
    Silent,
}
