using Akka.Actor;

namespace Akka.TestKit;

/// <summary>A message that a test actor has received, with its sender.</summary>
public abstract class MessageEnvelope
{
    /// <summary>The message.</summary>
    public abstract object? Message { get; }

    /// <summary>Who sent it.</summary>
    public abstract IActorRef Sender { get; }
}

/// <summary>A message that was really received.</summary>
/// <param name="message">The message.</param>
/// <param name="sender">Who sent it.</param>
public class RealMessageEnvelope(object message, IActorRef sender) : MessageEnvelope
{
    /// <inheritdoc/>
    public override object? Message { get; } = message;

    /// <inheritdoc/>
    public override IActorRef Sender { get; } = sender;

    /// <inheritdoc/>
    public override string ToString() => $"<{Message}> from {Sender}";
}

/// <summary>Stands for "no message yet".</summary>
public sealed class NullMessageEnvelope : MessageEnvelope
{
    /// <summary>The only instance.</summary>
    public static readonly NullMessageEnvelope Instance = new();

    private NullMessageEnvelope()
    {
    }

    /// <inheritdoc/>
    public override object? Message => null;

    /// <inheritdoc/>
    public override IActorRef Sender => throw new InvalidOperationException("No message has been received, so there is no sender.");

    /// <inheritdoc/>
    public override string ToString() => "<no message>";
}
