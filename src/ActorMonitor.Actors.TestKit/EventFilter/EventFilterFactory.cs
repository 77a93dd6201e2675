using System.Text.RegularExpressions;
using Akka.Actor;
using Akka.Event;
using Akka.TestKit.Internal;

namespace Akka.TestKit;

/// <summary>Says which log events an expectation is about. What is not given fits everything.</summary>
public class EventFilterFactory
{
    private readonly TestKitBase _testkit;
    private readonly ActorSystem _system;
    private readonly IReadOnlyList<LogFilter> _others;

    /// <summary>Filters on the log of the kit's system.</summary>
    public EventFilterFactory(TestKitBase testkit)
        : this(testkit, testkit.Sys)
    {
    }

    /// <summary>Filters on the log of a system.</summary>
    public EventFilterFactory(TestKitBase testkit, ActorSystem system)
        : this(testkit, system, [])
    {
    }

    internal EventFilterFactory(TestKitBase testkit, ActorSystem system, IReadOnlyList<LogFilter> others)
        => (_testkit, _system, _others) = (testkit, system, others);

    /// <summary>Errors with an exception of a type.</summary>
    public IEventFilterApplier Exception<TException>(
        string? message = null, string? start = null, string? contains = null, string? source = null)
        where TException : Exception
        => Exception(typeof(TException), message, start, contains, source);

    /// <summary>Errors with an exception of a type.</summary>
    public IEventFilterApplier Exception<TException>(Regex pattern, string? source = null)
        where TException : Exception
        => Exception(typeof(TException), pattern, source);

    /// <summary>Errors with an exception of a type, or with one that was caused by such.</summary>
    public IEventFilterApplier Exception(
        Type exceptionType,
        string? message = null,
        string? start = null,
        string? contains = null,
        string? source = null,
        bool checkInnerExceptions = false)
        => CauseOf(exceptionType, LogFilter.Text(message, start, contains), source, checkInnerExceptions);

    /// <summary>Errors with an exception of a type, or with one that was caused by such.</summary>
    public IEventFilterApplier Exception(Type exceptionType, Regex pattern, string? source = null, bool checkInnerExceptions = false)
        => CauseOf(exceptionType, pattern.IsMatch, source, checkInnerExceptions);

    /// <summary>Errors.</summary>
    public IEventFilterApplier Error(string? message = null, string? start = null, string? contains = null, string? source = null)
        => ForLogLevel(LogLevel.ErrorLevel, message, start, contains, source);

    /// <summary>Errors.</summary>
    public IEventFilterApplier Error(Regex pattern, string? source = null) => ForLogLevel(LogLevel.ErrorLevel, pattern, source);

    /// <summary>Warnings.</summary>
    public IEventFilterApplier Warning(string? message = null, string? start = null, string? contains = null, string? source = null)
        => ForLogLevel(LogLevel.WarningLevel, message, start, contains, source);

    /// <summary>Warnings.</summary>
    public IEventFilterApplier Warning(Regex pattern, string? source = null) => ForLogLevel(LogLevel.WarningLevel, pattern, source);

    /// <summary>Informations.</summary>
    public IEventFilterApplier Info(string? message = null, string? start = null, string? contains = null, string? source = null)
        => ForLogLevel(LogLevel.InfoLevel, message, start, contains, source);

    /// <summary>Informations.</summary>
    public IEventFilterApplier Info(Regex pattern, string? source = null) => ForLogLevel(LogLevel.InfoLevel, pattern, source);

    /// <summary>Debug lines.</summary>
    public IEventFilterApplier Debug(string? message = null, string? start = null, string? contains = null, string? source = null)
        => ForLogLevel(LogLevel.DebugLevel, message, start, contains, source);

    /// <summary>Debug lines.</summary>
    public IEventFilterApplier Debug(Regex pattern, string? source = null) => ForLogLevel(LogLevel.DebugLevel, pattern, source);

    /// <summary>Events of a level.</summary>
    public IEventFilterApplier ForLogLevel(
        LogLevel logLevel, string? message = null, string? start = null, string? contains = null, string? source = null)
        => Level(logLevel, LogFilter.Text(message, start, contains), source);

    /// <summary>Events of a level.</summary>
    public IEventFilterApplier ForLogLevel(LogLevel logLevel, Regex pattern, string? source = null) => Level(logLevel, pattern.IsMatch, source);

    /// <summary>Any dead letter.</summary>
    public IEventFilterApplier DeadLetter() => Letter(_ => true, null);

    /// <summary>Dead letters with a message of a type.</summary>
    public IEventFilterApplier DeadLetter<TMessage>(string? source = null) => Letter(message => message is TMessage, source);

    /// <summary>Dead letters with a message of a type that fits.</summary>
    public IEventFilterApplier DeadLetter<TMessage>(Func<TMessage, bool> isMatch, string? source = null)
        => Letter(message => message is TMessage typed && isMatch(typed), source);

    /// <summary>Dead letters with a message of a type.</summary>
    public IEventFilterApplier DeadLetter(Type type, string? source = null) => Letter(type.IsInstanceOfType, source);

    /// <summary>Events that fit.</summary>
    public IEventFilterApplier Custom(Predicate<LogEvent> predicate) => Apply(new LogFilter(predicate, "custom events"));

    /// <summary>Events of a type that fit.</summary>
    public IEventFilterApplier Custom<TLogEvent>(Predicate<TLogEvent> predicate)
        where TLogEvent : LogEvent
        => Apply(new LogFilter(e => e is TLogEvent typed && predicate(typed), $"custom events of type {typeof(TLogEvent).Name}"));

    private EventFilterApplier Level(LogLevel level, Func<string, bool> isText, string? source)
        => Apply(new LogFilter(
            e => e.LogLevel() == level && e.Message is not Akka.Event.DeadLetter && LogFilter.IsFrom(source, e.LogSource) && isText(e.Message?.ToString() ?? ""),
            $"{level} events"));

    private EventFilterApplier CauseOf(Type type, Func<string, bool> isText, string? source, bool checkInner)
        => Apply(new LogFilter(
            e => e is Error error
                && LogFilter.IsFrom(source, e.LogSource)
                && LogFilter.CauseFits(error.Cause, type, checkInner)
                && (isText(e.Message?.ToString() ?? "") || isText(error.Cause!.Message)),
            $"errors with a {type.Name}"));

    private EventFilterApplier Letter(Predicate<object> isMessage, string? source)
        => Apply(new LogFilter(
            e => e is Warning { Message: DeadLetter letter } && isMessage(letter.Message) && LogFilter.IsFrom(source, e.LogSource), "dead letters"));

    private EventFilterApplier Apply(LogFilter filter) => new(_testkit, _system, [.. _others, filter]);
}
