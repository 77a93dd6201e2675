namespace Akka.Event;

/// <summary>A log. Templates have positional places such as <c>{0}</c>.</summary>
public interface ILoggingAdapter
{
    /// <summary>Logs at a level.</summary>
    void Log(LogLevel logLevel, Exception? cause, string format, params object[] args);
}

/// <summary>The levels of a log by name.</summary>
public static class LoggingExtensions
{
    /// <summary>Logs for the developer.</summary>
    public static void Debug(this ILoggingAdapter log, string format, params object[] args) => log.Log(LogLevel.DebugLevel, null, format, args);

    /// <summary>Logs what happens.</summary>
    public static void Info(this ILoggingAdapter log, string format, params object[] args) => log.Log(LogLevel.InfoLevel, null, format, args);

    /// <summary>Logs what should not happen.</summary>
    public static void Warning(this ILoggingAdapter log, string format, params object[] args) => log.Log(LogLevel.WarningLevel, null, format, args);

    /// <summary>Logs what should not happen.</summary>
    public static void Warning(this ILoggingAdapter log, Exception? cause, string format, params object[] args) => log.Log(LogLevel.WarningLevel, cause, format, args);

    /// <summary>Logs what must not happen.</summary>
    public static void Error(this ILoggingAdapter log, string format, params object[] args) => log.Log(LogLevel.ErrorLevel, null, format, args);

    /// <summary>Logs what must not happen.</summary>
    public static void Error(this ILoggingAdapter log, Exception? cause, string format, params object[] args) => log.Log(LogLevel.ErrorLevel, cause, format, args);
}

/// <summary>A log on a bus.</summary>
internal sealed class BusLogging(LoggingBus bus, string source, Type type) : ILoggingAdapter
{
    public void Log(LogLevel logLevel, Exception? cause, string format, params object[] args)
    {
        if (logLevel < bus.LogLevel) return;
        object message = args is { Length: > 0 } ? new LogMessage(format, args) : format;
        bus.Publish(Logging.EventOf(logLevel, cause, source, type, message));
    }
}
