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

/// <summary>Asks the writer for its <see cref="WriterStatus"/>.</summary>
internal sealed record GetWriterStatus
{
    public static readonly GetWriterStatus Instance = new();
}

/// <summary>The writer in numbers, since its start.</summary>
/// <param name="Waiting">Writes that wait, those under way included.</param>
/// <param name="Stored">Writes stored.</param>
/// <param name="Commits">Transactions.</param>
/// <param name="CommitTime">What they took together.</param>
/// <param name="Failure">Why the store is not written at present; null when it is.</param>
internal sealed record WriterStatus(int Waiting, long Stored, long Commits, TimeSpan CommitTime, string? Failure);
