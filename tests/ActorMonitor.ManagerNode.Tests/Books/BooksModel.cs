using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Jobs;
using ActorMonitor.ManagerNode.Links;
using ActorMonitor.ManagerNode.Results;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.ManagerNode.Start;
using ActorMonitor.ManagerNode.Tests.Stores;
using ActorMonitor.Messages;
using ActorMonitor.Storage;
using ActorMonitor.Storage.Sqlite;
using Akka.Actor;
using Shouldly;

namespace ActorMonitor.ManagerNode.Tests.Books;

/// <summary>
/// A manager without its actors (start, lanes, queue, store) and a monitor that keeps its results, driven by steps: whatever their
/// order, <see cref="Settle"/> finds every slot with one record and every acknowledged result in the store.
/// </summary>
internal sealed class BooksModel : IDisposable
{
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);
    private static readonly string[][] Places = [["eu"], ["us"], ["eu", "us"]];

    private readonly SetTime _time = new(Start);
    private readonly MemoryDisk _disk = new();
    private readonly OutboxId _outbox = OutboxId.New();
    private readonly SortedDictionary<long, (LaneKey Lane, CheckResult? Result, Slot First, Slot Last)> _unacknowledged = [];
    private readonly HashSet<(LaneKey, Slot)> _made = [];
    private readonly HashSet<(LaneKey, Slot)> _acknowledged = [];
    private readonly List<(LaneKey Lane, Slot First, Slot Last)> _givenUp = [];
    private readonly Dictionary<(LaneKey, Slot), int> _firsts = [];
    private readonly HashSet<(LaneKey, Slot)> _notDue = [];
    private readonly Dictionary<JobId, JobMemory> _jobs = [];
    private readonly string? _folder;
    private readonly int _mostDecisions;
    private ImmutableArray<JobDefinition> _configured =
        [Sample.Job("fast", ["eu", "us"], intervalSeconds: 1, timeoutSeconds: 1), Sample.Job("slow", ["eu"], intervalSeconds: 7, timeoutSeconds: 3)];
    private JobHolds _holds = JobHolds.None;
    private long _seq;
    private bool _isLinked = true;

    // What one run of the manager has; gone with it.
    private IStore _store = null!;
    private SlotClock _clock = null!;
    private DateTimeOffset _begun;
    private WriteQueue _queue = null!;
    private LaneBook _book = null!;

    /// <summary>With a folder, over the real store there, which does not fail.</summary>
    public BooksModel(int mostDecisions, string? folder = null)
    {
        (_mostDecisions, _folder) = (mostDecisions, folder);
        Restart();
    }

    private IReadOnlyList<SlotLane> Lanes => [.. _jobs.Values.SelectMany(job => job.Lanes)];

    public void Dispose() => _store.DisposeAsync().AsTask().GetAwaiter().GetResult();

    /// <summary>One step: what is done, with a number that says how.</summary>
    public void Do(int kind, int how)
    {
        switch (kind)
        {
            case 0 or 1 or 2:
                Pass(TimeSpan.FromMilliseconds(how * 40), answers: how % 3 != 0);
                break;
            case 3:
                Pass(TimeSpan.FromSeconds(how / 2), answers: true);
                break;
            case 4 or 5:
                Deliver(how);
                break;
            case 6 or 7:
                Commit();
                break;
            case 17 or 18:
                Reload(how);
                break;
            case 19:
                Hold(how);
                break;
            case 8 or 16 when _folder is not null:
                break;
            case 8:
                _disk.Fault = how % 2 == 0 ? StoreFault.Full : null;
                break;
            case 9:
                GiveUp(how);
                break;
            case 10:
                _time.StepWall(TimeSpan.FromSeconds(how % 2 == 0 ? how * 7 : -how));
                break;
            case 11:
                // The process is killed: what was not committed is gone, and for a while nobody is there.
                _disk.Fault = null;
                _time.Pass(TimeSpan.FromSeconds(how / 4));
                RunByGrant(how);
                Restart();
                break;
            case 12:
                RunByGrant(how);
                break;
            case 13:
                RunEarly(how);
                break;
            case 14:
                _isLinked = how % 3 != 0;
                foreach (var lane in Lanes)
                    lane.Linked(_isLinked, _clock.Now + TimeSpan.FromSeconds(how));
                break;
            case 15:
                foreach (var lane in Lanes)
                    lane.Granted(how % 2 == 0, _clock.Now + TimeSpan.FromSeconds(how));
                break;
            default:
                Damage(isWhileRunning: how % 2 == 0);
                break;
        }
    }

    /// <summary>Lets everything come to rest, and looks into the books.</summary>
    public void Settle()
    {
        _disk.Fault = null;
        for (var round = 0; round < 20 && (_unacknowledged.Count > 0 || _queue.Count > 0); round++)
        {
            foreach (var seq in _unacknowledged.Keys.ToList())
                Arrive(seq);
            while (_queue.Count > 0)
                Commit();
        }

        // Twice: a slot that comes due meanwhile is decided on, too.
        Pass(TimeSpan.FromSeconds(20), answers: false);
        while (_queue.Count > 0)
            Commit();

        _unacknowledged.ShouldBeEmpty();
        var rows = Await(_store.LedgerAsync(null, _clock.Now, CancellationToken.None));
        Lanes.Select(lane => lane.Key).Except(rows.Select(row => row.Lane)).ShouldBeEmpty();
        foreach (var row in rows)
            row.Difference.ShouldBe(0, $"{row}");
        foreach (var (lane, slot) in _acknowledged)
        {
            if (_notDue.Contains((lane, slot)) || _givenUp.Any(range => range.Lane == lane && slot >= range.First && slot <= range.Last))
                continue;
            var record = Await(_store.RecordsAsync(lane, slot.Due, slot.Due.AddMilliseconds(1), 1, newestFirst: false, CancellationToken.None)).SingleOrDefault();
            // Somebody had said that it was not to be run.
            if (record?.Cause != Cause.Paused)
                (record?.Result).ShouldNotBeNull($"{lane} {slot}");
        }

        // What is configured no longer has come to its end.
        _jobs.Keys.ShouldBe(_configured.Select(job => job.Job), ignoreOrder: true);

        _firsts.Values.ShouldAllBe(times => times == 1);
        foreach (var lane in Lanes)
        {
            var counts = lane.Counts;
            (counts.Open + counts.Up + counts.Degraded + counts.Down + counts.Unknown + counts.Skipped + counts.Lost + counts.NotRunning).ShouldBe(counts.Due);
        }
    }

    private void Restart()
    {
        Open();
        _clock = new SlotClock(_time, StartPlan.NotBefore(_store.Opening));
        var plan = StartPlan.Of(_store.Opening, Await(_store.LanesAsync(CancellationToken.None)), _configured, _clock.Now);
        _ = Await(_store.WriteAsync(plan.Writes, CancellationToken.None));
        _jobs.Clear();
        foreach (var job in plan.Jobs)
        {
            _jobs.Add(job.Job.Job, job);
            _ = job.Hold(_holds);
        }

        (_book, _begun) = (plan.Lanes, plan.Begun);
        _queue = new WriteQueue(_mostDecisions);
        foreach (var lane in Lanes)
            lane.Linked(_isLinked, _clock.Now);
    }

    // What was stored is gone; what was not acknowledged is still to come.
    private void Damage(bool isWhileRunning)
    {
        _disk.Damage();
        _acknowledged.Clear();
        _firsts.Clear();
        if (!isWhileRunning)
        {
            Restart();
            return;
        }

        Open();
        _queue.ForgetSchedules();
        _ = Await(_store.WriteAsync(_book.Anew(_store.Opening.LostFrom ?? _begun, _clock.Now), CancellationToken.None));
        _queue.Begun(_book.Knows);
        foreach (var lane in Lanes)
            lane.ForgetEarly();
    }

    private void Open()
    {
        if (_folder is not null)
        {
            if (_store is not null)
                Dispose();
            _store = Await(SqliteStore.OpenAsync(_folder, StoreSettings.Default, _time, CancellationToken.None));
            return;
        }

        _disk.IsOpen = false;
        _store = Await(_disk.OpenAsync(CancellationToken.None));
    }

    // Other jobs are configured: fewer, others, on other monitors, with other times.
    private void Reload(int how)
    {
        List<JobDefinition> wanted = [];
        foreach (var (n, name) in new[] { "fast", "slow", "new" }.Index())
        {
            var variant = (how >> n) % 7;
            if (variant != 0)
                wanted.Add(Sample.Job(name, Places[variant % 3], intervalSeconds: variant <= 3 ? 1 + (6 * n) : variant, timeoutSeconds: variant % 2 == 0 ? 1 : 0.5));
        }

        Look(answers: false);
        var now = _clock.Now;
        var change = JobsChange.Of(_configured.ToDictionary(job => job.Job), [.. wanted]);
        foreach (var job in change.Removed)
            Change(_jobs[job.Job].Configure(null, now));
        foreach (var job in change.Changed.Concat(change.Added))
        {
            if (_jobs.TryGetValue(job.Job, out var running))
            {
                Change(running.Configure(job, now));
                continue;
            }

            _jobs[job.Job] = new JobMemory(job, now);
            _ = _jobs[job.Job].Hold(_holds);
            Change([.. _jobs[job.Job].Begins()]);
        }

        _configured = [.. wanted];
        foreach (var lane in Lanes)
            lane.Linked(_isLinked, now);
        Sweep();
    }

    private void Change(ImmutableArray<LaneChange> changes) => Decide(changes.SelectMany(_book.Change));

    private void Hold(int how)
    {
        Look(answers: false);
        var hold = new LaneHold(Cause.Paused, "paused by a test");
        _holds = (how % 4) switch
        {
            0 => JobHolds.None,
            1 => JobHolds.None with { Paused = hold },
            _ => JobHolds.None with { Drained = JobHolds.None.Drained.Add("eu", hold) },
        };
        foreach (var job in _jobs.Values)
            _ = job.Hold(_holds);
    }

    private void Sweep()
    {
        foreach (var job in _jobs.Where(pair => pair.Value.Sweep()).Select(pair => pair.Key).ToList())
            _ = _jobs.Remove(job);
    }

    private SlotLane Any(int how) => Lanes is { Count: > 0 } lanes ? lanes[how % lanes.Count] : new SlotLane(new JobId("none"), "eu", TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1), _clock.Now);

    // Time passes; the lanes are looked at as their actor does.
    private void Pass(TimeSpan time, bool answers)
    {
        _time.Pass(time);
        Look(answers);
        Sweep();
        Decide([new Beat(_clock.Now)]);
    }

    private void Look(bool answers)
    {
        var now = _clock.Now;
        foreach (var lane in Lanes)
        {
            Decide(lane.PassOver(now, _clock));
            while (lane.TryOpen(now, out var slot))
            {
                if (_isLinked && lane.Hold is null)
                {
                    lane.Asked(slot);
                    if (answers)
                        Make(lane.Key, slot);
                }
                else if (lane.DecideAtOnce(slot) is { } decision)
                {
                    Decide([decision]);
                }

                Decide(lane.PassOver(now, _clock));
            }

            Decide(lane.Expire(now));
        }
    }

    private void Decide(IEnumerable<StoreWrite> decisions)
    {
        foreach (var decision in decisions.ToList())
            Tell(_queue.Add(decision));
    }

    private void Make(LaneKey lane, Slot slot)
    {
        if (!_made.Add((lane, slot)))
            return;
        var outcome = (Outcome)(1 + (slot.DueUnixMilliseconds / 1_000 % 5));
        _unacknowledged[++_seq] = (lane, Sample.Result(lane.Job.Name, slot, outcome), slot, slot);
    }

    private void RunByGrant(int how)
    {
        var now = _clock.Now;
        foreach (var lane in Lanes)
        {
            for (var n = 1; n <= how % 5; n++)
                Make(lane.Key, lane.Schedule.After(now - (n * TimeSpan.FromSeconds(lane.Schedule.IntervalMilliseconds / 1000.0))));
        }
    }

    private void RunEarly(int how)
    {
        var lane = Any(how);
        Make(lane.Key, how % 2 == 0 ? lane.Next : lane.Schedule.Next(lane.Next));
    }

    private void Deliver(int how)
    {
        // Some, in an order of their own, and a few of them twice.
        foreach (var seq in _unacknowledged.Keys.OrderBy(seq => seq * 7919 % (how + 11)).Take(how / 3).ToList())
        {
            Arrive(seq);
            if (seq % 3 == 0)
                Arrive(seq);
        }
    }

    private void Arrive(long seq)
    {
        var (lane, result, first, last) = _unacknowledged[seq];
        _ = result is not null
            ? _queue.TryAdd(new ResultArrived(lane.Monitor, _outbox, seq, 1, result), new KeepResult(lane, result, 1), 1, long.MaxValue, ActorRefs.Nobody)
            : _queue.TryAdd(
                new DroppedArrived(lane.Monitor, _outbox, seq, lane.Job, first, last, 1),
                new KeepRange(lane, first.Due, last.Due.AddMilliseconds(1), Outcome.Lost, Cause.OutboxFull, ReplacesProvisional: true), 1, long.MaxValue, ActorRefs.Nobody);
    }

    // The oldest results of a lane that wait at the monitor are given up.
    private void GiveUp(int how)
    {
        var lane = Any(how).Key;
        var oldest = _unacknowledged.Where(pair => pair.Value.Lane == lane && pair.Value.Result is not null).Take(how % 4).ToList();
        if (oldest.Count == 0)
            return;
        var slots = oldest.Select(pair => pair.Value.First).Order().ToList();
        foreach (var (seq, _) in oldest)
            _ = _unacknowledged.Remove(seq);
        // Any slot in the bounds may become a part of the range, which is final.
        _givenUp.Add((lane, slots[0], slots[^1]));
        _unacknowledged[++_seq] = (lane, null, slots[0], slots[^1]);
    }

    private void Commit()
    {
        var batch = _queue.Batch();
        if (batch.IsEmpty)
            return;
        ImmutableArray<WriteEffect> effects;
        try
        {
            effects = Await(_store.WriteAsync(batch, CancellationToken.None));
        }
        catch (StoreException)
        {
            return;
        }

        foreach (var (write, effect) in batch.Zip(effects))
        {
            if (write is KeepResult result && effect.Kind == EffectKind.NotDue)
                _ = _notDue.Add((result.Lane, result.Result.Slot));
        }

        Tell(_queue.Stored(effects));
        Sweep();
        foreach (var range in _queue.TakeAcknowledgements().SelectMany(kept => kept.Kept.Ranges))
        {
            for (var seq = range.First; seq <= range.Last; seq++)
            {
                if (_unacknowledged.Remove(seq, out var kept) && kept.Result is not null)
                    _ = _acknowledged.Add((kept.Lane, kept.First));
            }
        }
    }

    private void Tell(ImmutableArray<SettledWrite> settled)
    {
        foreach (var write in settled)
        {
            // A job that has come to its end hears of it no more.
            var record = Lanes.SingleOrDefault(lane => lane.Key == write.Lane)?.Settle(write.Write, write.Effect);
            if (record is { Through: null, Replaced: null })
                _firsts[(write.Lane, record.Slot)] = _firsts.GetValueOrDefault((write.Lane, record.Slot)) + 1;
        }
    }

    // The store in memory has done its work when it returns.
    private static T Await<T>(Task<T> task) => task.GetAwaiter().GetResult();
}
