using Akka.Actor;

namespace ActorMonitor.Actors.Conformance;

/// <summary>Answers what it is told.</summary>
internal sealed class EchoActor : ReceiveActor
{
    public EchoActor() => ReceiveAny(message => Sender.Tell(message));
}

/// <summary>Tells a listener of each step of its life; "fail" throws, "count" answers how many messages this incarnation has seen.</summary>
internal sealed class LifeActor : ReceiveActor
{
    private readonly IActorRef _listener;
    private int _seen;

    public LifeActor(IActorRef listener)
    {
        _listener = listener;
        Receive<string>(message => message == "fail", _ => throw new InvalidOperationException("told to fail"));
        Receive<Exception>(exception => throw exception);
        Receive<string>(message => message == "count", _ => Sender.Tell(_seen));
        Receive<Props>(child => Sender.Tell(Context.ActorOf(child, "child")));
        Receive<string>(message =>
        {
            _seen++;
            _listener.Tell(message);
        });
    }

    protected override void PreStart()
    {
        _listener.Tell("PreStart");
        base.PreStart();
    }

    protected override void PostStop()
    {
        _listener.Tell("PostStop");
        base.PostStop();
    }

    protected override void PreRestart(Exception reason, object message)
    {
        _listener.Tell("PreRestart");
        base.PreRestart(reason, message);
    }

    protected override void PostRestart(Exception reason)
    {
        _listener.Tell("PostRestart");
        base.PostRestart(reason);
    }
}

/// <summary>Makes one child, supervises it with a strategy and hands its messages on to it.</summary>
internal sealed class Supervisor : ReceiveActor
{
    private readonly SupervisorStrategy _strategy;

    public Supervisor(Props child, SupervisorStrategy strategy)
    {
        _strategy = strategy;
        var actor = Context.ActorOf(child, "child");
        Receive<string>(message => message == "child?", _ => Sender.Tell(actor));
        ReceiveAny(message => actor.Forward(message));
    }

    protected override SupervisorStrategy SupervisorStrategy() => _strategy;
}
