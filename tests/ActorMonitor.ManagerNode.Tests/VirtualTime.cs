using Akka.Configuration;
using Akka.TestKit.Configs;

namespace ActorMonitor.ManagerNode.Tests;

/// <summary>What the specs' systems run with.</summary>
internal static class VirtualTime
{
    /// <summary>Time that the test moves. The deadlines are those of a busy machine: nothing waits for them that does not fail.</summary>
    public static Config Config { get; } = ConfigurationFactory
        .ParseString("akka.test { single-expect-default = 15s, default-timeout = 15s, filter-leeway = 15s }")
        .WithFallback(TestConfigs.TestSchedulerConfig);
}
