using System.Net;

namespace ActorMonitor.Probes.Icmp;

/// <summary>What an answer is.</summary>
internal enum EchoAnswerKind
{
    /// <summary>The target's reply to our request.</summary>
    Reply,

    /// <summary>An ICMP error that quotes our request.</summary>
    Error,

    /// <summary>Something from the target that is no answer to us: malformed, or to somebody else's request.</summary>
    Ignored,
}

/// <summary>An answer to a request.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Sequence">The request's number; <see cref="UnknownSequence"/> when the answer does not tell.</param>
/// <param name="From">Who sent it; null when that is not known.</param>
/// <param name="Type">The ICMP type of an error.</param>
/// <param name="Code">The ICMP code of an error.</param>
/// <param name="Ttl">The hop limit left in a reply, where known.</param>
/// <param name="Timestamp">When it arrived.</param>
internal readonly record struct EchoAnswer(EchoAnswerKind Kind, int Sequence, IPAddress? From, byte Type, byte Code, int? Ttl, long Timestamp)
{
    /// <summary>The sequence of an answer that does not tell it.</summary>
    public const int UnknownSequence = -1;

    /// <summary>Nothing to report: a packet that has nothing to do with the target.</summary>
    public static readonly EchoAnswer? None;

    /// <summary>The MPLS labels with which the request came to the router that says an error (RFC 4950); null when it does not say.</summary>
    public string? Labels { get; init; }

    /// <summary>The MTU in an error that says that the request was too big for the next hop; 0 when it does not say.</summary>
    public uint Mtu { get; init; }

    /// <summary>A reply that is not ours.</summary>
    public static EchoAnswer Stray(IPAddress? from, long timestamp) => new(EchoAnswerKind.Ignored, UnknownSequence, from, 0, 0, null, timestamp);
}

/// <summary>Sends numbered requests to one target and tells the answers. Used from one call at a time; it owns its sockets.</summary>
internal interface IEchoChannel : IDisposable
{
    /// <summary>Sends a request at once and returns when it left.</summary>
    /// <param name="sequence">Its number.</param>
    /// <param name="ttl">Its hop limit; null for the system's.</param>
    long Send(ushort sequence, int? ttl);

    /// <summary>Takes an answer that is already there.</summary>
    bool TryReceive(out EchoAnswer answer);

    /// <summary>Waits until there may be an answer, or the time is over.</summary>
    ValueTask WaitAsync(TimeSpan atMost, CancellationToken cancellationToken);
}
