using Akka.Event;

namespace Akka.Actor;

/// <summary>A message that the machinery handles by itself.</summary>
public interface IAutoReceivedMessage;

/// <summary>A message that must not come from another system in untrusted mode.</summary>
public interface IPossiblyHarmful;

/// <summary>A message that goes without serialization even when messages are serialized for tests.</summary>
public interface INoSerializationVerificationNeeded;

/// <summary>A message that does not count as activity for the receive timeout.</summary>
public interface INotInfluenceReceiveTimeout;

/// <summary>A watched actor has ended.</summary>
public sealed class Terminated(IActorRef actorRef, bool existenceConfirmed, bool addressTerminated)
    : IAutoReceivedMessage, IPossiblyHarmful, IDeadLetterSuppression, INoSerializationVerificationNeeded
{
    /// <summary>The actor that has ended.</summary>
    public IActorRef ActorRef { get; } = actorRef;

    /// <summary>Whether the actor is known to have existed.</summary>
    public bool ExistenceConfirmed { get; } = existenceConfirmed;

    /// <summary>Whether the whole system of the actor is gone.</summary>
    public bool AddressTerminated { get; } = addressTerminated;

    /// <inheritdoc />
    public override string ToString() => $"<Terminated>: {ActorRef} - ExistenceConfirmed={ExistenceConfirmed}";
}

/// <summary>Stops the actor when its turn comes.</summary>
public sealed class PoisonPill : IAutoReceivedMessage, IPossiblyHarmful, IDeadLetterSuppression
{
    private PoisonPill()
    {
    }

    /// <summary>The message.</summary>
    public static PoisonPill Instance { get; } = new();

    /// <inheritdoc />
    public override string ToString() => "<PoisonPill>";
}

/// <summary>Makes the actor fail with <see cref="ActorKilledException"/>.</summary>
public sealed class Kill : IAutoReceivedMessage, IPossiblyHarmful
{
    private Kill()
    {
    }

    /// <summary>The message.</summary>
    public static Kill Instance { get; } = new();

    /// <inheritdoc />
    public override string ToString() => "<Kill>";
}

/// <summary>Asks an actor who it is; answered by <see cref="ActorIdentity"/>.</summary>
public sealed class Identify(object messageId) : IAutoReceivedMessage, INotInfluenceReceiveTimeout
{
    /// <summary>The id; it comes back in the answer.</summary>
    public object MessageId { get; } = messageId;

    /// <inheritdoc />
    public override string ToString() => $"<Identify>: {MessageId}";
}

/// <summary>The answer to <see cref="Identify"/>.</summary>
public sealed class ActorIdentity(object messageId, IActorRef? subject)
{
    /// <summary>The id of the question.</summary>
    public object MessageId { get; } = messageId;

    /// <summary>The actor, or null when there is no such actor.</summary>
    public IActorRef Subject { get; } = subject!;

    /// <inheritdoc />
    public override string ToString() => $"<ActorIdentity>: {Subject} - MessageId={MessageId}";
}

/// <summary>Nothing was received for as long as <see cref="IActorContext.SetReceiveTimeout"/> says.</summary>
public sealed class ReceiveTimeout : IPossiblyHarmful
{
    private ReceiveTimeout()
    {
    }

    /// <summary>The message.</summary>
    public static ReceiveTimeout Instance { get; } = new();

    /// <inheritdoc />
    public override string ToString() => "<ReceiveTimeout>";
}

/// <summary>What became of something, as an answer.</summary>
public abstract class Status
{
    private protected Status()
    {
    }

    /// <summary>It failed.</summary>
    public sealed class Failure(Exception cause) : Status
    {
        /// <summary>The cause.</summary>
        public Exception Cause { get; } = cause;

        /// <inheritdoc />
        public override string ToString() => $"<Failure>: {Cause}";
    }
}
