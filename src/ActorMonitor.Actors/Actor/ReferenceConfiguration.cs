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
          extensions = []
          actor {
            provider = local
            guardian-supervisor-strategy = "Akka.Actor.DefaultSupervisorStrategy"
            creation-timeout = 20s
            ask-timeout = infinite
            serialize-messages = off
            default-dispatcher { throughput = 30 }
            deployment {
              default {
                router = "from-code"
                nr-of-instances = 1
              }
            }
            debug {
              unhandled = off
              event-stream = off
            }
            serializers { }
            serialization-bindings { }
            serialization-identifiers { }
          }
          scheduler {
            implementation = "Akka.Actor.HashedWheelTimerScheduler"
            tick-duration = 10ms
            ticks-per-wheel = 512
            shutdown-timeout = 5s
          }
          coordinated-shutdown {
            default-phase-timeout = 5s
            terminate-actor-system = on
            exit-clr = off
            run-by-clr-shutdown-hook = on
            run-by-actor-system-terminate = on
            phases {
              before-service-unbind { }
              service-unbind { depends-on = [before-service-unbind] }
              service-requests-done { depends-on = [service-unbind] }
              service-stop { depends-on = [service-requests-done] }
              before-actor-system-terminate { depends-on = [service-stop] }
              actor-system-terminate {
                timeout = 10s
                depends-on = [before-actor-system-terminate]
              }
            }
          }
        }
        """;

    public static Config Default { get; } = ConfigurationFactory.ParseString(Hocon);
}
