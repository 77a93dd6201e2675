using System.Collections;
using System.Collections.Concurrent;
using Akka.Actor;

namespace Akka.Hosting;

/// <summary>Top-level actors by a type that stands for them, for reading.</summary>
public interface IReadOnlyActorRegistry : IEnumerable<KeyValuePair<Type, IActorRef>>
{
    /// <summary>The actor of a key; it must be there.</summary>
    IActorRef Get<TKey>();

    /// <summary>The actor of a key, as soon as it is there.</summary>
    Task<IActorRef> GetAsync<TKey>(CancellationToken ct = default);

    /// <summary>The actor of a key, as soon as it is there.</summary>
    Task<IActorRef> GetAsync(Type key, CancellationToken ct = default);

    /// <summary>The actor of a key, if it is there.</summary>
    bool TryGet<TKey>(out IActorRef actor);

    /// <summary>The actor of a key, if it is there.</summary>
    bool TryGet(Type key, out IActorRef actor);
}

/// <summary>Top-level actors by a type that stands for them.</summary>
public interface IActorRegistry : IReadOnlyActorRegistry
{
    /// <summary>Enters an actor; a key that is taken is an error.</summary>
    void Register<TKey>(IActorRef actor, bool overwrite = false);

    /// <summary>Enters an actor unless the key is taken.</summary>
    bool TryRegister<TKey>(IActorRef actor, bool overwrite = false);

    /// <summary>Enters an actor unless the key is taken.</summary>
    bool TryRegister(Type key, IActorRef actor, bool overwrite = false);
}

/// <summary>The registry of an actor system.</summary>
public class ActorRegistry : IActorRegistry, IExtension
{
    private readonly ConcurrentDictionary<Type, IActorRef> _actors = new();
    private readonly ConcurrentDictionary<Type, TaskCompletionSource<IActorRef>> _awaited = new();

    /// <summary>The registry of a system.</summary>
    public static ActorRegistry For(ActorSystem actorSystem) => new ActorRegistryExtension().Apply(actorSystem);

    /// <inheritdoc/>
    public void Register<TKey>(IActorRef actor, bool overwrite = false)
    {
        if (!TryRegister<TKey>(actor, overwrite))
        {
            throw new DuplicateActorRegistryException($"An actor is registered for {typeof(TKey)} already: {_actors[typeof(TKey)]}.");
        }
    }

    /// <inheritdoc/>
    public bool TryRegister<TKey>(IActorRef actor, bool overwrite = false) => TryRegister(typeof(TKey), actor, overwrite);

    /// <inheritdoc/>
    public bool TryRegister(Type key, IActorRef actor, bool overwrite = false)
    {
        ArgumentNullException.ThrowIfNull(actor);
        if (overwrite)
        {
            _actors[key] = actor;
        }
        else if (!_actors.TryAdd(key, actor))
        {
            return false;
        }

        if (_awaited.TryRemove(key, out var awaited))
        {
            awaited.TrySetResult(actor);
        }

        return true;
    }

    /// <inheritdoc/>
    public IActorRef Get<TKey>()
        => TryGet<TKey>(out var actor) ? actor : throw new MissingActorRegistryEntryException($"No actor is registered for {typeof(TKey)}.");

    /// <inheritdoc/>
    public Task<IActorRef> GetAsync<TKey>(CancellationToken ct = default) => GetAsync(typeof(TKey), ct);

    /// <inheritdoc/>
    public Task<IActorRef> GetAsync(Type key, CancellationToken ct = default)
    {
        if (TryGet(key, out var actor))
        {
            return Task.FromResult(actor);
        }

        var awaited = _awaited.GetOrAdd(key, _ => new TaskCompletionSource<IActorRef>(TaskCreationOptions.RunContinuationsAsynchronously));

        // It may have come between the look and the wait.
        if (TryGet(key, out actor))
        {
            awaited.TrySetResult(actor);
        }

        return awaited.Task.WaitAsync(ct);
    }

    /// <inheritdoc/>
    public bool TryGet<TKey>(out IActorRef actor) => TryGet(typeof(TKey), out actor);

    /// <inheritdoc/>
    public bool TryGet(Type key, out IActorRef actor)
    {
        var found = _actors.TryGetValue(key, out var registered);
        actor = registered ?? ActorRefs.Nobody;
        return found;
    }

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<Type, IActorRef>> GetEnumerator() => _actors.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}

/// <summary>Makes the <see cref="ActorRegistry"/> of a system.</summary>
public sealed class ActorRegistryExtension : ExtensionIdProvider<ActorRegistry>
{
    /// <inheritdoc/>
    public override ActorRegistry CreateExtension(ExtendedActorSystem system) => new();
}

/// <summary>A misuse of the registry.</summary>
/// <param name="message">What is wrong.</param>
public class ActorRegistryException(string message) : Exception(message);

/// <summary>No actor is registered for the key.</summary>
/// <param name="message">What is wrong.</param>
public sealed class MissingActorRegistryEntryException(string message) : ActorRegistryException(message);

/// <summary>The key is taken.</summary>
/// <param name="message">What is wrong.</param>
public sealed class DuplicateActorRegistryException(string message) : ActorRegistryException(message);
