using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Journal;
using Akka.Actor;

namespace ActorMonitor.MonitorNode.Sessions;

/// <summary>
/// What a session must not forget when its actor is restarted. Made by the parent, touched by the session's actor alone;
/// what has to outlive the process is in its journal.
/// </summary>
internal sealed class SessionMemory : IDisposable
{
    private SessionMemory(NodeId manager, string folder, SessionJournal journal, int queueBound)
        => (Manager, Folder, Journal, Queue, Outbox) = (manager, folder, journal, new CheckQueue(queueBound), new Outbox(journal));

    public NodeId Manager { get; }

    /// <summary>Where its journal is.</summary>
    public string Folder { get; }

    public SessionJournal Journal { get; }

    public Outbox Outbox { get; }

    public GrantTable Grants { get; } = new();

    public string ManagerName { get; set; } = "";

    public string Address { get; set; } = "";

    public Epoch HighestEpoch { get; set; }

    public SessionKey Key { get; set; } = SessionKey.New();

    public CheckQueue Queue { get; }

    public Dictionary<long, RunningCheck> InFlight { get; } = [];

    public HashSet<JobId> RunningJobs { get; } = [];

    public OneShots OneShots { get; } = new();

    public ClockOffset Clock { get; } = new();

    /// <summary>What the journal holds of the manager's clock, and since when.</summary>
    public WrittenClock? WrittenClock { get; set; }

    public long LastAttempt { get; set; }

    public Peer? Peer { get; set; }

    /// <summary>Since when it has been linked, or has not.</summary>
    public DateTimeOffset Since { get; set; }

    /// <summary>The newest heartbeat received: what the peer's clock said, and when it came on ours.</summary>
    public (long Sent, long ReceivedMicroseconds) LastHeartbeat { get; set; }

    public long HeartbeatsSent { get; set; }

    public long LastHeardMicroseconds { get; set; }

    /// <summary>Whether the disk took what it was given last.</summary>
    public bool IsDiskHealthy { get; set; } = true;

    /// <summary>What the operator has been told of results given up, and when.</summary>
    public (long Count, long ToldMicroseconds) Dropped { get; set; }

    public SessionCounters Counters { get; } = new();

    /// <summary>Opens a manager's journal, and takes up what it holds.</summary>
    /// <exception cref="JournalException">Its folder cannot be used.</exception>
    public static SessionMemory Open(NodeId manager, SessionWorld world)
    {
        var folder = Path.Combine(world.ClientsFolder, manager.ToString());
        var memory = new SessionMemory(manager, folder, SessionJournal.Open(folder, world.Journal, world.Time), world.Settings.Queue);
        memory.TakeUp(memory.Journal.Recovery, world);
        return memory;
    }

    public void Dispose() => Journal.Dispose();

    private void TakeUp(JournalRecovery found, SessionWorld world)
    {
        (HighestEpoch, ManagerName, Since) = (found.HighestEpoch, found.ManagerName, world.Time.GetUtcNow());
        LastHeardMicroseconds = world.MonotonicMicroseconds();
        Grants.Recover(found.Accepted, found.Grants.Values);
        if (found.ManagerAheadOfWall is { } ahead)
            Clock.Restore(world.Time.GetUtcNow() + ahead, LastHeardMicroseconds);
        foreach (var check in found.Unfinished)
        {
            _ = Journal.Completed(check.Epoch, check.Revision, new CheckResult(
                check.Job, check.Slot, Outcome.Lost, Cause.MonitorRestarted, check.Started, TimeSpan.Zero, TimeSpan.Zero, Clock.Error, ResolvedAddress: null,
                "the monitor ended while the check ran")
            {
                Trigger = check.Trigger,
            });
            Counters.Results++;
            world.Metrics.Appended();
        }
    }
}

/// <summary>The manager's end of the link.</summary>
internal sealed record Peer(IActorRef Link);

/// <summary>A check that runs.</summary>
internal sealed record RunningCheck(WaitingCheck Of, long StartedMicroseconds, DateTimeOffset Started);

/// <summary>What was written down of the manager's clock.</summary>
internal sealed record WrittenClock(TimeSpan ManagerAheadOfWall, long AtMicroseconds);

/// <summary>What was kept, what was dropped, and why.</summary>
internal sealed class SessionCounters
{
    public long Results { get; set; }

    public long WrongKey { get; set; }

    public long RepeatedSlots { get; set; }

    /// <summary>Slots for which the queue had no room.</summary>
    public long Refused { get; set; }

    public long LateAnswers { get; set; }

    public long BadHeartbeats { get; set; }
}
