using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Actor.Setup;
using Microsoft.Extensions.DependencyInjection;

namespace Akka.DependencyInjection;

/// <summary>Gives the container to an actor system.</summary>
public class DependencyResolverSetup : Setup
{
    private DependencyResolverSetup(IServiceProvider provider) => ServiceProvider = provider;

    internal IServiceProvider ServiceProvider { get; }

    /// <summary>A setup with a container.</summary>
    public static DependencyResolverSetup Create(IServiceProvider provider) => new(provider);
}

/// <summary>The container of an actor system.</summary>
public sealed class DependencyResolver : IExtension
{
    internal DependencyResolver(IDependencyResolver resolver) => Resolver = resolver;

    /// <summary>What makes the Props.</summary>
    public IDependencyResolver Resolver { get; }

    /// <summary>The container of a system.</summary>
    public static DependencyResolver For(ActorSystem actorSystem) => new DependencyResolverExtension().Apply(actorSystem);

    /// <summary>Props of an actor: the arguments given, the rest from the container.</summary>
    public Props Props<T>(params object[] args)
        where T : ActorBase
        => Resolver.Props<T>(args);

    /// <summary>Props of an actor: the arguments given, the rest from the container.</summary>
    public Props Props(Type type, params object[] args) => Resolver.Props(type, args);
}

/// <summary>Makes <see cref="DependencyResolver"/> from the <see cref="DependencyResolverSetup"/> of a system.</summary>
public sealed class DependencyResolverExtension : ExtensionIdProvider<DependencyResolver>
{
    /// <inheritdoc/>
    public override DependencyResolver CreateExtension(ExtendedActorSystem system)
    {
        var setup = system.Settings.Setup.Get<DependencyResolverSetup>();
        return setup.HasValue
            ? new DependencyResolver(new ServiceProviderResolver(setup.Value.ServiceProvider))
            : throw new InvalidOperationException("The actor system was made without a DependencyResolverSetup.");
    }
}

internal sealed class ServiceProviderResolver(IServiceProvider provider) : IDependencyResolver
{
    public object? GetService(Type type) => provider.GetService(type);

    public T GetService<T>() => (T)provider.GetRequiredService(typeof(T));

    public Props Props(Type type, params object[] args) => Actor.Props.CreateBy(new ContainerProducer(provider, type, args));

    public Props Props(Type type) => Props(type, []);

    public Props Props<T>(params object[] args)
        where T : ActorBase
        => Props(typeof(T), args);

    // Each incarnation has a scope of its own, which ends with it.
    private sealed class ContainerProducer(IServiceProvider provider, Type type, object[] args) : IIndirectActorProducer
    {
        private readonly ConcurrentDictionary<ActorBase, IServiceScope> _scopes = new(ReferenceEqualityComparer.Instance);

        public Type ActorType => type;

        public ActorBase Produce()
        {
            var scope = provider.CreateScope();
            try
            {
                var actor = (ActorBase)ActivatorUtilities.CreateInstance(scope.ServiceProvider, type, args);
                _scopes[actor] = scope;
                return actor;
            }
            catch
            {
                scope.Dispose();
                throw;
            }
        }

        public void Release(ActorBase actor)
        {
            if (_scopes.TryRemove(actor, out var scope))
            {
                scope.Dispose();
            }
        }
    }
}
