namespace Akka.Actor;

/// <summary>Watching other actors.</summary>
public interface ICanWatch
{
    /// <summary>Asks for a <see cref="Terminated"/> when the subject ends.</summary>
    IActorRef Watch(IActorRef subject);

    /// <summary>Asks for a message of one's own when the subject ends.</summary>
    IActorRef WatchWith(IActorRef subject, object message);

    /// <summary>Asks no more; a message already on its way is dropped.</summary>
    IActorRef Unwatch(IActorRef subject);
}

/// <summary>What an actor sees of its place in the system. Valid only while the actor is running.</summary>
public interface IActorContext : IActorRefFactory, ICanWatch
{
    /// <summary>The ref of the actor.</summary>
    IActorRef Self { get; }

    /// <summary>The sender of the current message.</summary>
    IActorRef Sender { get; }

    /// <summary>The system.</summary>
    ActorSystem System { get; }

    /// <summary>The supervisor of the actor.</summary>
    IActorRef Parent { get; }

    /// <summary>Replaces the current behaviour.</summary>
    void Become(Receive receive);

    /// <summary>Puts a behaviour on top of the current one.</summary>
    void BecomeStacked(Receive receive);

    /// <summary>Goes back to the behaviour below.</summary>
    void UnbecomeStacked();

    /// <summary>The child with a name, or <see cref="ActorRefs.Nobody"/>.</summary>
    IActorRef Child(string name);

    /// <summary>The children.</summary>
    IEnumerable<IActorRef> GetChildren();

    /// <summary>Sets the time after which <see cref="Actor.ReceiveTimeout"/> is received when nothing else is; null for never.</summary>
    void SetReceiveTimeout(TimeSpan? timeout);
}
