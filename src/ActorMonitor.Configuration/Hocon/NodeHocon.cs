using Akka.Configuration;

namespace ActorMonitor.Configuration;

/// <summary>What every node's actor system runs with, under what the operator's file says.</summary>
public static class NodeHocon
{
    /// <summary>The number of probe actors when the operator's file does not say.</summary>
    public const int DefaultProbes = 8;

    /// <summary>The role's section as a configuration, to be used as the last fallback; for <see cref="NodeRole.Up"/> the manager's.</summary>
    public static Config For(NodeRole role) => ConfigurationFactory.ParseString(Text(role));

    /// <summary>The same for a monitor whose pool has these bounds: the default number of probe actors lies within them.</summary>
    public static Config For(NodeRole role, PoolBounds probes)
        => ConfigurationFactory.ParseString(Text(role, Math.Min(Math.Max(DefaultProbes, probes.Min), probes.Max)));

    /// <summary>
    /// The role's section as text. A peer may select nothing but /user/monitor on a monitor and nothing on a manager; only
    /// the messages of the wire have a serializer, and Akka's general one is bound to one that refuses. A manager leaves
    /// warnings out: they are about monitors that it cannot reach, and its links say that themselves.
    /// </summary>
    public static string Text(NodeRole role, int probes = DefaultProbes)
    {
        var isMonitor = role == NodeRole.Monitor;
        return $$"""
            akka {
              loglevel = {{(isMonitor ? "WARNING" : "ERROR")}}
              stdout-loglevel = OFF
              actor {
                provider = remote
                serializers {
                  actor-monitor = "ActorMonitor.Messages.WireSerializer, ActorMonitor.Messages"
                  json = "ActorMonitor.Messages.RefusingSerializer, ActorMonitor.Messages"
                }
                serialization-bindings {
                  "ActorMonitor.Messages.IWireMessage, ActorMonitor.Messages" = actor-monitor
                }
                deployment {
                  /probes {
                    router = round-robin-pool
                    nr-of-instances = {{probes}}
                  }
                }
              }
              remote {
                retry-gate-closed-for = 1s
                untrusted-mode = on
                trusted-selection-paths = [{{(isMonitor ? "\"/user/monitor\"" : "")}}]
                dot-netty.tcp {
                  hostname = "127.0.0.1"
                  port = {{(isMonitor ? MonitorAddress.DefaultPort : MonitorAddress.DefaultManagerPort)}}
                }
              }
            }

            """;
    }
}
