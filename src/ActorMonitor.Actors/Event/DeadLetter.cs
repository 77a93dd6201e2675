using Akka.Actor;

namespace Akka.Event;

/// <summary>A message that is no dead letter of interest when its receiver is gone.</summary>
public interface IDeadLetterSuppression;

/// <summary>A message that found no receiver.</summary>
public abstract class AllDeadLetters(object message, IActorRef sender, IActorRef recipient)
{
    /// <summary>The message.</summary>
    public object Message { get; } = message;

    /// <summary>Its sender.</summary>
    public IActorRef Sender { get; } = sender;

    /// <summary>The receiver that it was sent to.</summary>
    public IActorRef Recipient { get; } = recipient;

    /// <inheritdoc />
    public override string ToString() => $"{GetType().Name} from {Sender} to {Recipient}: <{Message}>";
}

/// <summary>A message that found no receiver.</summary>
public sealed class DeadLetter(object message, IActorRef sender, IActorRef recipient) : AllDeadLetters(message, sender, recipient);

/// <summary>A message that found no receiver and is of no interest.</summary>
public sealed class SuppressedDeadLetter(IDeadLetterSuppression message, IActorRef sender, IActorRef recipient)
    : AllDeadLetters(message, sender, recipient);

/// <summary>A message that its receiver has no handler for.</summary>
public sealed class UnhandledMessage(object message, IActorRef sender, IActorRef recipient)
{
    /// <summary>The message.</summary>
    public object Message { get; } = message;

    /// <summary>Its sender.</summary>
    public IActorRef Sender { get; } = sender;

    /// <summary>The actor that has no handler for it.</summary>
    public IActorRef Recipient { get; } = recipient;

    /// <inheritdoc />
    public override string ToString() => $"Unhandled message from {Sender} to {Recipient}: {Message}";
}
