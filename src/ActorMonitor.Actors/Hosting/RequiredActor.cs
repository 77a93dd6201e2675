using Akka.Actor;

namespace Akka.Hosting;

/// <summary>A registered actor, injected.</summary>
/// <typeparam name="TActor">The key that it is registered for.</typeparam>
public interface IRequiredActor<TActor>
{
    /// <summary>The actor; it must be registered by now.</summary>
    IActorRef ActorRef { get; }
}

// Made by the container; the registry is read at the first use.
internal sealed class RequiredActor<TActor>(IReadOnlyActorRegistry registry) : IRequiredActor<TActor>
{
    private IActorRef? _actor;

    public IActorRef ActorRef => _actor ??= registry.Get<TActor>();
}
