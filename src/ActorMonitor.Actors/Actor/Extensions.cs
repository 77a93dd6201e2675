using System.Collections.Concurrent;

namespace Akka.Actor;

/// <summary>Something that an actor system has one of.</summary>
public interface IExtension;

/// <summary>Makes an extension of a system.</summary>
public interface IExtensionId
{
    /// <summary>The type of the extension.</summary>
    Type ExtensionType { get; }

    /// <summary>The extension of a system, made when it is not there.</summary>
    object Apply(ActorSystem system);

    /// <summary>The extension of a system, made when it is not there.</summary>
    object Get(ActorSystem system);

    /// <summary>Makes the extension; only the machinery calls this, once a system.</summary>
    object CreateExtension(ExtendedActorSystem system);
}

/// <summary>Makes an extension of a system.</summary>
public interface IExtensionId<out T> : IExtensionId
    where T : IExtension
{
    /// <summary>The extension of a system, made when it is not there.</summary>
    new T Apply(ActorSystem system);

    /// <summary>The extension of a system, made when it is not there.</summary>
    new T Get(ActorSystem system);

    /// <summary>Makes the extension.</summary>
    new T CreateExtension(ExtendedActorSystem system);
}

/// <summary>The base of makers of extensions.</summary>
public abstract class ExtensionIdProvider<T> : IExtensionId<T>
    where T : IExtension
{
    /// <inheritdoc />
    public Type ExtensionType => typeof(T);

    /// <inheritdoc />
    public T Apply(ActorSystem system) => (T)system.RegisterExtension(this);

    /// <inheritdoc />
    public T Get(ActorSystem system) => (T)system.GetExtension(this);

    object IExtensionId.Apply(ActorSystem system) => Apply(system);

    object IExtensionId.Get(ActorSystem system) => Get(system);

    object IExtensionId.CreateExtension(ExtendedActorSystem system) => CreateExtension(system);

    /// <inheritdoc />
    public abstract T CreateExtension(ExtendedActorSystem system);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is ExtensionIdProvider<T>;

    /// <inheritdoc />
    public override int GetHashCode() => typeof(T).GetHashCode();
}

/// <summary>Extensions by the types of their makers.</summary>
public static class ActorSystemWithExtensions
{
    /// <summary>The extension that a maker makes.</summary>
    public static T WithExtension<T>(this ActorSystem system, Type extensionId)
        where T : class, IExtension =>
        (T)((IExtensionId)Activator.CreateInstance(extensionId)!).Get(system);

    /// <summary>The extension that a maker makes.</summary>
    public static T WithExtension<T, TI>(this ActorSystem system)
        where T : class, IExtension
        where TI : IExtensionId => system.WithExtension<T>(typeof(TI));
}

/// <summary>The extensions of one system, each made once.</summary>
internal sealed class ExtensionTable(ExtendedActorSystem system)
{
    private readonly ConcurrentDictionary<Type, Lazy<object>> _extensions = new();

    public object Get(IExtensionId id)
    {
        var made = _extensions.GetOrAdd(id.ExtensionType, _ => new Lazy<object>(() => id.CreateExtension(system)));
        try
        {
            return made.Value;
        }
        catch
        {
            // A failed extension may be tried again.
            _extensions.TryRemove(new KeyValuePair<Type, Lazy<object>>(id.ExtensionType, made));
            throw;
        }
    }

    public bool TryGet(Type type, out object? extension)
    {
        extension = _extensions.TryGetValue(type, out var made) ? made.Value : null;
        return extension is not null;
    }
}
