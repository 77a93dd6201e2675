using Akka.Configuration;

namespace Akka.TestKit.Configs;

/// <summary>Configurations for specs.</summary>
public static class TestConfigs
{
    /// <summary>The kit's own defaults, and the logger that event filters need.</summary>
    public static Config DefaultConfig { get; } = ConfigurationFactory.ParseString("""
        akka {
          loglevel = INFO
          loggers = ["Akka.TestKit.TestEventListener, Akka.TestKit"]
          test {
            timefactor = 1.0
            filter-leeway = 3s
            single-expect-default = 3s
            default-timeout = 5s
          }
        }
        """);

    /// <summary>The defaults with virtual time: <c>Sys.Scheduler</c> is a <see cref="TestScheduler"/>.</summary>
    public static Config TestSchedulerConfig { get; } = ConfigurationFactory.ParseString("""
        akka.scheduler.implementation = "Akka.TestKit.TestScheduler, Akka.TestKit"
        """).WithFallback(DefaultConfig);
}
