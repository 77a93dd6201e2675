using Akka.Event;
using Akka.TestKit.Internal;

namespace Akka.TestKit;

/// <summary>Says which log events an expectation is about. What is not given fits everything.</summary>
public class EventFilterFactory
{
    private readonly TestKitBase _testkit;

    internal EventFilterFactory(TestKitBase testkit) => _testkit = testkit;

    /// <summary>Errors with an exception of a type.</summary>
    public IEventFilterApplier Exception<TException>(
        string? message = null, string? start = null, string? contains = null, string? source = null)
        where TException : Exception
    {
        var isText = LogFilter.Text(message, start, contains);
        return Apply(
            e => e is Error { Cause: TException cause }
                && LogFilter.IsFrom(source, e.LogSource)
                && (isText(e.Message?.ToString() ?? "") || isText(cause.Message)),
            $"errors with a {typeof(TException).Name}");
    }

    /// <summary>Errors.</summary>
    public IEventFilterApplier Error(string? message = null, string? start = null, string? contains = null, string? source = null)
        => Level(LogLevel.ErrorLevel, LogFilter.Text(message, start, contains), source);

    /// <summary>Warnings.</summary>
    public IEventFilterApplier Warning(string? message = null, string? start = null, string? contains = null, string? source = null)
        => Level(LogLevel.WarningLevel, LogFilter.Text(message, start, contains), source);

    /// <summary>Informations.</summary>
    public IEventFilterApplier Info(string? message = null, string? start = null, string? contains = null, string? source = null)
        => Level(LogLevel.InfoLevel, LogFilter.Text(message, start, contains), source);

    /// <summary>Debug lines.</summary>
    public IEventFilterApplier Debug(string? message = null, string? start = null, string? contains = null, string? source = null)
        => Level(LogLevel.DebugLevel, LogFilter.Text(message, start, contains), source);

    /// <summary>Dead letters with a message of a type that fits.</summary>
    public IEventFilterApplier DeadLetter<TMessage>(Func<TMessage, bool> isMatch, string? source = null)
        => Apply(
            e => e is Warning { Message: DeadLetter { Message: TMessage message } } && isMatch(message) && LogFilter.IsFrom(source, e.LogSource),
            "dead letters");

    /// <summary>Events that fit.</summary>
    public IEventFilterApplier Custom(Predicate<LogEvent> predicate) => Apply(predicate, "custom events");

    private EventFilterApplier Level(LogLevel level, Func<string, bool> isText, string? source)
        => Apply(
            e => e.LogLevel() == level && e.Message is not Akka.Event.DeadLetter && LogFilter.IsFrom(source, e.LogSource) && isText(e.Message?.ToString() ?? ""),
            $"{level} events");

    private EventFilterApplier Apply(Predicate<LogEvent> isMatch, string description) => new(_testkit, new LogFilter(isMatch, description));
}
