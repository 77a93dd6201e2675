using ActorMonitor.ManagerNode.Start;
using ActorMonitor.Storage;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Results;

/// <summary>What the writer must not forget when its actor is restarted. Made at the manager's start, touched by the writer alone.</summary>
internal sealed class WriterMemory
{
    public WriterMemory(IStore store, LaneBook lanes, DateTimeOffset begun) => (Store, Lanes, Begun, Beat) = (store, lanes, begun, begun);

    public WriteQueue Queue { get; init; } = new();

    /// <summary>The store; null while a damaged one is being replaced.</summary>
    public IStore? Store { get; set; }

    public LaneBook Lanes { get; }

    /// <summary>The begin of this run, on the slot clock.</summary>
    public DateTimeOffset Begun { get; }

    /// <summary>A store opened in the place of a damaged one, which has not been told yet what it must know.</summary>
    public IStore? Reopened { get; set; }

    /// <summary>A damaged store, until it is closed.</summary>
    public IStore? Damaged { get; set; }

    /// <summary>Who is told the effects.</summary>
    public IActorRef Jobs { get; set; } = ActorRefs.Nobody;

    /// <summary>Whether something is under way with the store: one thing at a time.</summary>
    public bool IsBusy { get; set; }

    /// <summary>What is under way, or was last.</summary>
    public Task Running { get; set; } = Task.CompletedTask;

    /// <summary>Why the store was not written at the last try; null when it was.</summary>
    public string? Failure { get; set; }

    public DateTimeOffset FailedSince { get; set; }

    /// <summary>The beat handed to the queue last.</summary>
    public DateTimeOffset Beat { get; set; }

    public long MaintainedTimestamp { get; set; }

    /// <summary>Whether the last upkeep left something to do.</summary>
    public bool HasUpkeep { get; set; } = true;

    /// <summary>What has been stored: writes, transactions, and what these took.</summary>
    public (long Writes, long Commits, TimeSpan Time) Stored { get; set; }

    /// <summary>Who waits for the store to be closed; null when it is not to be.</summary>
    public IActorRef? Closing { get; set; }
}
