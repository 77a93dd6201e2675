using Akka.Actor;
using Akka.Configuration;

namespace Akka.Routing;

/// <summary>A pool whose routees take turns.</summary>
public sealed class RoundRobinPool : Pool
{
    /// <summary>From a section of <c>akka.actor.deployment</c>.</summary>
    public RoundRobinPool(Config config)
        : this(config.GetInt("nr-of-instances", 1))
    {
    }

    /// <summary>With a number of routees.</summary>
    public RoundRobinPool(int nrOfInstances)
        : this(nrOfInstances, null, null, null)
    {
    }

    /// <summary>With a number of routees; resizers are left out, give null.</summary>
    public RoundRobinPool(int nrOfInstances, Resizer? resizer)
        : this(nrOfInstances, resizer, null, null)
    {
    }

    /// <summary>With a number of routees and a strategy for their failures; resizers are left out, give null.</summary>
    public RoundRobinPool(
        int nrOfInstances, Resizer? resizer, SupervisorStrategy? supervisorStrategy, string? routerDispatcher, bool usePoolDispatcher = false)
        : base(nrOfInstances, resizer, supervisorStrategy, routerDispatcher, usePoolDispatcher)
    {
    }

    /// <summary>With a strategy for the routees' failures.</summary>
    public RoundRobinPool WithSupervisorStrategy(SupervisorStrategy strategy) =>
        new(NrOfInstances, Resizer, strategy, RouterDispatcher, UsePoolDispatcher);

    /// <summary>With a dispatcher for the router.</summary>
    public RoundRobinPool WithDispatcher(string dispatcher) => new(NrOfInstances, Resizer, SupervisorStrategy, dispatcher, UsePoolDispatcher);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is RoundRobinPool other && NrOfInstances == other.NrOfInstances;

    /// <inheritdoc />
    public override int GetHashCode() => NrOfInstances;

    internal override Pool WithStrategy(SupervisorStrategy strategy) => WithSupervisorStrategy(strategy);
}
