using Akka.Actor;

namespace Akka.Event;

/// <summary>Sent to each logger first; it answers with <see cref="LoggerInitialized"/>.</summary>
public class InitializeLogger(LoggingBus loggingBus) : INoSerializationVerificationNeeded
{
    /// <summary>The bus that the logger will be on.</summary>
    public LoggingBus LoggingBus { get; } = loggingBus;
}

/// <summary>The logger is ready.</summary>
public class LoggerInitialized : INoSerializationVerificationNeeded, IDeadLetterSuppression;

/// <summary>Makes logs.</summary>
public static class Logging
{
    internal static readonly IReadOnlyList<(LogLevel Level, Type Type)> EventTypes =
    [
        (LogLevel.DebugLevel, typeof(Debug)),
        (LogLevel.InfoLevel, typeof(Info)),
        (LogLevel.WarningLevel, typeof(Warning)),
        (LogLevel.ErrorLevel, typeof(Error)),
    ];

    /// <summary>The log of an actor.</summary>
    public static ILoggingAdapter GetLogger(this IActorContext context)
    {
        var type = (context as ActorCell)?.Props.Type ?? typeof(ActorBase);
        return new BusLogging(context.System.EventStream, context.Self.Path.ToString(), type);
    }

    /// <summary>A log of a system for a source: an actor's ref, a type or a name.</summary>
    public static ILoggingAdapter GetLogger(ActorSystem system, object logSourceObj) => GetLogger(system.EventStream, logSourceObj);

    internal static ILoggingAdapter GetLogger(LoggingBus loggingBus, object logSourceObj) => logSourceObj switch
    {
        string name => new BusLogging(loggingBus, name, typeof(string)),
        Type type => new BusLogging(loggingBus, type.Name, type),
        IActorRef actorRef => new BusLogging(loggingBus, actorRef.Path.ToString(), typeof(IActorRef)),
        _ => new BusLogging(loggingBus, logSourceObj.ToString() ?? "", logSourceObj.GetType()),
    };

    internal static LogLevel LevelOf(string name) => name.ToUpperInvariant() switch
    {
        "DEBUG" => LogLevel.DebugLevel,
        "INFO" => LogLevel.InfoLevel,
        "WARNING" => LogLevel.WarningLevel,
        "ERROR" => LogLevel.ErrorLevel,
        "OFF" => LoggingBus.Off,
        _ => throw new ArgumentException($"Unknown LogLevel: \"{name}\". Valid values are: DEBUG, INFO, WARNING, ERROR, OFF.", nameof(name)),
    };

    internal static LogEvent EventOf(LogLevel level, Exception? cause, string source, Type type, object message) => level switch
    {
        LogLevel.DebugLevel => new Debug(cause, source, type, message),
        LogLevel.InfoLevel => new Info(cause, source, type, message),
        LogLevel.WarningLevel => new Warning(cause, source, type, message),
        _ => new Error(cause, source, type, message),
    };
}
