namespace Akka.Actor;

/// <summary>Makes and finds refs for an actor system.</summary>
public interface IActorRefProvider
{
    /// <summary>Where messages go that have no receiver.</summary>
    IActorRef DeadLetters { get; }

    /// <summary>The address that other systems reach this one at; local when there is no remoting.</summary>
    Address DefaultAddress { get; }

    /// <summary>The ref of a path with its address; a ref to dead letters when there is nothing.</summary>
    IActorRef ResolveActorRef(string path);

    /// <summary>The ref of a path; a ref to dead letters when there is nothing.</summary>
    IActorRef ResolveActorRef(ActorPath actorPath);
}
