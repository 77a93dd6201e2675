// Owns what has arrived or been decided and is not stored yet, and the store. Supervised by ManagerSupervisor.
using ActorMonitor.ManagerNode.Jobs;
using ActorMonitor.ManagerNode.Links;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.ManagerNode.Start;
using ActorMonitor.Messages;
using ActorMonitor.Shell;
using ActorMonitor.Storage;
using Akka;
using Akka.Actor;
using Microsoft.Extensions.Logging;

namespace ActorMonitor.ManagerNode.Results;

/// <summary>
/// Stores results and decisions in the order in which they come, one transaction at a time. After the commit, and only then,
/// the jobs are told the effects and the monitors that they may forget. While the store takes nothing everything is kept and tried again.
/// </summary>
internal sealed class ResultWriter : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan TickEvery = TimeSpan.FromSeconds(1);

    // So that a few results a second do not make as many transactions; well below the 50 ms that nobody notices.
    private static readonly TimeSpan GatherFor = TimeSpan.FromMilliseconds(20);

    // Each transaction waits for the disk. Where many results come the lanes of a table share its pages: five times as many in one
    // transaction took a third off what a result costs. It goes on while as many come in the longer time.
    private static readonly TimeSpan GatherManyFor = TimeSpan.FromMilliseconds(100);
    private const int Many = 16;
    private const int MostGathered = 1024;

    // Upkeep waits for a pause between writes, but not for ever.
    private static readonly TimeSpan UpkeepAtLeastEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan UpkeepLooksEvery = TimeSpan.FromSeconds(10);

    // A monitor's clock may be ahead, by more the longer it was cut off from a clock that was being slewed; not by more than this.
    private static readonly TimeSpan MostAhead = TimeSpan.FromHours(1);

    // After a standstill the lanes have as many seconds to decide what they missed as this takes to catch up.
    private static readonly TimeSpan MostBeatStep = TimeSpan.FromSeconds(10);

    // What a result takes in memory is some times what it took on the wire.
    private const int MemoryPerCredit = 16;

    private readonly WriterMemory _memory;
    private readonly WriterWorld _world;
    private bool _isRestarting;
    private int _lastBatch;

    public ResultWriter(WriterMemory memory, WriterWorld world)
    {
        (_memory, _world) = (memory, world);

        Receive<Arrival>(OnArrival);
        Receive<Decision>(decision => OnDecision(decision.Write));
        Receive<LanesChanged>(OnLanesChanged);
        Receive<Tick>(_ => OnTick());
        Receive<Gathered>(_ =>
        {
            Acknowledge();
            Proceed();
        });
        Receive<StoreTasks.Wrote>(OnWrote);
        Receive<StoreTasks.Failed>(failed =>
        {
            _memory.IsBusy = false;
            OnFailed(failed);
        });
        Receive<StoreTasks.Maintained>(OnMaintained);
        Receive<StoreTasks.Opened>(OnOpened);
        Receive<StoreTasks.Restored>(restored => OnRestored(restored.Lost));
        Receive<StoreTasks.OpenFailed>(OnOpenFailed);
        Receive<EffectsTo>(_ => _memory.Jobs = Sender);
        Receive<GetStore>(_ => Sender.Tell(new CurrentStore(_memory.Store, _memory.Failure, _world.Clock.Now), Self));
        Receive<GetWriterStatus>(_ => Sender.Tell(
            new WriterStatus(_memory.Queue.Count, _memory.Stored.Writes, _memory.Stored.Commits, _memory.Stored.Time, _memory.Failure), Self));
        Receive<CloseStore>(_ =>
        {
            _memory.Closing = Sender;
            Proceed();
        });
        Receive<StoreTasks.Closed>(_ => _memory.Closing?.Tell(Done.Instance, Self));
    }

    public ITimerScheduler Timers { get; set; } = null!;

    public static Props Props(WriterMemory memory, WriterWorld world) => Akka.Actor.Props.Create(() => new ResultWriter(memory, world));

    protected override void PreStart()
    {
        if (_memory.MaintainedTimestamp == 0)
            _memory.MaintainedTimestamp = _world.Time.GetTimestamp();
        Timers.StartPeriodicTimer(Tick.Instance, Tick.Instance, TickEvery);
    }

    protected override void PreRestart(Exception reason, object message)
    {
        _isRestarting = true;
        base.PreRestart(reason, message);
    }

    protected override void PostStop()
    {
        // Whoever stops the whole node has asked to close before; this is for one that is stopped without.
        if (!_isRestarting && (_memory.Store ?? _memory.Reopened) is { } store)
            _ = CloseAfterAsync(_memory.Running, store);
    }

    private static async Task CloseAfterAsync(Task running, IStore store)
    {
        await running;
        _ = await StoreTasks.CloseAsync(store);
    }

    private void OnArrival(Arrival arrival)
    {
        if (_memory.Closing is not null)
            return;
        if (WriteOf(arrival) is not { } write)
        {
            ManagerMeter.NoSlot();
            _memory.Queue.Acknowledge(arrival, Sender);
        }
        else if (!_memory.Queue.TryAdd(arrival, write, BytesOf(arrival), MemoryPerCredit * _world.Credit, Sender))
        {
            ManagerMeter.BeyondCredit();
        }

        Gather();
    }

    // Null for what is of no slot: too far in the future, or of a lane that nobody knows.
    private StoreWrite? WriteOf(Arrival arrival)
    {
        var latest = _world.Clock.Now + MostAhead;
        return arrival switch
        {
            ResultArrived { Result: var result } arrived when result.Slot.Due <= latest
                => new KeepResult(new LaneKey(result.Job, arrived.Monitor), result, arrived.Revision),
            DroppedArrived dropped when dropped.Last >= dropped.First && dropped.Last.Due <= latest && _memory.Lanes.Knows(new LaneKey(dropped.Job, dropped.Monitor))
                => new KeepRange(
                    new LaneKey(dropped.Job, dropped.Monitor), dropped.First.Due, dropped.Last.Due.AddMilliseconds(1), Outcome.Lost, Cause.OutboxFull, ReplacesProvisional: true),
            _ => null,
        };
    }

    private static long BytesOf(Arrival arrival)
    {
        const long record = 512;
        const long item = 128;
        if (arrival is not ResultArrived { Result: var result })
            return record;
        return record + (2L * result.Message.Length) + (item * (result.Measurements.Length + result.Attempts.Length))
            + result.Attributes.Sum(attribute => item + (2L * (attribute.Name.Length + attribute.Value.Length)));
    }

    private void OnDecision(StoreWrite write)
    {
        if (write is SetGrant grant)
        {
            // Each connection tells it of all lanes; it is written only when that is news.
            if (!_memory.Lanes.Knows(grant.Lane) || !_memory.Lanes.TryGrant(grant, _world.Clock.Now))
                return;
        }

        var givenUp = _memory.Queue.Add(write);
        if (!givenUp.IsEmpty)
        {
            ManagerMeter.GaveUp(givenUp.Length);
            _memory.Jobs.Tell(new Settled(givenUp), Self);
        }

        Gather();
    }

    private void OnLanesChanged(LanesChanged changed)
    {
        foreach (var write in changed.Changes.SelectMany(_memory.Lanes.Change))
            _ = _memory.Queue.Add(write);
        Gather();
    }

    private void OnTick()
    {
        var now = _world.Clock.Now;
        _memory.Beat = now - _memory.Beat > MostBeatStep ? _memory.Beat + MostBeatStep : now;
        _ = _memory.Queue.Add(new Beat(_memory.Beat));
        Proceed(isRetry: true);
    }

    private void Gather()
    {
        if (_memory.Queue.Count >= MostGathered)
            Proceed();
        else if (!Timers.IsTimerActive(Gathered.Instance))
            Timers.StartSingleTimer(Gathered.Instance, Gathered.Instance, _lastBatch >= Many ? GatherManyFor : GatherFor);
    }

    private void Proceed(bool isRetry = false)
    {
        if (_memory.IsBusy)
            return;
        if (_memory.Closing is not null && (_memory.Queue.Count == 0 || _memory.Failure is not null || _memory.Store is null))
        {
            Run(StoreTasks.CloseAsync(_memory.Store ?? _memory.Reopened ?? _memory.Damaged));
            (_memory.Store, _memory.Reopened, _memory.Damaged) = (null, null, null);
            return;
        }

        // What has failed is tried again each second.
        if (_memory.Failure is not null && !isRetry)
            return;
        if (_memory.Store is not { } store)
            Reopen();
        else if (_memory.Failure is null && IsUpkeepDue())
            Maintain(store);
        else if (_memory.Queue.Count > 0)
            Run(StoreTasks.WriteAsync(store, _memory.Queue.Batch(), _world.Time));
    }

    private bool IsUpkeepDue()
    {
        var since = _world.Time.GetElapsedTime(_memory.MaintainedTimestamp);
        if (!_memory.HasUpkeep)
            return since >= UpkeepLooksEvery && _memory.Queue.Count == 0;
        return _memory.Queue.Count == 0 || since >= UpkeepAtLeastEvery;
    }

    private void Maintain(IStore store)
    {
        _memory.MaintainedTimestamp = _world.Time.GetTimestamp();
        Run(StoreTasks.MaintainAsync(store, _world.Clock.Now));
    }

    private void Reopen()
    {
        if (_memory.Reopened is { } reopened)
        {
            // What it is told of the lanes holds all their changes so far; those that still wait are of the store before.
            var lostFrom = reopened.Opening.LostFrom ?? _memory.Begun;
            if (reopened.Opening.IsNew)
                _memory.Queue.ForgetSchedules();
            Run(StoreTasks.RestoreAsync(reopened, reopened.Opening.IsNew ? _memory.Lanes.Anew(lostFrom, _world.Clock.Now) : []));
            return;
        }

        var damaged = _memory.Damaged;
        _memory.Damaged = null;
        Run(StoreTasks.ReopenAsync(damaged, _world.OpenStore));
    }

    private void Run(Task<object> task)
    {
        _memory.IsBusy = true;
        _memory.Running = task;
        _ = task.PipeTo(Self, Self);
    }

    private void OnWrote(StoreTasks.Wrote wrote)
    {
        _memory.IsBusy = false;
        _lastBatch = wrote.Effects.Length;
        ManagerMeter.Stored(wrote.Effects.Length, wrote.Duration);
        _memory.Stored = (_memory.Stored.Writes + wrote.Effects.Length, _memory.Stored.Commits + 1, _memory.Stored.Time + wrote.Duration);
        var settled = _memory.Queue.Stored(wrote.Effects);
        foreach (var write in settled)
        {
            if (write is { Write: KeepResult, Effect: { } effect })
                ManagerMeter.Result(effect.Kind);
        }

        if (!settled.IsEmpty)
            _memory.Jobs.Tell(new Settled(settled), Self);
        Acknowledge();
        if (_memory.Failure is not null)
            Recovered();
        if (_memory.Queue.Count == 0 || _memory.Closing is not null)
            Proceed();
        else
            Gather();
    }

    private void OnMaintained(StoreTasks.Maintained maintained)
    {
        _memory.IsBusy = false;
        _memory.HasUpkeep = maintained.HasMore;
        if (maintained.Failure is { Fault: StoreFault.Damaged } damaged)
        {
            OnFailed(damaged);
            return;
        }

        if (maintained.Failure is { } failure)
        {
            ManagerMeter.Failed();
            WriterLog.UpkeepFailed(_world.Logger, failure.Text);
            _world.Health.Report("store-upkeep", HealthStatus.Warning, $"old records cannot be sealed or removed: {failure.Text}");
        }
        else
        {
            _world.Health.Report("store-upkeep", HealthStatus.Ok, "records are sealed and removed in time");
        }

        Proceed();
    }

    private void OnFailed(StoreTasks.Failed failed)
    {
        var isFirst = _memory.Failure is null;
        Report(failed);
        if (failed.Fault == StoreFault.Damaged && _memory.Closing is null)
            (_memory.Damaged, _memory.Store) = (_memory.Store, null);
        Proceed(isRetry: isFirst && failed.Fault == StoreFault.Damaged);
    }

    private void Report(StoreTasks.Failed failed)
    {
        ManagerMeter.Failed();
        if (_memory.Failure is null)
        {
            _memory.FailedSince = _world.Clock.Now;
            WriterLog.Failed(_world.Logger, failed.Text);
        }

        _memory.Failure = failed.Text;
        _world.Health.Report("store", HealthStatus.Failed, $"{failed.Text}; results are kept by their monitors, it is tried again each second");
    }

    private void Recovered()
    {
        var outage = _world.Clock.Now - _memory.FailedSince;
        _memory.Failure = null;
        WriterLog.Recovered(_world.Logger, outage);
        _world.Health.Report("store", HealthStatus.Ok, $"written again after {outage:hh\\:mm\\:ss}");
    }

    private void OnOpened(StoreTasks.Opened opened)
    {
        _memory.IsBusy = false;
        _memory.Reopened = opened.Store;
        Proceed(isRetry: true);
    }

    private void OnOpenFailed(StoreTasks.OpenFailed failed)
    {
        _memory.IsBusy = false;
        if (failed.Failure.Fault == StoreFault.Damaged)
            (_memory.Damaged, _memory.Reopened) = (_memory.Reopened, null);
        Report(failed.Failure);
        Proceed();
    }

    private void OnRestored(long lost)
    {
        _memory.IsBusy = false;
        (_memory.Store, _memory.Reopened) = (_memory.Reopened, null);
        if (_memory.Store is { Opening: { IsNew: true } opening })
        {
            _memory.Queue.Begun(_memory.Lanes.Knows);
            _memory.Jobs.Tell(StoreBegunAnew.Instance, Self);
            Damage.Report(_world.Health, opening, lost);
        }

        // What failed before is written now, and says whether all is well again.
        Proceed(isRetry: true);
    }

    private void Acknowledge()
    {
        foreach (var (link, kept) in _memory.Queue.TakeAcknowledgements())
            link.Tell(kept, Self);
    }

    private sealed record Tick
    {
        public static readonly Tick Instance = new();
    }

    private sealed record Gathered
    {
        public static readonly Gathered Instance = new();
    }
}

/// <summary>What the writer works with.</summary>
/// <param name="Clock">The slot clock.</param>
/// <param name="Time">The clock of durations.</param>
/// <param name="Health">The node's board.</param>
/// <param name="Logger">Where operators read what happened.</param>
/// <param name="OpenStore">Opens the store; a damaged one is set aside by it.</param>
/// <param name="Credit">What each monitor may have on the way, in bytes.</param>
internal sealed record WriterWorld(
    SlotClock Clock, TimeProvider Time, NodeHealth Health, ILogger Logger, Func<CancellationToken, Task<IStore>> OpenStore, long Credit);

/// <summary>Tells an operator, until they have seen it, that a store had to be set aside.</summary>
internal static class Damage
{
    public static void Report(NodeHealth health, StoreOpening opening, long lost)
    {
        if (opening.SetAside is null && opening.Damage is null)
            return;
        var moved = opening.SetAside is { } path ? $" and is now {path}" : "";
        health.Report(
            "store-damage", HealthStatus.Failed,
            $"the store was damaged ({opening.Damage ?? "unknown"}){moved}; a new one was begun, {lost:N0} slots are recorded as lost (store-lost); clear this when you have seen it",
            isSticky: true);
    }
}

internal static partial class WriterLog
{
    [LoggerMessage(2101, LogLevel.Error, "the store cannot be written: {Reason}")]
    public static partial void Failed(ILogger logger, string reason);

    [LoggerMessage(2102, LogLevel.Information, "the store is written again after {Outage}")]
    public static partial void Recovered(ILogger logger, TimeSpan outage);

    [LoggerMessage(2103, LogLevel.Warning, "the store's upkeep failed: {Reason}")]
    public static partial void UpkeepFailed(ILogger logger, string reason);
}
