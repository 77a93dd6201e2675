using System.Globalization;

namespace Akka.Event;

/// <summary>How grave a log event is.</summary>
public enum LogLevel
{
    /// <summary>For the developer.</summary>
    DebugLevel,

    /// <summary>What happens.</summary>
    InfoLevel,

    /// <summary>What should not happen.</summary>
    WarningLevel,

    /// <summary>What must not happen.</summary>
    ErrorLevel,
}

/// <summary>An entry of the log, as it goes over the event stream.</summary>
public abstract class LogEvent(Exception? cause, string logSource, Type logClass, object message) : Actor.INoSerializationVerificationNeeded
{
    /// <summary>The exception, or null.</summary>
    public Exception Cause { get; } = cause!;

    /// <summary>When it was made, in UTC.</summary>
    public DateTime Timestamp { get; } = TimeProvider.System.GetUtcNow().UtcDateTime;

    internal int ThreadId { get; } = Environment.CurrentManagedThreadId;

    /// <summary>Who made it, for example an actor's path.</summary>
    public string LogSource { get; } = logSource;

    /// <summary>The type of who made it.</summary>
    public Type LogClass { get; } = logClass;

    /// <summary>The message; its ToString is the text.</summary>
    public object Message { get; } = message;

    /// <summary>How grave it is.</summary>
    public abstract LogLevel LogLevel();

    /// <inheritdoc />
    public override string ToString()
    {
        var name = LogLevel().ToString().Replace("Level", "", StringComparison.Ordinal).ToUpperInvariant();
        var head = string.Create(
            CultureInfo.InvariantCulture, $"[{name}][{Timestamp:MM/dd/yyyy HH:mm:ss.fff}Z][Thread {ThreadId:0000}][{LogSource}] {Message}");
        return Cause is null ? head : $"{head}{Environment.NewLine}Cause: {Cause}";
    }
}

/// <summary>An entry for the developer.</summary>
public sealed class Debug(Exception? cause, string logSource, Type logClass, object message) : LogEvent(cause, logSource, logClass, message)
{
    /// <inheritdoc />
    public override LogLevel LogLevel() => Event.LogLevel.DebugLevel;
}

/// <summary>An entry about what happens.</summary>
public sealed class Info(Exception? cause, string logSource, Type logClass, object message) : LogEvent(cause, logSource, logClass, message)
{
    /// <inheritdoc />
    public override LogLevel LogLevel() => Event.LogLevel.InfoLevel;
}

/// <summary>An entry about what should not happen.</summary>
public sealed class Warning(Exception? cause, string logSource, Type logClass, object message) : LogEvent(cause, logSource, logClass, message)
{
    /// <inheritdoc />
    public override LogLevel LogLevel() => Event.LogLevel.WarningLevel;
}

/// <summary>An entry about what must not happen.</summary>
public sealed class Error(Exception? cause, string logSource, Type logClass, object message) : LogEvent(cause, logSource, logClass, message)
{
    /// <inheritdoc />
    public override LogLevel LogLevel() => Event.LogLevel.ErrorLevel;
}

/// <summary>A text with places for its arguments, put together when somebody reads it.</summary>
internal sealed class LogMessage(string format, object?[] args)
{
    public override string ToString()
    {
        try
        {
            return string.Format(CultureInfo.InvariantCulture, format, args);
        }
        catch (FormatException)
        {
            // A log line that does not fit its arguments is still told, with what it has.
            return $"{format} [{string.Join(", ", args)}]";
        }
    }
}
