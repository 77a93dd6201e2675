using System.Globalization;
using Akka.Actor;
using Akka.Actor.Setup;
using Akka.Configuration;
using Akka.Event;
using Microsoft.Extensions.Logging;

namespace Akka.Hosting.Logging;

/// <summary>The logging that <see cref="LoggerFactoryLogger"/> hands on to.</summary>
/// <param name="loggerFactory">Makes its loggers.</param>
public class LoggerFactorySetup(ILoggerFactory loggerFactory) : Setup
{
    /// <summary>Makes its loggers.</summary>
    public ILoggerFactory LoggerFactory { get; } = loggerFactory;
}

// Owns one ILogger a class that logs: hands the log of the actor system on to the host's. Started by the system as a logger.
/// <summary>A logger of an actor system that hands on to <see cref="ILoggerFactory"/>.</summary>
public class LoggerFactoryLogger : ActorBase
{
    private readonly Dictionary<Type, ILogger> _loggers = [];
    private readonly ILoggerFactory _factory;

    /// <summary>Made by the actor system, from <c>akka.loggers</c>.</summary>
    public LoggerFactoryLogger()
        => _factory = LoggingExtensions.LoggerFactoryOf(Context.System)
            ?? throw new ConfigurationException("LoggerFactoryLogger needs an ILoggerFactory: use it with AddAkka, or give a LoggerFactorySetup.");

    /// <inheritdoc/>
    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized());
                return true;
            case LogEvent logEvent:
                Log(logEvent, Self.Path);
                return true;
            default:
                return false;
        }
    }

    /// <summary>Hands on one event.</summary>
    protected virtual void Log(LogEvent log, ActorPath path)
    {
        if (!_loggers.TryGetValue(log.LogClass, out var logger))
        {
            logger = _factory.CreateLogger(log.LogClass);
            _loggers.Add(log.LogClass, logger);
        }

        logger.Log(LevelOf(log), default, new LogState(log), log.Cause, static (state, _) => state.ToString());
    }

    private static Microsoft.Extensions.Logging.LogLevel LevelOf(LogEvent log) => log.LogLevel() switch
    {
        Event.LogLevel.ErrorLevel => Microsoft.Extensions.Logging.LogLevel.Error,
        Event.LogLevel.WarningLevel => Microsoft.Extensions.Logging.LogLevel.Warning,
        Event.LogLevel.InfoLevel => Microsoft.Extensions.Logging.LogLevel.Information,
        _ => Microsoft.Extensions.Logging.LogLevel.Debug,
    };

    // The text and, as fields, where it comes from.
    private sealed class LogState(LogEvent log) : List<KeyValuePair<string, object?>>(
        [
            new("ActorPath", log.LogSource),
            new("Timestamp", log.Timestamp),
            new("{OriginalFormat}", "{Message}"),
            new("Message", log.Message),
        ])
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{log.Message} [{log.LogSource}]");
    }
}
