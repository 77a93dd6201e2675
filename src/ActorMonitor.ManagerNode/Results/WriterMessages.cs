using ActorMonitor.Storage;

namespace ActorMonitor.ManagerNode.Results;

/// <summary>To the writer: something that the manager decided alone; its effect comes back in <see cref="Jobs.Settled"/>.</summary>
internal sealed record Decision(StoreWrite Write);

/// <summary>To the writer, from whoever is to be told the effects on lanes.</summary>
internal sealed record EffectsTo
{
    public static readonly EffectsTo Instance = new();
}

/// <summary>Asks the writer to store what it holds, if it can, and to close the store; answered by <see cref="Akka.Done"/>.</summary>
internal sealed record CloseStore
{
    public static readonly CloseStore Instance = new();
}
