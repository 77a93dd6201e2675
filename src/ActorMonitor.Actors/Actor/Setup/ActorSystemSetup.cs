using System.Collections.Immutable;

namespace Akka.Actor.Setup;

/// <summary>A part of what an actor system is made with.</summary>
public abstract class Setup;

/// <summary>The setups of an actor system, one of each type.</summary>
public sealed class ActorSystemSetup
{
    /// <summary>No setup.</summary>
    public static readonly ActorSystemSetup Empty = new(ImmutableDictionary<Type, Setup>.Empty);

    private readonly ImmutableDictionary<Type, Setup> _setups;

    private ActorSystemSetup(ImmutableDictionary<Type, Setup> setups) => _setups = setups;

    /// <summary>These setups; of two with one type the later one counts.</summary>
    public static ActorSystemSetup Create(params Setup[] setup) =>
        new(setup.Aggregate(ImmutableDictionary<Type, Setup>.Empty, (all, one) => all.SetItem(one.GetType(), one)));

    internal T? Get<T>()
        where T : Setup => (T?)_setups.GetValueOrDefault(typeof(T));
}
