using Akka.Actor;

namespace Akka.Remote;

/// <summary>Something that happened between this system and one other, published on the event stream.</summary>
public abstract class AssociationEvent(Address localAddress, Address remoteAddress, bool inbound)
{
    /// <summary>The address of this system.</summary>
    public Address LocalAddress { get; } = localAddress;

    /// <summary>The address of the other system.</summary>
    public Address RemoteAddress { get; } = remoteAddress;

    /// <summary>Whether the other system made the connection.</summary>
    public bool IsInbound { get; } = inbound;

    /// <summary>Both addresses with an arrow in the direction in which the connection was made.</summary>
    protected string Direction => $"[{LocalAddress}] {(IsInbound ? "<-" : "->")} [{RemoteAddress}]";
}

/// <summary>A connection stands.</summary>
public sealed class AssociatedEvent(Address localAddress, Address remoteAddress, bool inbound) : AssociationEvent(localAddress, remoteAddress, inbound)
{
    /// <inheritdoc/>
    public override string ToString() => $"Associated {Direction}";
}

/// <summary>A connection has ended.</summary>
public sealed class DisassociatedEvent(Address localAddress, Address remoteAddress, bool inbound) : AssociationEvent(localAddress, remoteAddress, inbound)
{
    /// <inheritdoc/>
    public override string ToString() => $"Disassociated {Direction}";
}

/// <summary>A connection could not be made, failed, or a message could not go over it.</summary>
public sealed class AssociationErrorEvent(Exception cause, Address localAddress, Address remoteAddress, bool inbound)
    : AssociationEvent(localAddress, remoteAddress, inbound)
{
    /// <summary>What went wrong.</summary>
    public Exception Cause { get; } = cause;

    /// <inheritdoc/>
    public override string ToString() => $"AssociationError {Direction}: {Cause.Message}";
}
