using System.Collections.Immutable;
using ActorMonitor.Messages;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Links;

/// <summary>From a link: the monitor is there; checks go to <paramref name="Link"/>.</summary>
/// <param name="Monitor">The monitor.</param>
/// <param name="Link">Its link.</param>
/// <param name="IsNewOutbox">Whether it has lost the memory that it had before.</param>
internal sealed record MonitorUp(string Monitor, IActorRef Link, bool IsNewOutbox = false);

/// <summary>From a link: the monitor is not there.</summary>
internal sealed record MonitorDown(string Monitor);

/// <summary>To a link: have this slot run.</summary>
internal sealed record Dispatch(Slot Slot, long Revision, CheckDefinition Check);

/// <summary>To a link, each time it is up: the monitor may run this job's slots by itself, from <paramref name="NotBefore"/> on.</summary>
internal sealed record Offer(long Revision, CheckDefinition Check, long PhaseMilliseconds, Slot NotBefore);

/// <summary>To a link, while it is up: the monitor is not to run this job any more.</summary>
internal sealed record Withdraw(JobId Job);

/// <summary>From a link: the monitor has, or has no longer, what it was offered of a job on its disk.</summary>
internal sealed record LaneGranted(string Monitor, JobId Job, bool IsGranted, DateTimeOffset Until, long Revision = 0);

/// <summary>From a link to the keeper of results: something that a monitor has numbered. Answered by <see cref="Kept"/>.</summary>
internal abstract record Arrival(string Monitor, OutboxId Outbox, long Seq);

/// <summary>A monitor's result.</summary>
internal sealed record ResultArrived(string Monitor, OutboxId Outbox, long Seq, long Revision, CheckResult Result) : Arrival(Monitor, Outbox, Seq);

/// <summary>Results that a monitor had to give up.</summary>
internal sealed record DroppedArrived(string Monitor, OutboxId Outbox, long Seq, JobId Job, Slot First, Slot Last, long Count) : Arrival(Monitor, Outbox, Seq);

/// <summary>To a link: these results are kept; the monitor may forget them.</summary>
internal sealed record Kept(OutboxId Outbox, ImmutableArray<SeqRange> Ranges);

/// <summary>From a link: a monitor has seen a newer incarnation of this manager.</summary>
/// <param name="Monitor">The monitor.</param>
/// <param name="Seen">What it has seen.</param>
/// <param name="WasAdmitted">Whether it had admitted this one before.</param>
internal sealed record Fenced(string Monitor, Epoch Seen, bool WasAdmitted);

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
    string? LastFailure,
    int Granted = 0,
    long Heartbeats = 0);
