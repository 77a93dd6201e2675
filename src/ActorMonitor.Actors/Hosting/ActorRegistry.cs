using System.Collections.Concurrent;
using Akka.Actor;

namespace Akka.Hosting;

/// <summary>Top-level actors by a type that stands for them, for reading.</summary>
public interface IReadOnlyActorRegistry
{
    /// <summary>The actor of a key; it must be there.</summary>
    IActorRef Get<TKey>();

    /// <summary>The actor of a key, as soon as it is there.</summary>
    Task<IActorRef> GetAsync<TKey>(CancellationToken ct = default);

    /// <summary>The actor of a key, if it is there.</summary>
    bool TryGet<TKey>(out IActorRef actor);
}

/// <summary>Top-level actors by a type that stands for them.</summary>
public interface IActorRegistry : IReadOnlyActorRegistry
{
    /// <summary>Enters an actor; a key that is taken is an error.</summary>
    void Register<TKey>(IActorRef actor);
}

/// <summary>The registry of an actor system.</summary>
public class ActorRegistry : IActorRegistry, IExtension
{
    private readonly ConcurrentDictionary<Type, IActorRef> _actors = new();
    private readonly ConcurrentDictionary<Type, TaskCompletionSource<IActorRef>> _awaited = new();

    /// <summary>The registry of a system.</summary>
    public static ActorRegistry For(ActorSystem actorSystem) => new ActorRegistryExtension().Get(actorSystem);

    /// <inheritdoc/>
    public void Register<TKey>(IActorRef actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (!_actors.TryAdd(typeof(TKey), actor))
        {
            throw new DuplicateActorRegistryException($"An actor is registered for {typeof(TKey)} already: {_actors[typeof(TKey)]}.");
        }

        if (_awaited.TryRemove(typeof(TKey), out var awaited))
        {
            awaited.TrySetResult(actor);
        }
    }

    /// <inheritdoc/>
    public IActorRef Get<TKey>()
        => TryGet<TKey>(out var actor) ? actor : throw new MissingActorRegistryEntryException($"No actor is registered for {typeof(TKey)}.");

    /// <inheritdoc/>
    public Task<IActorRef> GetAsync<TKey>(CancellationToken ct = default)
    {
        if (TryGet<TKey>(out var actor))
        {
            return Task.FromResult(actor);
        }

        var awaited = _awaited.GetOrAdd(typeof(TKey), _ => new TaskCompletionSource<IActorRef>(TaskCreationOptions.RunContinuationsAsynchronously));

        // It may have come between the look and the wait.
        if (TryGet<TKey>(out actor))
        {
            awaited.TrySetResult(actor);
        }

        return awaited.Task.WaitAsync(ct);
    }

    /// <inheritdoc/>
    public bool TryGet<TKey>(out IActorRef actor)
    {
        var found = _actors.TryGetValue(typeof(TKey), out var registered);
        actor = registered ?? ActorRefs.Nobody;
        return found;
    }
}

internal sealed class ActorRegistryExtension : ExtensionIdProvider<ActorRegistry>
{
    public override ActorRegistry CreateExtension(ExtendedActorSystem system) => new();
}

/// <summary>No actor is registered for the key.</summary>
public sealed class MissingActorRegistryEntryException(string message) : Exception(message);

/// <summary>The key is taken.</summary>
public sealed class DuplicateActorRegistryException(string message) : Exception(message);
