namespace Akka.Actor;

/// <summary>Makes actors and selections: a system, or an actor's context for its children.</summary>
public interface IActorRefFactory
{
    /// <summary>Makes an actor; without a name it gets one of its own.</summary>
    IActorRef ActorOf(Props props, string? name = null);

    /// <summary>A selection of actors by path.</summary>
    ActorSelection ActorSelection(ActorPath actorPath);

    /// <summary>A selection of actors by path, relative or absolute, with <c>*</c> and <c>?</c> in names.</summary>
    ActorSelection ActorSelection(string actorPath);

    /// <summary>Stops an actor after the message that it is at.</summary>
    void Stop(IActorRef actor);
}
