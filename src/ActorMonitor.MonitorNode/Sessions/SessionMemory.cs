using ActorMonitor.Messages;
using Akka.Actor;

namespace ActorMonitor.MonitorNode.Sessions;

/// <summary>
/// What a session must not forget when its actor is restarted. Made by the parent, touched by the session's actor alone.
/// </summary>
internal sealed class SessionMemory
{
    public SessionMemory(NodeId manager, int queueBound, int outboxBound)
        => (Manager, Queue, Outbox) = (manager, new CheckQueue(queueBound), new Outbox(outboxBound));

    public NodeId Manager { get; }

    public string ManagerName { get; set; } = "";

    public string Address { get; set; } = "";

    public Epoch HighestEpoch { get; set; }

    public SessionKey Key { get; set; } = SessionKey.New();

    public CheckQueue Queue { get; }

    public Dictionary<long, RunningCheck> InFlight { get; } = [];

    public HashSet<JobId> RunningJobs { get; } = [];

    public Outbox Outbox { get; }

    public ClockOffset Clock { get; } = new();

    public AcceptedSlots Accepted { get; } = new();

    public long LastAttempt { get; set; }

    public Peer? Peer { get; set; }

    /// <summary>The newest heartbeat received: what the peer's clock said, and when it came on ours.</summary>
    public (long Sent, long ReceivedMicroseconds) LastHeartbeat { get; set; }

    public long HeartbeatsSent { get; set; }

    public long LastHeardMicroseconds { get; set; }

    public SessionCounters Counters { get; } = new();
}

/// <summary>The manager's end of the link.</summary>
internal sealed record Peer(IActorRef Link);

/// <summary>A check that runs.</summary>
internal sealed record RunningCheck(WaitingCheck Of, long StartedMicroseconds, DateTimeOffset Started);

/// <summary>What was dropped, and why.</summary>
internal sealed class SessionCounters
{
    public long WrongKey { get; set; }

    public long RepeatedSlots { get; set; }

    public long LateAnswers { get; set; }

    public long BadHeartbeats { get; set; }
}
