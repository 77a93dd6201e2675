using Akka.Actor;

namespace Akka.Routing;

/// <summary>A message to the router itself, not to its routees.</summary>
public abstract class RouterManagementMessage
{
    private protected RouterManagementMessage()
    {
    }
}

/// <summary>To all routees.</summary>
public sealed class Broadcast
{
    /// <summary>A message to all routees.</summary>
    public Broadcast(object message)
    {
        ArgumentNullException.ThrowIfNull(message);
        Message = message;
    }

    /// <summary>The message.</summary>
    public object Message { get; }
}

/// <summary>Asks the router for its routees; answered by <see cref="Routees"/>.</summary>
public sealed class GetRoutees : RouterManagementMessage
{
    /// <summary>The question.</summary>
    public static readonly GetRoutees Instance = new();
}

/// <summary>The routees of a router.</summary>
public sealed class Routees
{
    /// <summary>Routees.</summary>
    public Routees(IEnumerable<Routee> routees) => Members = [.. routees];

    /// <summary>The routees.</summary>
    public IEnumerable<Routee> Members { get; }
}

/// <summary>Adds a routee.</summary>
public sealed class AddRoutee : RouterManagementMessage
{
    /// <summary>Adds a routee.</summary>
    public AddRoutee(Routee routee) => Routee = routee;

    /// <summary>The routee.</summary>
    public Routee Routee { get; }
}

/// <summary>Removes a routee; a child of the router stops when its queue is worked off.</summary>
public sealed class RemoveRoutee : RouterManagementMessage
{
    /// <summary>Removes a routee.</summary>
    public RemoveRoutee(Routee routee) => Routee = routee;

    /// <summary>The routee.</summary>
    public Routee Routee { get; }
}

/// <summary>Makes a pool bigger or smaller; a routee that goes stops when its queue is worked off.</summary>
public sealed class AdjustPoolSize : RouterManagementMessage
{
    /// <summary>By how much.</summary>
    public AdjustPoolSize(int change) => Change = change;

    /// <summary>By how much; negative for smaller.</summary>
    public int Change { get; }
}

/// <summary>Something that a router sends to.</summary>
public abstract class Routee
{
    /// <summary>The routee for an actor.</summary>
    public static Routee FromActorRef(IActorRef actorRef) => new ActorRefRoutee(actorRef);

    /// <summary>Sends a message.</summary>
    public abstract void Send(object message, IActorRef sender);
}

/// <summary>An actor that a router sends to.</summary>
public sealed class ActorRefRoutee : Routee
{
    /// <summary>For an actor.</summary>
    public ActorRefRoutee(IActorRef actor)
    {
        ArgumentNullException.ThrowIfNull(actor);
        Actor = actor;
    }

    /// <summary>The actor.</summary>
    public IActorRef Actor { get; }

    /// <inheritdoc />
    public override void Send(object message, IActorRef sender) => Actor.Tell(message, sender);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is ActorRefRoutee other && Actor.Equals(other.Actor);

    /// <inheritdoc />
    public override int GetHashCode() => Actor.GetHashCode();
}
