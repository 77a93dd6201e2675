using System.Net;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.Datagrams;

/// <summary>What questions over datagrams have in common.</summary>
internal static class DatagramExchange
{
    /// <summary>Reads a message just received; null when it is not an answer to the question.</summary>
    internal delegate T? Reader<out T>(ReadOnlySpan<byte> datagram)
        where T : class;

    /// <summary>What a reader throws when the answer is longer than allowed.</summary>
    internal static TargetException Oversize(IPEndPoint server, int largest)
        => new(Outcome.Down, Cause.Oversize, $"{server} answered with more than the {largest} bytes allowed over UDP");
}
