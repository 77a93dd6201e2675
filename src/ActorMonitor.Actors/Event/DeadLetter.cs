using Akka.Actor;

namespace Akka.Event;

/// <summary>A message that is no dead letter of interest when its receiver is gone.</summary>
public interface IDeadLetterSuppression;

/// <summary>A message that found no receiver.</summary>
public abstract class AllDeadLetters
{
    /// <summary>A message that found no receiver.</summary>
    protected AllDeadLetters(object message, IActorRef sender, IActorRef recipient)
    {
        ArgumentNullException.ThrowIfNull(message);
        Message = message;
        Sender = sender;
        Recipient = recipient;
    }

    /// <summary>The message.</summary>
    public object Message { get; }

    /// <summary>Its sender.</summary>
    public IActorRef Sender { get; }

    /// <summary>The receiver that it was sent to.</summary>
    public IActorRef Recipient { get; }

    /// <inheritdoc />
    public override string ToString() => $"{GetType().Name} from {Sender} to {Recipient}: <{Message}>";
}

/// <summary>A message that found no receiver.</summary>
public sealed class DeadLetter : AllDeadLetters
{
    /// <summary>A message that found no receiver.</summary>
    public DeadLetter(object message, IActorRef sender, IActorRef recipient)
        : base(message, sender, recipient)
    {
    }
}

/// <summary>A message that found no receiver and is of no interest.</summary>
public sealed class SuppressedDeadLetter : AllDeadLetters
{
    /// <summary>A message that found no receiver.</summary>
    public SuppressedDeadLetter(IDeadLetterSuppression message, IActorRef sender, IActorRef recipient)
        : base(message, sender, recipient)
    {
    }
}

/// <summary>A message that its receiver has no handler for.</summary>
public sealed class UnhandledMessage
{
    /// <summary>A message without a handler.</summary>
    public UnhandledMessage(object message, IActorRef sender, IActorRef recipient)
    {
        Message = message;
        Sender = sender;
        Recipient = recipient;
    }

    /// <summary>The message.</summary>
    public object Message { get; }

    /// <summary>Its sender.</summary>
    public IActorRef Sender { get; }

    /// <summary>The actor that has no handler for it.</summary>
    public IActorRef Recipient { get; }

    /// <inheritdoc />
    public override string ToString() => $"Unhandled message from {Sender} to {Recipient}: {Message}";
}
