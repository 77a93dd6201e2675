using System.Collections.Immutable;
using ActorMonitor.Messages;
using ActorMonitor.Storage;

namespace ActorMonitor.ManagerNode.Tests.Stores;

/// <summary>A store in memory that keeps the contract's word on what each write does, and fails when its disk is told to.</summary>
internal sealed class MemoryStore(MemoryDisk disk, StoreOpening opening) : IStore
{
    private int _running;
    private bool _isDisposed;

    public StoreOpening Opening => opening;

    public Task<ImmutableArray<LaneState>> LanesAsync(CancellationToken cancellationToken) => Task.FromResult(disk.Lock(() =>
    {
        Check();
        return disk.Lanes.Select(pair => new LaneState(pair.Key, pair.Value.InForce, pair.Value.Records.Values.LastOrDefault(), pair.Value.Grant)).ToImmutableArray();
    }));

    public async Task<ImmutableArray<WriteEffect>> WriteAsync(ImmutableArray<StoreWrite> writes, CancellationToken cancellationToken)
    {
        if (Interlocked.Increment(ref _running) != 1)
            throw new InvalidOperationException("two writers at a time");
        try
        {
            if (disk.Held is { } held)
                await held.Task;
            return disk.Lock(() =>
            {
                Check();
                disk.Batches++;
                disk.LargestBatch = Math.Max(disk.LargestBatch, writes.Length);
                return writes.Select(Do).ToImmutableArray();
            });
        }
        finally
        {
            Interlocked.Decrement(ref _running);
        }
    }

    public Task<bool> MaintainAsync(DateTimeOffset now, CancellationToken cancellationToken) => Task.FromResult(disk.Lock(() =>
    {
        if (Volatile.Read(ref _running) != 0)
            throw new InvalidOperationException("upkeep beside a writer");
        Check();
        disk.Upkeeps++;
        disk.UpkeepLeft = Math.Max(0, disk.UpkeepLeft - 1);
        return disk.UpkeepLeft > 0;
    }));

    public Task<ImmutableArray<LedgerRow>> LedgerAsync(JobId? job, DateTimeOffset now, CancellationToken cancellationToken) => Task.FromResult(disk.Lock(() =>
    {
        Check();
        return disk.Lanes.Where(pair => job is null || pair.Key.Job == job).Select(pair => Row(pair.Key, pair.Value, now)).ToImmutableArray();
    }));

    public Task<ImmutableArray<StoredRecord>> RecordsAsync(LaneKey lane, DateTimeOffset from, DateTimeOffset to, int limit, bool newestFirst, CancellationToken cancellationToken)
        => Task.FromResult(disk.Lock(() =>
        {
            var records = disk.Lanes[lane].Records.Values.Where(record => record.Slot.Due >= from && record.Slot.Due < to);
            return (newestFirst ? records.Reverse() : records).Take(limit).ToImmutableArray();
        }));

    public Task<RangeSummary> SummaryAsync(LaneKey lane, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ImmutableArray<StateTransition>> TransitionsAsync(LaneKey lane, DateTimeOffset from, DateTimeOffset to, int limit, CancellationToken cancellationToken)
        => throw new NotSupportedException();

    public Task<StoreStatus> StatusAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync()
    {
        disk.Lock(() =>
        {
            if (!_isDisposed)
                disk.IsOpen = false;
            _isDisposed = true;
        });
        return ValueTask.CompletedTask;
    }

    private void Check()
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (disk.Fault is { } fault)
            throw new StoreException(fault, $"no: {fault}");
    }

    private WriteEffect Do(StoreWrite write)
    {
        switch (write)
        {
            case KeepResult result:
                return Keep(result);
            case KeepRecord record:
                return Keep(record);
            case KeepRange range:
                return Keep(range);
            case SetSchedule set:
                return Set(set);
            case EndSchedule end when disk.Lanes.GetValueOrDefault(end.Lane) is { Pieces.Count: > 0 } lane && (lane.InForce is not null || lane.Pieces[^1].From > end.At):
                lane.Follow(end.At, null);
                return new WriteEffect(EffectKind.Inserted);
            case EndSchedule:
                return new WriteEffect(EffectKind.Repeated);
            case SetGrant grant:
                disk.Lanes[grant.Lane].Grant = grant.Grant;
                return new WriteEffect(EffectKind.Inserted);
            case Beat beat:
                disk.LastBeat = beat.At;
                return new WriteEffect(EffectKind.Inserted);
            default:
                throw new NotSupportedException();
        }
    }

    private WriteEffect Keep(KeepResult write)
    {
        var result = write.Result;
        if (!disk.Lanes.TryGetValue(write.Lane, out var lane) || !lane.IsSlot(result.Slot))
            return new WriteEffect(EffectKind.NotDue);
        var record = new StoredRecord(result.Slot, result.Outcome, result.Cause, IsProvisional: false, IsLate: false, result.Message, result);
        if (lane.Records.TryGetValue(result.Slot, out var before))
        {
            if (!before.IsProvisional)
                return new WriteEffect(EffectKind.Repeated);
            lane.Records[result.Slot] = record with { IsLate = true };
            return new WriteEffect(EffectKind.Corrected, before.Outcome);
        }

        foreach (var range in lane.Ranges)
        {
            if (!range.Slots.Contains(result.Slot))
                continue;
            if (range.Cause == Cause.OutboxFull)
                return new WriteEffect(EffectKind.Repeated);
            _ = range.Slots.Remove(result.Slot);
            lane.Records[result.Slot] = record with { IsLate = true };
            return new WriteEffect(EffectKind.Corrected, range.Outcome);
        }

        lane.Records[result.Slot] = record;
        return new WriteEffect(EffectKind.Inserted);
    }

    private WriteEffect Keep(KeepRecord write)
    {
        if (!disk.Lanes.TryGetValue(write.Lane, out var lane) || !lane.IsSlot(write.Slot))
            return new WriteEffect(EffectKind.NotDue);
        if (lane.Records.ContainsKey(write.Slot) || lane.IsInRange(write.Slot))
            return new WriteEffect(EffectKind.Repeated);
        lane.Records[write.Slot] = new StoredRecord(write.Slot, write.Outcome, write.Cause, write.IsProvisional, IsLate: false, write.Message, Result: null);
        return new WriteEffect(EffectKind.Inserted);
    }

    private WriteEffect Keep(KeepRange write)
    {
        if (!disk.Lanes.TryGetValue(write.Lane, out var lane))
            return new WriteEffect(EffectKind.Inserted);
        SortedSet<Slot> slots = [];
        foreach (var slot in lane.Slots(write.From, write.To))
        {
            if (lane.IsInRange(slot))
                continue;
            if (lane.Records.TryGetValue(slot, out var record))
            {
                if (!write.ReplacesProvisional || !record.IsProvisional)
                    continue;
                _ = lane.Records.Remove(slot);
            }

            _ = slots.Add(slot);
        }

        if (slots.Count > 0)
            lane.Ranges.Add((write.Outcome, write.Cause, slots));
        return new WriteEffect(EffectKind.Inserted, Count: slots.Count);
    }

    private WriteEffect Set(SetSchedule write)
    {
        if (!disk.Lanes.TryGetValue(write.Lane, out var lane))
            disk.Lanes[write.Lane] = lane = new MemoryLane();
        if (lane.InForce is { } force && force with { From = write.Schedule.From } == write.Schedule)
            return new WriteEffect(EffectKind.Repeated);
        lane.Follow(write.Schedule.From, write.Schedule);
        return new WriteEffect(EffectKind.Inserted);
    }

    private static LedgerRow Row(LaneKey key, MemoryLane lane, DateTimeOffset now)
    {
        var upTo = now.AddMilliseconds(1);
        var open = lane.Pieces.Where(piece => piece.Schedule is not null).Select(piece => piece.Schedule!.Value.OpenFor).DefaultIfEmpty().Max();
        var records = lane.Records.Values.Where(record => record.Slot.Due <= now).ToList();
        long Count(Outcome outcome) => records.Count(record => record.Outcome == outcome)
            + lane.Ranges.Where(range => range.Outcome == outcome).Sum(range => range.Slots.Count(slot => slot.Due <= now));
        return new LedgerRow(
            key, lane.Pieces[0].From, lane.Slots(lane.Pieces[0].From, upTo).Count(),
            lane.Slots(now - open, upTo).Count(slot => !lane.Records.ContainsKey(slot) && !lane.IsInRange(slot)),
            Count(Outcome.Up), Count(Outcome.Degraded), Count(Outcome.Down), Count(Outcome.Unknown), Count(Outcome.Skipped), Count(Outcome.Lost), Count(Outcome.NotRunning));
    }
}
