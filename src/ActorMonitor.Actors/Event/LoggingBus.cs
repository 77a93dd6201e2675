using Akka.Actor;
using Akka.Configuration;
using Akka.Util;

namespace Akka.Event;

/// <summary>A bus that log events go over, and the loggers on it.</summary>
public abstract class LoggingBus
{
    private static long _lastName;
    private readonly Lock _loggersLock = new();
    private readonly List<IActorRef> _loggers = [];
    private StandardOutLogger? _console;
    private LogLevel _consoleLevel;

    /// <summary>The least level that loggers are told of.</summary>
    public LogLevel LogLevel { get; private set; } = LogLevel.InfoLevel;

    // Above all levels: nothing is logged.
    internal static LogLevel Off => (LogLevel)int.MaxValue;

    /// <summary>Subscribes an actor to a type of events.</summary>
    public abstract bool Subscribe(IActorRef subscriber, Type channel);

    /// <summary>Unsubscribes an actor from a type of events.</summary>
    public abstract bool Unsubscribe(IActorRef subscriber, Type channel);

    /// <summary>Unsubscribes an actor from everything.</summary>
    public abstract bool Unsubscribe(IActorRef subscriber);

    /// <summary>Sends an event to its subscribers.</summary>
    public abstract void Publish(object @event);

    /// <summary>Writes to the console until the loggers have started.</summary>
    internal void StartStdoutLogger(Settings settings)
    {
        LogLevel = Logging.LevelOf(settings.LogLevel);
        _console = new StandardOutLogger();
        _consoleLevel = Logging.LevelOf(settings.StdoutLogLevel);
        SubscribeToLevels(_console, _consoleLevel);
    }

    /// <summary>Starts the loggers of <c>akka.loggers</c> and takes the console's place.</summary>
    internal void StartDefaultLoggers(ActorSystemImpl system)
    {
        foreach (var name in system.Settings.Loggers.Count > 0 ? system.Settings.Loggers : [typeof(DefaultLogger).FullName!])
        {
            var type = TypeNames.Resolve(name, "akka.loggers");
            if (type == typeof(StandardOutLogger)) continue;
            AddLogger(system, type);
        }

        if (_console is not null && _loggers.Count > 0) Unsubscribe(_console);
    }

    /// <summary>Gives the log back to the console, and hands over the loggers to be stopped: from now on they are told nothing more.</summary>
    internal IReadOnlyList<IActorRef> StopDefaultLoggers()
    {
        lock (_loggersLock)
        {
            if (_console is not null) SubscribeToLevels(_console, _consoleLevel);
            IReadOnlyList<IActorRef> loggers = [.. _loggers];
            foreach (var logger in loggers) Unsubscribe(logger);
            _loggers.Clear();
            return loggers;
        }
    }

    private void AddLogger(ActorSystemImpl system, Type type)
    {
        if (!typeof(ActorBase).IsAssignableFrom(type)) throw new ConfigurationException($"The logger [{type}] of [akka.loggers] is no actor.");
        var name = $"log{Interlocked.Increment(ref _lastName)}-{type.Name}";
        var logger = system.SystemActorOf(Props.Create(type), name);
        try
        {
            // The logger answers from its own thread: nothing can hold it up but itself.
            var answer = logger.Ask<object>(new InitializeLogger(this), system.Settings.LoggerStartTimeout).GetAwaiter().GetResult();
            if (answer is not LoggerInitialized) throw new ConfigurationException($"The logger [{type}] answered [{answer}] to InitializeLogger.");
        }
        catch (AskTimeoutException)
        {
            Publish(new Warning(null, nameof(LoggingBus), GetType(), $"Logger {name} did not respond within {system.Settings.LoggerStartTimeout} to InitializeLogger(bus)"));
        }

        lock (_loggersLock)
        {
            _loggers.Add(logger);
            SubscribeToLevels(logger, LogLevel);
        }
    }

    private void SubscribeToLevels(IActorRef logger, LogLevel level)
    {
        foreach (var (of, type) in Logging.EventTypes)
        {
            if (of >= level) Subscribe(logger, type);
            else Unsubscribe(logger, type);
        }
    }
}
