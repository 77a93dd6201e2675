using ActorMonitor.Messages;

namespace ActorMonitor.MonitorNode.Sessions;

/// <content>What an operator sees of it, and may do to it.</content>
internal sealed partial class ClientSession
{
    private ClientStatus Status() => new(
        _memory.Manager, _memory.ManagerName, _memory.Address, _memory.Peer is not null, _memory.HighestEpoch,
        _memory.Queue.Count, _memory.Queue.Bound, _memory.InFlight.Count, _memory.Outbox.Count, _memory.Counters.Results, _memory.Outbox.Dropped, _memory.Clock.Error,
        _memory.Counters.WrongKey, _memory.Counters.RepeatedSlots, _memory.Counters.LateAnswers)
    {
        Since = _memory.Since,
        OldestWaiting = _memory.Queue.OldestMicroseconds is { } arrived ? TimeSpan.FromMicroseconds(Math.Max(0, NowMicroseconds - arrived)) : null,
        Refused = _memory.Counters.Refused,
        Grants = _memory.Grants.Count,
        GrantsEnd = _memory.Grants.LatestEnd(),
        OutboxBytes = _memory.Outbox.Bytes,
        OldestDue = OldestDue(),
        CreditBytes = _memory.Outbox.CreditBytes,
        OneShots = _memory.OneShots.Count,
        DiskFailure = _memory.Journal.IsHealthy ? null : _memory.Journal.Failure ?? "the disk takes nothing",
    };

    /// <summary>An operator's wish. The manager is told, so that it need not wait for a silence; it connects again by its own back-off.</summary>
    private void OnDisconnect()
    {
        _world.Publish(Context.System, success: false, $"an operator disconnected {_memory.ManagerName} at {_memory.Address}{WhatGoesOn()}");
        SessionLog.Disconnected(_world.Logger, _memory.ManagerName, _memory.Address);
        _memory.Peer!.Link.Tell(new Refused(RefusalReason.Disconnected, _memory.HighestEpoch, "an operator of the monitor ended the link"), Self);
        EndLink();
        Sender.Tell(new Disconnected(WasLinked: true, Status()), Self);
    }

    /// <summary>From an operator: end the link. Answered by <see cref="Disconnected"/>.</summary>
    internal sealed record Disconnect
    {
        public static readonly Disconnect Instance = new();
    }

    /// <summary>To the operator: how it is now, and whether there was a link to end.</summary>
    internal sealed record Disconnected(bool WasLinked, ClientStatus Status);
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
    /// <summary>Since when it has been linked, or has not.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>How long the check has waited that has waited longest.</summary>
    public TimeSpan? OldestWaiting { get; init; }

    /// <summary>Slots for which the queue had no room.</summary>
    public long Refused { get; init; }

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
