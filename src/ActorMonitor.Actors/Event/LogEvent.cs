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
public abstract class LogEvent : Actor.INoSerializationVerificationNeeded
{
    private protected LogEvent(Exception? cause, string logSource, Type logClass, object message)
    {
        Cause = cause!;
        LogSource = logSource;
        LogClass = logClass;
        Message = message;
    }

    /// <summary>The exception, or null.</summary>
    public Exception Cause { get; }

    /// <summary>When it was made, in UTC.</summary>
    public DateTime Timestamp { get; } = TimeProvider.System.GetUtcNow().UtcDateTime;

    /// <summary>The thread that made it.</summary>
    public Thread Thread { get; } = Thread.CurrentThread;

    /// <summary>Who made it, for example an actor's path.</summary>
    public string LogSource { get; }

    /// <summary>The type of who made it.</summary>
    public Type LogClass { get; }

    /// <summary>The message; its ToString is the text.</summary>
    public object Message { get; }

    /// <summary>How grave it is.</summary>
    public abstract LogLevel LogLevel();

    /// <inheritdoc />
    public override string ToString()
    {
        var name = LogLevel().ToString().Replace("Level", "", StringComparison.Ordinal).ToUpperInvariant();
        var head = string.Create(
            CultureInfo.InvariantCulture, $"[{name}][{Timestamp:MM/dd/yyyy HH:mm:ss.fff}Z][Thread {Thread.ManagedThreadId:0000}][{LogSource}] {Message}");
        return Cause is null ? head : $"{head}{Environment.NewLine}Cause: {Cause}";
    }
}

/// <summary>An entry for the developer.</summary>
public sealed class Debug : LogEvent
{
    /// <summary>An entry.</summary>
    public Debug(string logSource, Type logClass, object message)
        : this(null, logSource, logClass, message)
    {
    }

    /// <summary>An entry with an exception.</summary>
    public Debug(Exception? cause, string logSource, Type logClass, object message)
        : base(cause, logSource, logClass, message)
    {
    }

    /// <inheritdoc />
    public override LogLevel LogLevel() => Event.LogLevel.DebugLevel;
}

/// <summary>An entry about what happens.</summary>
public sealed class Info : LogEvent
{
    /// <summary>An entry.</summary>
    public Info(string logSource, Type logClass, object message)
        : this(null, logSource, logClass, message)
    {
    }

    /// <summary>An entry with an exception.</summary>
    public Info(Exception? cause, string logSource, Type logClass, object message)
        : base(cause, logSource, logClass, message)
    {
    }

    /// <inheritdoc />
    public override LogLevel LogLevel() => Event.LogLevel.InfoLevel;
}

/// <summary>An entry about what should not happen.</summary>
public sealed class Warning : LogEvent
{
    /// <summary>An entry.</summary>
    public Warning(string logSource, Type logClass, object message)
        : this(null, logSource, logClass, message)
    {
    }

    /// <summary>An entry with an exception.</summary>
    public Warning(Exception? cause, string logSource, Type logClass, object message)
        : base(cause, logSource, logClass, message)
    {
    }

    /// <inheritdoc />
    public override LogLevel LogLevel() => Event.LogLevel.WarningLevel;
}

/// <summary>An entry about what must not happen.</summary>
public sealed class Error : LogEvent
{
    /// <summary>An entry.</summary>
    public Error(Exception? cause, string logSource, Type logClass, object message)
        : base(cause, logSource, logClass, message)
    {
    }

    /// <inheritdoc />
    public override LogLevel LogLevel() => Event.LogLevel.ErrorLevel;
}

/// <summary>A text with places for its arguments, put together when somebody reads it.</summary>
public sealed class LogMessage
{
    private readonly object?[] _args;

    internal LogMessage(string format, object?[] args)
    {
        Format = format;
        _args = args;
    }

    /// <summary>The text with its places.</summary>
    public string Format { get; }

    /// <summary>The arguments.</summary>
    public IReadOnlyList<object?> Args => _args;

    /// <inheritdoc />
    public override string ToString()
    {
        try
        {
            return string.Format(CultureInfo.InvariantCulture, Format, _args);
        }
        catch (FormatException)
        {
            // A log line that does not fit its arguments is still told, with what it has.
            return $"{Format} [{string.Join(", ", _args)}]";
        }
    }
}
