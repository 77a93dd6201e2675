using System.Collections.Immutable;
using ActorMonitor.Messages;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Links;

/// <summary>From a link: the monitor is there; checks go to <paramref name="Link"/>.</summary>
internal sealed record MonitorUp(string Monitor, IActorRef Link);

/// <summary>From a link: the monitor is not there.</summary>
internal sealed record MonitorDown(string Monitor);

/// <summary>To a link: have this slot run.</summary>
internal sealed record Dispatch(Slot Slot, long Revision, CheckDefinition Check);

/// <summary>From a link to the keeper of results: a monitor's result. Answered by <see cref="Kept"/>.</summary>
internal sealed record ResultArrived(string Monitor, OutboxId Outbox, long Seq, CheckResult Result);

/// <summary>To a link: these results are kept; the monitor may forget them.</summary>
internal sealed record Kept(OutboxId Outbox, ImmutableArray<SeqRange> Ranges);

/// <summary>From a link: a monitor has seen a newer incarnation of this manager.</summary>
internal sealed record Fenced(string Monitor, Epoch Seen);

/// <summary>A monitor as its manager sees it; from a link to its parent whenever it changes.</summary>
internal sealed record LinkStatus(
    string Monitor,
    string Address,
    bool IsUp,
    DateTimeOffset Since,
    string? MonitorId,
    string Location,
    string Domain,
    TimeSpan? RoundTrip,
    int Queued,
    int InFlight,
    long Sent,
    long Received,
    string? LastFailure);
