using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Actor.Setup;
using Microsoft.Extensions.DependencyInjection;

namespace Akka.DependencyInjection;

// Gives the container to an actor system.
internal sealed class DependencyResolverSetup : Setup
{
    private DependencyResolverSetup(IServiceProvider provider) => ServiceProvider = provider;

    public IServiceProvider ServiceProvider { get; }

    public static DependencyResolverSetup Create(IServiceProvider provider) => new(provider);
}

internal sealed class DependencyResolver(IServiceProvider provider) : IDependencyResolver
{
    public Props Props<T>(params object[] args)
        where T : ActorBase
        => Actor.Props.CreateBy(new ContainerProducer(provider, typeof(T), args));

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
