namespace Akka.Actor;

/// <summary>Makes actors in its own way, for example with dependency injection.</summary>
public interface IIndirectActorProducer
{
    /// <summary>The type of the actors.</summary>
    Type ActorType { get; }

    /// <summary>Makes an actor.</summary>
    ActorBase Produce();

    /// <summary>Told when an actor has ended, or was replaced by a restart.</summary>
    void Release(ActorBase actor);
}
