namespace Akka.Remote;

/// <summary>What remoting dropped and refused, by reason.</summary>
internal sealed class RemotingCounters
{
    public long Sent;
    public long Received;

    /// <summary>Writes that carried the messages sent.</summary>
    public long Writes;

    /// <summary>Messages to a peer whose gate is closed or that could not be reached.</summary>
    public long Unreachable;

    /// <summary>Messages beyond the bound of a peer's queue.</summary>
    public long Overflow;

    /// <summary>Messages larger than a frame may be, or without a serializer.</summary>
    public long Unsendable;

    /// <summary>Connections over the limit.</summary>
    public long RefusedConnections;

    /// <summary>Connections closed before they had introduced themselves properly.</summary>
    public long RefusedHandshakes;

    /// <summary>Connections closed because of bytes that are no frames of ours.</summary>
    public long RefusedFrames;

    /// <summary>Messages that no serializer could read.</summary>
    public long Unreadable;

    /// <summary>Messages that untrusted mode keeps out.</summary>
    public long Untrusted;
}
