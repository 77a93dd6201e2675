using Akka.Actor;
using Akka.Configuration;

namespace ActorMonitor.Bench.Load;

/// <summary>Makes the actor systems of the loads.</summary>
internal static class LoadSystem
{
    private const string Hocon = """
        akka.loglevel = WARNING
        akka.log-dead-letters = off
        akka.coordinated-shutdown.run-by-clr-shutdown-hook = off
        """;

    private const string RemoteHocon = """
        akka.actor {
          provider = remote
          serializers.sample = "ActorMonitor.Bench.Load.SampleSerializer, ActorMonitor.Bench"
          serialization-bindings { "ActorMonitor.Bench.Load.ISample, ActorMonitor.Bench" = sample }
        }
        akka.remote.log-remote-lifecycle-events = off
        akka.remote.dot-netty.tcp.hostname = "127.0.0.1"
        """;

    public static ActorSystem Local() => ActorSystem.Create("load", ConfigurationFactory.ParseString(Hocon));

    /// <summary>A system that listens on a free port of the loopback; further settings win.</summary>
    public static ActorSystem Remote(string name, string further = "") => ActorSystem.Create(
        name,
        ConfigurationFactory.ParseString(further)
            .WithFallback(ConfigurationFactory.ParseString("akka.remote.dot-netty.tcp.port = 0"))
            .WithFallback(ConfigurationFactory.ParseString(RemoteHocon))
            .WithFallback(ConfigurationFactory.ParseString(Hocon)));

    public static Address AddressOf(ActorSystem system) => ((ExtendedActorSystem)system).Provider.DefaultAddress;
}
