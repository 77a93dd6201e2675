using Akka.Actor;

namespace Akka.DependencyInjection;

/// <summary>Makes Props whose actors get their arguments from the container.</summary>
public interface IDependencyResolver
{
    /// <summary>A service, or null.</summary>
    object? GetService(Type type);

    /// <summary>A service; it must be there.</summary>
    T GetService<T>();

    /// <summary>Props of an actor: the arguments given, the rest from the container.</summary>
    Props Props(Type type, params object[] args);

    /// <summary>Props of an actor whose arguments come from the container.</summary>
    Props Props(Type type);

    /// <summary>Props of an actor: the arguments given, the rest from the container.</summary>
    Props Props<T>(params object[] args)
        where T : ActorBase;
}
