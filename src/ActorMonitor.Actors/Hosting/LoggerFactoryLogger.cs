using System.Globalization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Akka.Hosting.Logging;

// Owns one ILogger a class that logs: hands the log of the actor system on to the host's. Started by the system as a logger.
internal sealed class LoggerFactoryLogger : ActorBase
{
    private readonly Dictionary<Type, ILogger> _loggers = [];
    private readonly ILoggerFactory _factory;

    public LoggerFactoryLogger()
        => _factory = Context.System.Settings.Setup.Get<DependencyInjection.DependencyResolverSetup>()?.ServiceProvider.GetService<ILoggerFactory>()
            ?? throw new ConfigurationException("LoggerFactoryLogger needs an ILoggerFactory: use it with AddAkka.");

    protected override bool Receive(object message)
    {
        switch (message)
        {
            case InitializeLogger:
                Sender.Tell(new LoggerInitialized());
                return true;
            case LogEvent logEvent:
                Log(logEvent);
                return true;
            default:
                return false;
        }
    }

    private void Log(LogEvent log)
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
