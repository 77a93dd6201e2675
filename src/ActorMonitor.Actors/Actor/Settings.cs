using Akka.Actor.Setup;
using Akka.Configuration;

namespace Akka.Actor;

/// <summary>The settings of an actor system, read once from its configuration.</summary>
public class Settings
{
    /// <summary>Reads the settings; what the configuration leaves out comes from the reference configuration.</summary>
    public Settings(ActorSystem system, Config config, ActorSystemSetup setup)
    {
        System = system;
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
        CreationTimeout = Config.GetTimeSpan("akka.actor.creation-timeout");
        UnhandledMessagesAreLogged = Config.GetBoolean("akka.actor.debug.unhandled");
        DebugEventStream = Config.GetBoolean("akka.actor.debug.event-stream");
        SerializeAllMessages = Config.GetBoolean("akka.actor.serialize-messages");
        Throughput = Math.Max(1, Config.GetInt("akka.actor.default-dispatcher.throughput", 30));
        GuardianStrategyClass = Config.GetString("akka.actor.guardian-supervisor-strategy", "");
    }

    /// <summary>The system that the settings are of.</summary>
    public ActorSystem System { get; }

    /// <summary>The whole configuration, the reference configuration included.</summary>
    public Config Config { get; }

    /// <summary>The setup that the system was made with.</summary>
    public ActorSystemSetup Setup { get; }

    /// <summary>The least level that loggers are told of.</summary>
    public string LogLevel { get; }

    /// <summary>The least level that goes to the console while loggers start and stop.</summary>
    public string StdoutLogLevel { get; }

    /// <summary>The type names of the loggers.</summary>
    public IList<string> Loggers { get; }

    /// <summary>How long a logger may take to start.</summary>
    public TimeSpan LoggerStartTimeout { get; }

    /// <summary>The provider of refs: <c>local</c> or <c>remote</c>.</summary>
    public string ProviderClass { get; }

    /// <summary>The type name of the scheduler.</summary>
    public string SchedulerClass { get; }

    /// <summary>How many dead letters are logged.</summary>
    public int LogDeadLetters { get; }

    /// <summary>Whether dead letters are logged while the system stops.</summary>
    public bool LogDeadLettersDuringShutdown { get; }

    /// <summary>How long an Ask without a timeout of its own waits.</summary>
    public TimeSpan AskTimeout { get; }

    /// <summary>How long making a system actor may take.</summary>
    public TimeSpan CreationTimeout { get; }

    /// <summary>Whether messages without a handler are logged.</summary>
    public bool UnhandledMessagesAreLogged { get; }

    /// <summary>Whether subscriptions of the event stream are logged.</summary>
    public bool DebugEventStream { get; }

    /// <summary>Whether every message goes through its serializer, for tests.</summary>
    public bool SerializeAllMessages { get; }

    internal int Throughput { get; }

    internal string GuardianStrategyClass { get; }

    private int Count(string key) => Config.GetString(key, "on").ToLowerInvariant() switch
    {
        "on" or "true" => int.MaxValue,
        "off" or "false" => 0,
        _ => Config.GetInt(key),
    };
}
