// Owns nothing: hands a node's events to the console's log. Supervised by the user guardian.
using ActorMonitor.Configuration;
using ActorMonitor.Messages;
using Akka.Actor;

namespace ActorMonitor.Host.Output;

/// <summary>Subscribes to a node's events and passes on those that <c>actor-monitor.console</c> asks for; a <see cref="ConsoleMode"/> changes that.</summary>
internal sealed class ConsoleActor : ReceiveActor
{
    private readonly ConsoleLog _log;
    private ConsoleMode _mode;

    public ConsoleActor(ConsoleLog log, ConsoleMode mode)
    {
        (_log, _mode) = (log, mode);
        Receive<NodeEvent>(nodeEvent =>
        {
            if (_mode == ConsoleMode.All || (_mode == ConsoleMode.Changes && nodeEvent.IsChange))
                _log.Event(nodeEvent);
        });
        Receive<ConsoleMode>(changed =>
        {
            _mode = changed;
            Follow();
        });
    }

    public static Props Props(ConsoleLog log, ConsoleMode mode) => Akka.Actor.Props.Create(() => new ConsoleActor(log, mode));

    protected override void PreStart() => Follow();

    // Events that nobody reads are not sent.
    private void Follow()
    {
        if (_mode == ConsoleMode.Off)
            Context.System.EventStream.Unsubscribe(Self, typeof(NodeEvent));
        else
            Context.System.EventStream.Subscribe(Self, typeof(NodeEvent));
    }
}
