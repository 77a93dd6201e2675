using ActorMonitor.Messages;
using ActorMonitor.Messages.Wire;
using ActorMonitor.MonitorNode.Journal;

namespace ActorMonitor.MonitorNode.Sessions;

/// <content>What becomes of the results: written down, sent, acknowledged, or given up at the outbox's bounds.</content>
internal sealed partial class ClientSession
{
    // A bound that is met is met by each further result.
    private static readonly TimeSpan TellDroppedEvery = TimeSpan.FromMinutes(1);

    private void Keep(WaitingCheck check, CheckResult result)
    {
        _ = _memory.Journal.Completed(check.Epoch, check.Revision, Evidence.Fit(result with { Trigger = check.Trigger }));
        _memory.Counters.Results++;
        _world.Metrics.Appended();
        ReportDisk();
        SendResults();
    }

    private void SendResults()
    {
        if (_memory.Peer is not { } peer)
            return;
        while (_memory.Outbox.TryNext(NowMicroseconds, out var entry))
        {
            ISessionMessage message = entry switch
            {
                ResultEntry made => new Completed(_memory.Key, _memory.Outbox.Id, made.Seq, made.Epoch, made.Revision, made.Result),
                DroppedEntry dropped => new Dropped(_memory.Key, _memory.Outbox.Id, dropped.Seq, dropped.Job, dropped.First, dropped.Last, dropped.Count),
                _ => throw new InvalidOperationException($"the outbox holds a {entry.GetType().Name}"),
            };
            peer.Link.Tell(message, Self);
        }
    }

    private void OnCredit(Credit credit)
    {
        _memory.Outbox.CreditBytes = credit.Bytes;
        SendResults();
    }

    private void OnAcknowledge(Acknowledge acknowledge)
    {
        if (acknowledge.Outbox != _memory.Outbox.Id)
            return;
        _world.Metrics.Acknowledged(acknowledge.Ranges.Sum(_memory.Outbox.Acknowledged));
        SendResults();
    }

    private DateTimeOffset? OldestDue() => _memory.Outbox.OldestSeq is > 0 and var seq
        ? _memory.Journal.Read(seq) switch
        {
            ResultEntry made => made.Result.Slot.Due,
            DroppedEntry dropped => dropped.First.Due,
            _ => null, // it cannot be read
        }
        : null;

    private void ReportDisk()
    {
        if (_memory.Journal.IsHealthy)
        {
            if (_memory.IsDiskHealthy)
                return;
            _memory.IsDiskHealthy = true;
            SessionLog.DiskWorks(_world.Logger, _memory.ManagerName, _memory.Manager.ToString());
            _world.Health.Ok(_memory.Manager);
            return;
        }

        var failure = _memory.Journal.Failure ?? "the disk takes nothing";
        _world.Health.Failed(_memory.Manager, $"results cannot be written to {_memory.Folder}: {failure}; checks go on, results are kept in memory as far as they fit");
        if (!_memory.IsDiskHealthy)
            return;
        _memory.IsDiskHealthy = false;
        _world.Metrics.JournalFailed();
        SessionLog.DiskFailed(_world.Logger, _memory.ManagerName, _memory.Manager.ToString(), failure);
    }

    private void ReportDropped(long now)
    {
        var (told, at) = _memory.Dropped;
        var more = _memory.Outbox.Dropped - told;
        if (more <= 0 || (told > 0 && now - at < TellDroppedEvery.TotalMicroseconds))
            return;
        _memory.Dropped = (told + more, now);
        _world.Metrics.Dropped(more);
        SessionLog.Dropped(_world.Logger, more, _memory.ManagerName, _memory.Manager.ToString());
        _world.Publish(Context.System, success: false, $"gave up {more} results for {_memory.ManagerName}: the outbox is full, or they were too old");
    }
}

/// <summary>Asks a session for its <see cref="ClientStatus"/>.</summary>
internal sealed record GetClientStatus
{
    public static readonly GetClientStatus Instance = new();
}

/// <summary>A client as the shell shows it.</summary>
internal sealed record ClientStatus(
    NodeId Manager,
    string Name,
    string Address,
    bool IsLinked,
    Epoch Epoch,
    int Queued,
    int QueueBound,
    int InFlight,
    long Unacknowledged,
    long Completed,
    long Dropped,
    TimeSpan ClockError,
    long WrongKey,
    long RepeatedSlots,
    long LateAnswers)
{
    /// <summary>The jobs that it may run by itself.</summary>
    public int Grants { get; init; }

    /// <summary>Until when it may, on the manager's clock.</summary>
    public DateTimeOffset? GrantsEnd { get; init; }

    /// <summary>What the unacknowledged results take on disk.</summary>
    public long OutboxBytes { get; init; }

    /// <summary>The slot of the oldest result that is not acknowledged.</summary>
    public DateTimeOffset? OldestDue { get; init; }

    /// <summary>The most bytes that may be on the way.</summary>
    public long CreditBytes { get; init; }

    /// <summary>The one-shot checks that wait or run.</summary>
    public int OneShots { get; init; }

    /// <summary>Why the disk takes nothing; null when it does.</summary>
    public string? DiskFailure { get; init; }
}
