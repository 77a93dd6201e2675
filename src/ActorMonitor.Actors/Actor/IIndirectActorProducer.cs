namespace Akka.Actor;

/// <summary>Makes actors in its own way, for example with dependency injection.</summary>
internal interface IIndirectActorProducer
{
    Type ActorType { get; }

    ActorBase Produce();

    /// <summary>Told when an actor has ended, or was replaced by a restart.</summary>
    void Release(ActorBase actor);
}
