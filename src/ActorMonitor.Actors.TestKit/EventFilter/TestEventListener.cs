using Akka.Event;
using Akka.TestKit.Internal;

namespace Akka.TestKit;

// Owns the filters of a system's log: what one of them matches is counted and not printed. Started by the system as a logger.
/// <summary>The logger that event filters need: <c>akka.loggers = ["Akka.TestKit.TestEventListener, Akka.TestKit"]</c>.</summary>
public class TestEventListener : DefaultLogger
{
    private readonly HashSet<LogFilter> _filters = [];

    /// <inheritdoc/>
    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger initialize:
                foreach (var type in (Type[])[typeof(MuteFilter), typeof(UnmuteFilter), typeof(DeadLetter), typeof(UnhandledMessage)])
                {
                    initialize.LoggingBus.Subscribe(Context.Self, type);
                }

                return base.Receive(message);
            case MuteFilter mute:
                _filters.Add(mute.Filter);
                mute.Applied();
                return true;
            case UnmuteFilter unmute:
                _filters.Remove(unmute.Filter);
                return true;
            case DeadLetter letter:
                _ = IsFiltered(new Warning(null, letter.Recipient.Path.ToString(), letter.Recipient.GetType(), letter));
                return true;
            case UnhandledMessage unhandled:
                _ = IsFiltered(new Warning(
                    null,
                    unhandled.Recipient.Path.ToString(),
                    unhandled.Recipient.GetType(),
                    $"Unhandled message from {unhandled.Sender}: {unhandled.Message}"));
                return true;
            case LogEvent logEvent when IsFiltered(logEvent):
                return true;
            default:
                return base.Receive(message);
        }
    }

    // Every filter counts the event, not the first one alone.
    private bool IsFiltered(LogEvent logEvent) => _filters.Aggregate(false, (matched, filter) => filter.Apply(logEvent) || matched);
}
