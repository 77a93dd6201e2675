using Akka.Actor;

namespace Akka.Routing;

/// <summary>How a router is made.</summary>
public abstract class RouterConfig
{
    private protected RouterConfig()
    {
    }
}

/// <summary>A router that makes its routees as its children; they take turns.</summary>
public sealed class RoundRobinPool : RouterConfig
{
    // A routee's failure is that of the router, for the router's supervisor to judge.
    private static readonly SupervisorStrategy Escalating = new OneForOneStrategy(_ => Directive.Escalate);

    /// <summary>With a number of routees.</summary>
    public RoundRobinPool(int nrOfInstances)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(nrOfInstances);
        NrOfInstances = nrOfInstances;
    }

    internal int NrOfInstances { get; }

    internal SupervisorStrategy SupervisorStrategy { get; private init; } = Escalating;

    /// <summary>With a strategy for the routees' failures.</summary>
    public RoundRobinPool WithSupervisorStrategy(SupervisorStrategy strategy) => new(NrOfInstances) { SupervisorStrategy = strategy };
}

/// <summary>The router that <c>akka.actor.deployment</c> has for the actor's path.</summary>
public sealed class FromConfig : RouterConfig
{
    private FromConfig()
    {
    }

    /// <summary>The configuration.</summary>
    public static FromConfig Instance { get; } = new();
}
