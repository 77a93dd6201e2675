using System.Collections.Immutable;

namespace ActorMonitor.Messages;

/// <summary>A message between a manager and a monitor. Only these have a serializer.</summary>
public interface IWireMessage;

/// <summary>A message within a session: it repeats the session's key.</summary>
public interface ISessionMessage : IWireMessage
{
    /// <summary>The key from <see cref="Connected"/>.</summary>
    SessionKey Key { get; }
}

/// <summary>Manager to monitor: admit me. Answered by <see cref="Connected"/> or <see cref="Refused"/>.</summary>
/// <param name="Protocol">The version of this protocol, <see cref="CurrentProtocol"/>.</param>
/// <param name="Manager">The manager's identity; with the same one a manager gets its session back.</param>
/// <param name="ManagerName">Its name, for people.</param>
/// <param name="Epoch">Its epoch.</param>
/// <param name="Token">The shared secret; empty when the monitor asks for none.</param>
/// <param name="ManagerNow">The manager's slot clock: the monitor's first idea of it, until heartbeats tell better.</param>
public sealed record Connect(int Protocol, NodeId Manager, string ManagerName, Epoch Epoch, string Token, DateTimeOffset ManagerNow) : IWireMessage
{
    /// <summary>The version spoken here.</summary>
    public const int CurrentProtocol = 1;

    /// <summary>Without the token.</summary>
    public override string ToString() => $"Connect {{ Manager = {ManagerName} ({Manager}), Epoch = {Epoch.Value} }}";
}

/// <summary>Monitor to manager: admitted.</summary>
/// <param name="Monitor">The monitor's identity.</param>
/// <param name="MonitorName">Its name.</param>
/// <param name="Location">Where it stands.</param>
/// <param name="Domain">Its failure domain.</param>
/// <param name="Labels">Its labels.</param>
/// <param name="Outbox">The memory that its results are numbered in.</param>
/// <param name="Key">The session's key.</param>
/// <param name="OldestSeq">The first result not acknowledged, 0 when there is none.</param>
/// <param name="NewestSeq">The newest result.</param>
/// <param name="Epoch">The epoch of the Connect that this answers.</param>
/// <param name="Services">The services that it can check.</param>
public sealed record Connected(
    NodeId Monitor,
    string MonitorName,
    string Location,
    string Domain,
    ImmutableSortedDictionary<string, string> Labels,
    OutboxId Outbox,
    SessionKey Key,
    long OldestSeq,
    long NewestSeq,
    Epoch Epoch,
    ImmutableArray<string> Services) : ISessionMessage
{
    /// <summary>How many one-shot checks it takes at a time; 0 when it is too old to know them.</summary>
    public int OneShots { get; init; }
}

/// <summary>Why a Connect or a command was refused. The numbers are on the wire.</summary>
public enum RefusalReason
{
    /// <summary>Another version of the protocol.</summary>
    Protocol = 1,

    /// <summary>A wrong or missing token.</summary>
    Token = 2,

    /// <summary>A newer incarnation of this manager has been seen.</summary>
    StaleEpoch = 3,

    /// <summary>The monitor serves as many managers as it is allowed to.</summary>
    TooManyClients = 4,

    /// <summary>The monitor has no place to keep results in: its folder for this manager cannot be used.</summary>
    NoOutbox = 5,

    /// <summary>An operator of the monitor ended the link; the manager may connect again.</summary>
    Disconnected = 6,
}

/// <summary>Monitor to manager: not admitted, or no longer.</summary>
/// <param name="Reason">Why.</param>
/// <param name="SeenEpoch">The highest epoch seen of this manager, 0 when none.</param>
/// <param name="Message">One line for people.</param>
public sealed record Refused(RefusalReason Reason, Epoch SeenEpoch, string Message) : IWireMessage;

/// <summary>Each way every second: I am alive, and this is my clock.</summary>
/// <param name="Key">The session's key.</param>
/// <param name="Sequence">Counts up from 1 within a connection.</param>
/// <param name="SentMicroseconds">The sender's clock: the manager's slot clock in Unix microseconds, the monitor's monotonic clock.</param>
/// <param name="EchoSentMicroseconds">The sent value of the newest heartbeat received, 0 when there was none.</param>
/// <param name="HeldMicroseconds">How long ago that one was received.</param>
/// <param name="Queued">From the monitor: this client's checks that wait.</param>
/// <param name="InFlight">From the monitor: this client's checks that run.</param>
/// <param name="Autonomy">From the manager: all grants are valid for so long from now; zero renews nothing.</param>
public sealed record Heartbeat(
    SessionKey Key,
    long Sequence,
    long SentMicroseconds,
    long EchoSentMicroseconds,
    long HeldMicroseconds,
    int Queued = 0,
    int InFlight = 0,
    TimeSpan Autonomy = default) : ISessionMessage;

/// <summary>What a monitor is permitted to run by itself: one job's slots.</summary>
/// <param name="Revision">The revision of the job's definition.</param>
/// <param name="Check">The definition; its interval is above zero.</param>
/// <param name="PhaseMilliseconds">Slots are due at phase + n x interval; from 0 to below the interval.</param>
/// <param name="ValidUntil">The end of the permission, on the manager's slot clock.</param>
/// <param name="NotBefore">The first slot that may be run: what is older is recorded already.</param>
public sealed record GrantTerms(long Revision, CheckDefinition Check, long PhaseMilliseconds, DateTimeOffset ValidUntil, Slot NotBefore);

/// <summary>Manager to monitor: you may run this job's slots by yourself. Answered by <see cref="Granted"/>, sent again until it is.</summary>
/// <param name="Key">The session's key.</param>
/// <param name="Epoch">The manager's epoch.</param>
/// <param name="Terms">What is permitted; it replaces what was granted of the job before.</param>
public sealed record Grant(SessionKey Key, Epoch Epoch, GrantTerms Terms) : ISessionMessage;

/// <summary>Manager to monitor: the permission for a job ends now. Answered by <see cref="Granted"/> with revision 0, sent again until it is.</summary>
/// <param name="Key">The session's key.</param>
/// <param name="Epoch">The manager's epoch.</param>
/// <param name="Job">The job.</param>
public sealed record Revoke(SessionKey Key, Epoch Epoch, JobId Job) : ISessionMessage;

/// <summary>Monitor to manager: what is on its disk of a job now.</summary>
/// <param name="Key">The session's key.</param>
/// <param name="Job">The job.</param>
/// <param name="Revision">The revision that it may run; 0 when it has no permission.</param>
public sealed record Granted(SessionKey Key, JobId Job, long Revision) : ISessionMessage;

/// <summary>Manager to monitor: run this slot.</summary>
/// <param name="Key">The session's key.</param>
/// <param name="Epoch">The manager's epoch.</param>
/// <param name="Job">The job.</param>
/// <param name="Slot">The slot.</param>
/// <param name="Revision">The revision of the job's definition.</param>
/// <param name="Check">The definition; null when this revision is granted.</param>
public sealed record Execute(SessionKey Key, Epoch Epoch, JobId Job, Slot Slot, long Revision, CheckDefinition? Check) : ISessionMessage;

/// <summary>One try at a slot.</summary>
/// <param name="Started">When it began, on the slot clock.</param>
/// <param name="Elapsed">What it took.</param>
/// <param name="Outcome">Its outcome.</param>
/// <param name="Cause">Its cause.</param>
public readonly record struct Attempt(DateTimeOffset Started, TimeSpan Elapsed, Outcome Outcome, Cause Cause);

/// <summary>Monitor to manager: a slot's one record. Sent again until acknowledged.</summary>
/// <param name="Key">The session's key.</param>
/// <param name="Outbox">The memory it is numbered in.</param>
/// <param name="Seq">Its number there, from 1.</param>
/// <param name="Epoch">The epoch of the Execute that it answers.</param>
/// <param name="Revision">The revision that was run.</param>
/// <param name="Result">What became of the slot.</param>
public sealed record Completed(SessionKey Key, OutboxId Outbox, long Seq, Epoch Epoch, long Revision, CheckResult Result) : ISessionMessage;

/// <summary>
/// Monitor to manager: results of a job that it had to give up, as many as <paramref name="Count"/>, all of slots within the
/// bounds. Numbered and acknowledged like a <see cref="Completed"/>.
/// </summary>
/// <param name="Key">The session's key.</param>
/// <param name="Outbox">The memory it is numbered in.</param>
/// <param name="Seq">Its number there, from 1.</param>
/// <param name="Job">The job.</param>
/// <param name="First">The first slot given up.</param>
/// <param name="Last">The last slot given up.</param>
/// <param name="Count">How many, at least 1.</param>
public sealed record Dropped(SessionKey Key, OutboxId Outbox, long Seq, JobId Job, Slot First, Slot Last, long Count) : ISessionMessage;

/// <summary>Manager to monitor: how much may be on the way.</summary>
/// <param name="Key">The session's key.</param>
/// <param name="Bytes">The most bytes of results sent and not acknowledged, until another Credit says otherwise.</param>
public sealed record Credit(SessionKey Key, long Bytes) : ISessionMessage;

/// <summary>What had a slot run. The numbers are on the wire.</summary>
public enum Trigger
{
    /// <summary>The manager's Execute.</summary>
    Execute = 0,

    /// <summary>The monitor's own permission: no Execute had come in time.</summary>
    Grant = 1,
}

/// <summary>What became of one slot of one job on one monitor.</summary>
/// <param name="Job">The job.</param>
/// <param name="Slot">The slot.</param>
/// <param name="Outcome">The outcome.</param>
/// <param name="Cause">Why it is not Up.</param>
/// <param name="Started">When the first attempt began, or when the slot was decided without one, on the slot clock.</param>
/// <param name="QueueWait">From the Execute's arrival to the start.</param>
/// <param name="Elapsed">The check's main figure.</param>
/// <param name="ClockError">The bound on the error of <paramref name="Started"/> against the manager's slot clock.</param>
/// <param name="ResolvedAddress">The address probed, as text; null when none was.</param>
/// <param name="Message">One line for people.</param>
public sealed record CheckResult(
    JobId Job,
    Slot Slot,
    Outcome Outcome,
    Cause Cause,
    DateTimeOffset Started,
    TimeSpan QueueWait,
    TimeSpan Elapsed,
    TimeSpan ClockError,
    string? ResolvedAddress,
    string Message)
{
    /// <summary>The numbers measured.</summary>
    public ImmutableArray<Measurement> Measurements { get; init; } = [];

    /// <summary>The texts learned.</summary>
    public ImmutableArray<TextAttribute> Attributes { get; init; } = [];

    /// <summary>The tries; empty when the slot was not run.</summary>
    public ImmutableArray<Attempt> Attempts { get; init; } = [];

    /// <summary>What had the slot run.</summary>
    public Trigger Trigger { get; init; }

    /// <summary>Whether evidence was left out to keep the message within its bound.</summary>
    public bool Truncated { get; init; }
}

/// <summary>Manager to monitor: these results are kept here now; forget them.</summary>
/// <param name="Key">The session's key.</param>
/// <param name="Outbox">The memory they are numbered in.</param>
/// <param name="Ranges">The results, at most <see cref="MaxRanges"/> ranges.</param>
public sealed record Acknowledge(SessionKey Key, OutboxId Outbox, ImmutableArray<SeqRange> Ranges) : ISessionMessage
{
    /// <summary>The most ranges in one message.</summary>
    public const int MaxRanges = 256;
}

/// <summary>Results by number, both ends included.</summary>
/// <param name="First">The first.</param>
/// <param name="Last">The last.</param>
public readonly record struct SeqRange(long First, long Last);

/// <summary>
/// Manager to monitor: run this check once, now. It is no slot: nothing of it is written down, and what becomes of it is said
/// once, to the connection that asked. Answered by <see cref="OnceEnded"/>. Only for a monitor that says how many it takes.
/// </summary>
/// <param name="Key">The session's key.</param>
/// <param name="Epoch">The manager's epoch.</param>
/// <param name="Id">The check's number within this connection, from 1.</param>
/// <param name="Check">What to check.</param>
public sealed record CheckOnce(SessionKey Key, Epoch Epoch, long Id, CheckDefinition Check) : ISessionMessage;

/// <summary>Monitor to manager: a one-shot check has its place and runs.</summary>
/// <param name="Key">The session's key.</param>
/// <param name="Id">The check's number.</param>
public sealed record OnceStarted(SessionKey Key, long Id) : ISessionMessage;

/// <summary>Monitor to manager: what became of a one-shot check. It is not acknowledged and not sent again.</summary>
/// <param name="Key">The session's key.</param>
/// <param name="Id">The check's number.</param>
/// <param name="Result">What became of it; its slot is the instant at which it came.</param>
public sealed record OnceEnded(SessionKey Key, long Id, CheckResult Result) : ISessionMessage;

/// <summary>Manager to monitor: nobody waits for this one-shot check any more.</summary>
/// <param name="Key">The session's key.</param>
/// <param name="Id">The check's number.</param>
public sealed record Cancel(SessionKey Key, long Id) : ISessionMessage;
