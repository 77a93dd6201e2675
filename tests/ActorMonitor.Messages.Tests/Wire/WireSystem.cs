using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;

namespace ActorMonitor.Messages.Tests.Wire;

/// <summary>An actor system whose serializers are bound as those of a node are.</summary>
public sealed class WireSystem : IAsyncDisposable
{
    public ActorSystem System { get; } = ActorSystem.Create("wire", ConfigurationFactory.ParseString("""
        akka {
          stdout-loglevel = OFF
          loglevel = OFF
          actor {
            serializers {
              actor-monitor = "ActorMonitor.Messages.WireSerializer, ActorMonitor.Messages"
              json = "ActorMonitor.Messages.RefusingSerializer, ActorMonitor.Messages"
            }
            serialization-bindings {
              "ActorMonitor.Messages.IWireMessage, ActorMonitor.Messages" = actor-monitor
            }
          }
        }
        """));

    /// <summary>The serializer that the system takes for a message of the wire.</summary>
    public SerializerWithStringManifest Wire => (SerializerWithStringManifest)System.Serialization.FindSerializerForType(typeof(IWireMessage));

    public async ValueTask DisposeAsync() => await System.Terminate();
}
