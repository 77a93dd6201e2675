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
public sealed class Routees(IEnumerable<Routee> routees)
{
    /// <summary>The routees.</summary>
    public IEnumerable<Routee> Members { get; } = [.. routees];
}

/// <summary>Makes a pool bigger or smaller; a routee that goes stops when its queue is worked off.</summary>
public sealed class AdjustPoolSize(int change) : RouterManagementMessage
{
    /// <summary>By how much; negative for smaller.</summary>
    public int Change { get; } = change;
}

/// <summary>Something that a router sends to.</summary>
public abstract class Routee
{
    private protected Routee()
    {
    }
}

/// <summary>An actor that a router sends to.</summary>
public sealed class ActorRefRoutee(IActorRef actor) : Routee
{
    /// <summary>The actor.</summary>
    public IActorRef Actor { get; } = actor;
}
