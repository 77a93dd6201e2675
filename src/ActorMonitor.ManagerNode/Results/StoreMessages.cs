using ActorMonitor.Storage;

namespace ActorMonitor.ManagerNode.Results;

/// <summary>Asks for the <see cref="CurrentStore"/>.</summary>
internal sealed record GetStore
{
    public static readonly GetStore Instance = new();
}

/// <summary>The store as it is now.</summary>
/// <param name="Store">The store; null while there is none.</param>
/// <param name="Failure">Why there is none.</param>
/// <param name="Now">The slot clock.</param>
internal sealed record CurrentStore(IStore? Store, string? Failure, DateTimeOffset Now);
