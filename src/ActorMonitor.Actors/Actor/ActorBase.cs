using Akka.Event;

namespace Akka.Actor;

/// <summary>Handles a message; false when it does not know it.</summary>
public delegate bool Receive(object message);

/// <summary>The base of all actors. Instances are made by the machinery only, from <see cref="Props"/>.</summary>
public abstract class ActorBase
{
    private IActorRef? _clearedSelf;

    /// <summary>Fails outside of the machinery.</summary>
    protected ActorBase()
    {
        var cell = ActorCell.Current
            ?? throw new ActorInitializationException(null, $"[{GetType()}] cannot be made with new: use ActorOf with Props.");
        cell.Adopt(this);
    }

    /// <summary>The sender of the current message; <see cref="ActorRefs.NoSender"/>'s stand-in is the dead letters.</summary>
    protected IActorRef Sender => Context.Sender;

    /// <summary>The ref of this actor.</summary>
    protected IActorRef Self => _clearedSelf ?? Context.Self;

    /// <summary>The context of this actor; valid only while the actor is running on this thread.</summary>
    protected static IActorContext Context => ActorCell.CurrentOrThrow();

    /// <summary>Handles a message; false makes it unhandled.</summary>
    protected abstract bool Receive(object message);

    /// <summary>Called for a message without a handler. A <see cref="Terminated"/> stops the actor; any other is published as <see cref="UnhandledMessage"/>.</summary>
    protected virtual void Unhandled(object message)
    {
        if (message is Terminated terminated) throw new DeathPactException(terminated.ActorRef);
        Context.System.EventStream.Publish(new UnhandledMessage(message, Sender, Self));
    }

    /// <summary>Goes back to the behaviour below.</summary>
    protected void UnbecomeStacked() => Context.UnbecomeStacked();

    /// <summary>Called before the first message.</summary>
    protected virtual void PreStart()
    {
    }

    /// <summary>Called when the actor has stopped, after its children.</summary>
    protected virtual void PostStop()
    {
    }

    /// <summary>Called on the instance that failed: stops all children and calls <see cref="PostStop"/>.</summary>
    protected virtual void PreRestart(Exception reason, object message)
    {
        foreach (var child in Context.GetChildren())
        {
            Context.Unwatch(child);
            Context.Stop(child);
        }

        PostStop();
    }

    /// <summary>Called on the fresh instance: calls <see cref="PreStart"/>.</summary>
    protected virtual void PostRestart(Exception reason) => PreStart();

    /// <summary>The strategy for the children's failures.</summary>
    protected virtual SupervisorStrategy SupervisorStrategy() => Akka.Actor.SupervisorStrategy.DefaultStrategy;

    internal void Handle(Receive receive, object message)
    {
        if (!receive(message)) Unhandled(message);
    }

    internal void AroundPreStart() => PreStart();

    internal void AroundPostStop() => PostStop();

    internal void AroundPreRestart(Exception cause, object message) => PreRestart(cause, message);

    internal void AroundPostRestart(Exception cause) => PostRestart(cause);

    internal SupervisorStrategy OwnSupervisorStrategy() => SupervisorStrategy();

    internal bool ReceiveInitially(object message) => Receive(message);

    internal void Clear(IActorRef self) => _clearedSelf = self;
}
