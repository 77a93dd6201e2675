using Akka.Actor;

namespace Akka.DependencyInjection;

/// <summary>Makes Props whose actors get their arguments from the container.</summary>
public interface IDependencyResolver
{
    /// <summary>Props of an actor: the arguments given, the rest from the container.</summary>
    Props Props<T>(params object[] args)
        where T : ActorBase;
}
