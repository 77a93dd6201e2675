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
public sealed class Terminated : IAutoReceivedMessage, IPossiblyHarmful, IDeadLetterSuppression, INoSerializationVerificationNeeded
{
    /// <summary>The end of an actor.</summary>
    public Terminated(IActorRef actorRef, bool existenceConfirmed, bool addressTerminated)
    {
        ActorRef = actorRef;
        ExistenceConfirmed = existenceConfirmed;
        AddressTerminated = addressTerminated;
    }

    /// <summary>The actor that has ended.</summary>
    public IActorRef ActorRef { get; }

    /// <summary>Whether the actor is known to have existed.</summary>
    public bool ExistenceConfirmed { get; }

    /// <summary>Whether the whole system of the actor is gone.</summary>
    public bool AddressTerminated { get; }

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
public sealed class Identify : IAutoReceivedMessage, INotInfluenceReceiveTimeout
{
    /// <summary>A question; the id comes back in the answer.</summary>
    public Identify(object messageId) => MessageId = messageId;

    /// <summary>The id.</summary>
    public object MessageId { get; }

    /// <inheritdoc />
    public override string ToString() => $"<Identify>: {MessageId}";
}

/// <summary>The answer to <see cref="Identify"/>.</summary>
public sealed class ActorIdentity
{
    /// <summary>An answer; the subject is null when there is no such actor.</summary>
    public ActorIdentity(object messageId, IActorRef? subject)
    {
        MessageId = messageId;
        Subject = subject!;
    }

    /// <summary>The id of the question.</summary>
    public object MessageId { get; }

    /// <summary>The actor, or null.</summary>
    public IActorRef Subject { get; }

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

/// <summary>Success or failure, as an answer.</summary>
public abstract class Status
{
    private protected Status()
    {
    }

    /// <summary>It worked.</summary>
    public sealed class Success : Status
    {
        /// <summary>With nothing to say.</summary>
        public static readonly Success Instance = new(null!);

        /// <summary>With a result.</summary>
        public Success(object status) => Status = status;

        /// <summary>The result.</summary>
        public object Status { get; }

        /// <inheritdoc />
        public override string ToString() => $"<Success>: {Status}";
    }

    /// <summary>It failed.</summary>
    public sealed class Failure : Status
    {
        /// <summary>With its cause.</summary>
        public Failure(Exception cause)
            : this(cause, null!)
        {
        }

        /// <summary>With its cause and what belongs to it.</summary>
        public Failure(Exception cause, object state)
        {
            Cause = cause;
            State = state;
        }

        /// <summary>The cause.</summary>
        public Exception Cause { get; }

        /// <summary>What belongs to it, or null.</summary>
        public object State { get; }

        /// <inheritdoc />
        public override string ToString() => $"<Failure>: {Cause}{(State is null ? "" : $" [State={State}]")}";
    }
}
