using ActorMonitor.Storage;

namespace ActorMonitor.ManagerNode.Results;

/// <summary>To the writer: something that the manager decided alone; its effect comes back in <see cref="Jobs.Settled"/>.</summary>
internal sealed record Decision(StoreWrite Write);

/// <summary>To the writer, from whoever is to be told the effects on lanes.</summary>
internal sealed record EffectsTo
{
    public static readonly EffectsTo Instance = new();
}

/// <summary>Asks for the <see cref="CurrentStore"/>.</summary>
internal sealed record GetStore
{
    public static readonly GetStore Instance = new();
}

/// <summary>The store as it is.</summary>
/// <param name="Store">The store; null while there is none.</param>
/// <param name="Failure">Why it cannot be written or is not there; null when all is well.</param>
/// <param name="Now">The slot clock, for questions about the present.</param>
internal sealed record CurrentStore(IStore? Store, string? Failure, DateTimeOffset Now);

/// <summary>Asks the writer to store what it holds, if it can, and to close the store; answered by <see cref="Akka.Done"/>.</summary>
internal sealed record CloseStore
{
    public static readonly CloseStore Instance = new();
}
