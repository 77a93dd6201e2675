namespace Akka.Actor;

/// <summary>Makes and finds refs for an actor system.</summary>
public interface IActorRefProvider
{
    /// <summary>The supervisor of the guardians.</summary>
    IActorRef RootGuardian { get; }

    /// <summary>The supervisor of all actors made by <see cref="IActorRefFactory.ActorOf"/> of the system: <c>/user</c>.</summary>
    IActorRef Guardian { get; }

    /// <summary>The supervisor of the system's own actors: <c>/system</c>.</summary>
    IActorRef SystemGuardian { get; }

    /// <summary>Where messages go that have no receiver.</summary>
    IActorRef DeadLetters { get; }

    /// <summary>The root of all paths of this system.</summary>
    ActorPath RootPath { get; }

    /// <summary>The settings of the system.</summary>
    Settings Settings { get; }

    /// <summary>The address that other systems reach this one at; local when there is no remoting.</summary>
    Address DefaultAddress { get; }

    /// <summary>Ends when the whole tree of actors has ended.</summary>
    Task TerminationTask { get; }

    /// <summary>The ref of a path with its address; a ref to dead letters when there is nothing.</summary>
    IActorRef ResolveActorRef(string path);

    /// <summary>The ref of a path; a ref to dead letters when there is nothing.</summary>
    IActorRef ResolveActorRef(ActorPath actorPath);

    /// <summary>The address to give out to a system at the address given, or null when there is none.</summary>
    Address? GetExternalAddressFor(Address address);
}
