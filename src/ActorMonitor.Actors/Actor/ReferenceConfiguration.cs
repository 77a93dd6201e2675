using Akka.Configuration;

namespace Akka.Actor;

/// <summary>The defaults of the keys that the slice reads; those of remoting are its own.</summary>
internal static class ReferenceConfiguration
{
    private const string Hocon = """
        akka {
          loggers = ["Akka.Event.DefaultLogger"]
          logger-startup-timeout = 5s
          loglevel = "INFO"
          stdout-loglevel = "WARNING"
          log-dead-letters = on
          log-dead-letters-during-shutdown = off
          actor {
            provider = local
            ask-timeout = infinite
            serialize-messages = off
            default-dispatcher { throughput = 30 }
            default-mailbox {
              mailbox-type = "Akka.Dispatch.UnboundedMailbox"
              mailbox-capacity = 1000
              mailbox-push-timeout-time = 10s
              stash-capacity = -1
            }
            debug { unhandled = off }
          }
          coordinated-shutdown {
            default-phase-timeout = 5s
            terminate-actor-system = on
            run-by-actor-system-terminate = on
            phases.actor-system-terminate.timeout = 10s
          }
        }
        """;

    public static Config Default { get; } = ConfigurationFactory.ParseString(Hocon);
}
