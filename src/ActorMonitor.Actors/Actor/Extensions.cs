using System.Collections.Concurrent;

namespace Akka.Actor;

/// <summary>Something that an actor system has one of.</summary>
public interface IExtension;

/// <summary>Makes an extension of a system.</summary>
public interface IExtensionId
{
    /// <summary>The type of the extension.</summary>
    Type ExtensionType { get; }

    /// <summary>Makes the extension; only the machinery calls this, once a system.</summary>
    object CreateExtension(ExtendedActorSystem system);
}

/// <summary>The base of makers of extensions.</summary>
public abstract class ExtensionIdProvider<T> : IExtensionId
    where T : IExtension
{
    /// <inheritdoc />
    public Type ExtensionType => typeof(T);

    /// <summary>The extension of a system, made when it is not there.</summary>
    public T Get(ActorSystem system) => (T)system.GetExtension(this);

    object IExtensionId.CreateExtension(ExtendedActorSystem system) => CreateExtension(system);

    /// <summary>Makes the extension; only the machinery calls this, once a system.</summary>
    public abstract T CreateExtension(ExtendedActorSystem system);
}

/// <summary>Extensions by the types of their makers.</summary>
public static class ActorSystemWithExtensions
{
    /// <summary>The extension that a maker makes.</summary>
    public static T WithExtension<T, TI>(this ActorSystem system)
        where T : class, IExtension
        where TI : IExtensionId => (T)system.GetExtension(Activator.CreateInstance<TI>());
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

    public bool Has(Type type) => _extensions.ContainsKey(type);
}
