// Owns nothing: hands a node's events to the console's log. Supervised by the user guardian.
using ActorMonitor.Configuration;
using ActorMonitor.Messages;
using Akka.Actor;

namespace ActorMonitor.Host.Output;

/// <summary>Subscribes to a node's events and passes on those that <c>actor-monitor.console</c> asks for.</summary>
internal sealed class ConsoleActor : ReceiveActor
{
    public ConsoleActor(ConsoleLog log, ConsoleMode mode)
    {
        Receive<NodeEvent>(nodeEvent =>
        {
            if (mode == ConsoleMode.All || (mode == ConsoleMode.Changes && nodeEvent.IsChange))
                log.Event(nodeEvent);
        });
    }

    public static Props Props(ConsoleLog log, ConsoleMode mode) => Akka.Actor.Props.Create(() => new ConsoleActor(log, mode));

    protected override void PreStart() => Context.System.EventStream.Subscribe(Self, typeof(NodeEvent));
}
