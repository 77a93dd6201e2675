namespace Akka.Event;

/// <summary>A log. Templates have positional places such as <c>{0}</c>.</summary>
public interface ILoggingAdapter
{
    /// <summary>Whether <see cref="LogLevel.DebugLevel"/> is logged.</summary>
    bool IsDebugEnabled { get; }

    /// <summary>Whether <see cref="LogLevel.InfoLevel"/> is logged.</summary>
    bool IsInfoEnabled { get; }

    /// <summary>Whether <see cref="LogLevel.WarningLevel"/> is logged.</summary>
    bool IsWarningEnabled { get; }

    /// <summary>Whether <see cref="LogLevel.ErrorLevel"/> is logged.</summary>
    bool IsErrorEnabled { get; }

    /// <summary>Whether a level is logged.</summary>
    bool IsEnabled(LogLevel logLevel);

    /// <summary>Logs at a level.</summary>
    void Log(LogLevel logLevel, Exception? cause, string format, params object[] args);
}

/// <summary>The levels of a log by name.</summary>
public static class LoggingExtensions
{
    /// <summary>Logs at a level.</summary>
    public static void Log(this ILoggingAdapter log, LogLevel level, string format, params object[] args) => log.Log(level, null, format, args);

    /// <summary>Logs for the developer.</summary>
    public static void Debug(this ILoggingAdapter log, string format, params object[] args) => log.Log(LogLevel.DebugLevel, null, format, args);

    /// <summary>Logs for the developer.</summary>
    public static void Debug(this ILoggingAdapter log, Exception? cause, string format, params object[] args) => log.Log(LogLevel.DebugLevel, cause, format, args);

    /// <summary>Logs what happens.</summary>
    public static void Info(this ILoggingAdapter log, string format, params object[] args) => log.Log(LogLevel.InfoLevel, null, format, args);

    /// <summary>Logs what happens.</summary>
    public static void Info(this ILoggingAdapter log, Exception? cause, string format, params object[] args) => log.Log(LogLevel.InfoLevel, cause, format, args);

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
public sealed class BusLogging : ILoggingAdapter
{
    private readonly LoggingBus _bus;
    private readonly string _source;
    private readonly Type _type;

    /// <summary>For a source.</summary>
    public BusLogging(LoggingBus bus, string logSource, Type logClass)
    {
        _bus = bus;
        _source = logSource;
        _type = logClass;
    }

    /// <inheritdoc />
    public bool IsDebugEnabled => IsEnabled(LogLevel.DebugLevel);

    /// <inheritdoc />
    public bool IsInfoEnabled => IsEnabled(LogLevel.InfoLevel);

    /// <inheritdoc />
    public bool IsWarningEnabled => IsEnabled(LogLevel.WarningLevel);

    /// <inheritdoc />
    public bool IsErrorEnabled => IsEnabled(LogLevel.ErrorLevel);

    /// <inheritdoc />
    public bool IsEnabled(LogLevel logLevel) => logLevel >= _bus.LogLevel;

    /// <inheritdoc />
    public void Log(LogLevel logLevel, Exception? cause, string format, params object[] args)
    {
        if (!IsEnabled(logLevel)) return;
        object message = args is { Length: > 0 } ? new LogMessage(format, args) : format;
        _bus.Publish(Logging.EventOf(logLevel, cause, _source, _type, message));
    }
}

/// <summary>A log that drops everything.</summary>
public sealed class NoLogger : ILoggingAdapter
{
    /// <summary>The log.</summary>
    public static readonly ILoggingAdapter Instance = new NoLogger();

    private NoLogger()
    {
    }

    /// <inheritdoc />
    public bool IsDebugEnabled => false;

    /// <inheritdoc />
    public bool IsInfoEnabled => false;

    /// <inheritdoc />
    public bool IsWarningEnabled => false;

    /// <inheritdoc />
    public bool IsErrorEnabled => false;

    /// <inheritdoc />
    public bool IsEnabled(LogLevel logLevel) => false;

    /// <inheritdoc />
    public void Log(LogLevel logLevel, Exception? cause, string format, params object[] args)
    {
    }
}
