using Akka.Actor;

namespace Akka.Routing;

/// <summary>How a router is made.</summary>
public abstract class RouterConfig
{
    /// <summary>Whether the router stops when its last routee is gone.</summary>
    public virtual bool StopRouterWhenAllRouteesRemoved => true;

    /// <summary>This configuration, or the other where this one says nothing.</summary>
    public virtual RouterConfig WithFallback(RouterConfig routerConfig) => this;
}

/// <summary>No router: a plain actor.</summary>
public class NoRouter : RouterConfig
{
    /// <summary>The configuration.</summary>
    public static NoRouter Instance { get; } = new();

    /// <inheritdoc />
    public override RouterConfig WithFallback(RouterConfig routerConfig) => routerConfig;
}

/// <summary>Changes the size of a pool by itself; the slice has none: pools are changed with <see cref="AdjustPoolSize"/>.</summary>
public abstract class Resizer
{
    /// <summary>Whether to resize after so many messages.</summary>
    public abstract bool IsTimeForResize(long messageCounter);

    /// <summary>By how much to resize.</summary>
    public abstract int Resize(IEnumerable<Routee> currentRoutees);
}

/// <summary>A router that makes its routees as its children.</summary>
public abstract class Pool : RouterConfig
{
    /// <summary>A pool.</summary>
    protected Pool(int nrOfInstances, Resizer? resizer, SupervisorStrategy? supervisorStrategy, string? routerDispatcher, bool usePoolDispatcher)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(nrOfInstances);
        if (resizer is not null) throw new NotSupportedException("A pool is resized by AdjustPoolSize; resizers are left out.");
        NrOfInstances = nrOfInstances;
        SupervisorStrategy = supervisorStrategy ?? DefaultSupervisorStrategy;
        RouterDispatcher = routerDispatcher ?? "";
        UsePoolDispatcher = usePoolDispatcher;
    }

    /// <summary>Escalates every failure of a routee to the router's supervisor.</summary>
    public static SupervisorStrategy DefaultSupervisorStrategy { get; } = new OneForOneStrategy(_ => Directive.Escalate);

    /// <summary>How many routees the pool begins with.</summary>
    public int NrOfInstances { get; }

    /// <summary>The strategy for the routees' failures.</summary>
    public SupervisorStrategy SupervisorStrategy { get; }

    /// <summary>Null: there is none.</summary>
    public virtual Resizer? Resizer => null;

    /// <summary>The name of the router's dispatcher.</summary>
    public string RouterDispatcher { get; }

    /// <summary>Whether routees have a dispatcher of their own.</summary>
    public bool UsePoolDispatcher { get; }

    internal virtual Pool WithStrategy(SupervisorStrategy strategy) => this;
}

/// <summary>The router that <c>akka.actor.deployment</c> has for the actor's path.</summary>
public class FromConfig : Pool
{
    private FromConfig(SupervisorStrategy? strategy)
        : base(0, null, strategy, null, usePoolDispatcher: false)
    {
    }

    /// <summary>The configuration.</summary>
    public static FromConfig Instance { get; } = new(null);

    /// <summary>With a strategy for the routees' failures.</summary>
    public FromConfig WithSupervisorStrategy(SupervisorStrategy strategy) => new(strategy);

    /// <inheritdoc />
    public override RouterConfig WithFallback(RouterConfig routerConfig) =>
        routerConfig is Pool pool && !ReferenceEquals(SupervisorStrategy, DefaultSupervisorStrategy)
            ? pool.WithStrategy(SupervisorStrategy)
            : routerConfig;
}
