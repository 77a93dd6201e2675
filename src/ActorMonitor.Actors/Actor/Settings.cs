using Akka.Actor.Setup;
using Akka.Configuration;

namespace Akka.Actor;

/// <summary>The settings of an actor system, read once from its configuration.</summary>
public class Settings
{
    internal Settings(Config config, ActorSystemSetup setup)
    {
        Setup = setup;
        Config = config.WithFallback(ReferenceConfiguration.Default);
        LogLevel = Config.GetString("akka.loglevel", "INFO");
        StdoutLogLevel = Config.GetString("akka.stdout-loglevel", "WARNING");
        Loggers = [.. Config.GetStringList("akka.loggers")];
        LoggerStartTimeout = Config.GetTimeSpan("akka.logger-startup-timeout");
        ProviderClass = Config.GetString("akka.actor.provider", "local");
        SchedulerClass = Config.GetString("akka.scheduler.implementation", "");
        LogDeadLetters = Count("akka.log-dead-letters");
        LogDeadLettersDuringShutdown = Config.GetBoolean("akka.log-dead-letters-during-shutdown");
        AskTimeout = Config.GetString("akka.actor.ask-timeout") is "infinite"
            ? Timeout.InfiniteTimeSpan
            : Config.GetTimeSpan("akka.actor.ask-timeout");
        UnhandledMessagesAreLogged = Config.GetBoolean("akka.actor.debug.unhandled");
        SerializeAllMessages = Config.GetBoolean("akka.actor.serialize-messages");
        Throughput = Math.Max(1, Config.GetInt("akka.actor.default-dispatcher.throughput", 30));
        GuardianStrategyClass = Config.GetString("akka.actor.guardian-supervisor-strategy", "");
    }

    /// <summary>The whole configuration, the reference configuration included.</summary>
    public Config Config { get; }

    internal ActorSystemSetup Setup { get; }
    internal string LogLevel { get; }

    /// <summary>The least level that goes to the console while loggers start and stop.</summary>
    internal string StdoutLogLevel { get; }
    internal IReadOnlyList<string> Loggers { get; }
    internal TimeSpan LoggerStartTimeout { get; }
    internal string ProviderClass { get; }
    internal string SchedulerClass { get; }

    /// <summary>How many dead letters are logged.</summary>
    internal int LogDeadLetters { get; }
    internal bool LogDeadLettersDuringShutdown { get; }
    internal TimeSpan AskTimeout { get; }
    internal bool UnhandledMessagesAreLogged { get; }
    internal bool SerializeAllMessages { get; }
    internal int Throughput { get; }
    internal string GuardianStrategyClass { get; }

    private int Count(string key) => Config.GetString(key, "on").ToLowerInvariant() switch
    {
        "on" or "true" => int.MaxValue,
        "off" or "false" => 0,
        _ => Config.GetInt(key),
    };
}
