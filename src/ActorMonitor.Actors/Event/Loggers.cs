using Akka.Actor;

namespace Akka.Event;

/// <summary>The default logger: an actor that writes to the console.</summary>
public class DefaultLogger : ActorBase
{
    /// <inheritdoc />
    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized());
                return true;
            case LogEvent logEvent:
                StandardOutLogger.PrintLogEvent(logEvent);
                return true;
            default:
                return false;
        }
    }
}

/// <summary>Writes to the console without an actor, while loggers are not there.</summary>
internal sealed class StandardOutLogger : IActorRef
{
    public ActorPath Path { get; } = new RootActorPath(new Address("akka", "all-systems")) / "StandardOutLogger";

    public void Tell(object message, IActorRef sender)
    {
        if (message is LogEvent logEvent) PrintLogEvent(logEvent);
    }

    public bool Equals(IActorRef? other) => ReferenceEquals(this, other);

    public override bool Equals(object? obj) => ReferenceEquals(this, obj);

    public override int GetHashCode() => Path.GetHashCode();

    internal static void PrintLogEvent(LogEvent logEvent) => Console.Out.WriteLine(logEvent);
}

/// <summary>Logs dead letters, up to the number that the settings allow, and messages without a handler when asked to.</summary>
internal sealed class DeadLetterListener(int max, bool logsUnhandled) : ActorBase
{
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private long _count;

    protected override void PreStart()
    {
        if (max > 0) Context.System.EventStream.Subscribe(Self, typeof(DeadLetter));
        if (logsUnhandled) Context.System.EventStream.Subscribe(Self, typeof(UnhandledMessage));
    }

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case DeadLetter letter:
                _count++;
                _log.Info(
                    "Message [{0}] from {1} to {2} was not delivered. [{3}] dead letters encountered{4}",
                    letter.Message.GetType().Name,
                    letter.Sender,
                    letter.Recipient,
                    _count,
                    _count < max ? "." : ", no more dead letters will be logged.");
                if (_count >= max) Context.System.EventStream.Unsubscribe(Self, typeof(DeadLetter));
                return true;
            case UnhandledMessage unhandled:
                _log.Debug("Unhandled message from {0} to {1}: {2}", unhandled.Sender, unhandled.Recipient, unhandled.Message);
                return true;
            default:
                return false;
        }
    }
}
