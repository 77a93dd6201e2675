using System.Collections.Immutable;
using ActorMonitor.ManagerNode.Results;
using ActorMonitor.Messages;
using ActorMonitor.Storage;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Tests.Commands;

/// <summary>A store whose content the test writes down, for those who read; a failure in place of every answer when one is set.</summary>
internal sealed class KnownStore : IStore
{
    public StoreException? Failure { get; set; }

    /// <summary>Set: no read answers before it has.</summary>
    public Task Ready { get; set; } = Task.CompletedTask;

    public List<LedgerRow> Ledger { get; } = [];

    public List<LaneKey> Lanes { get; } = [];

    public Dictionary<LaneKey, StoredRecord[]> Records { get; } = [];

    public Dictionary<LaneKey, StateTransition[]> Transitions { get; } = [];

    public Dictionary<LaneKey, RangeSummary> Summaries { get; } = [];

    /// <summary>Each read of records: its limit.</summary>
    public List<int> Pages { get; } = [];

    /// <summary>The range that was asked for last.</summary>
    public (DateTimeOffset From, DateTimeOffset To) Range { get; private set; }

    public StoreOpening Opening { get; } = new(IsNew: true, null, null, null, null, null);

    public Task<ImmutableArray<LaneState>> LanesAsync(CancellationToken cancellationToken)
        => AnswerAsync(() => Lanes.Select(key => new LaneState(key, null, null, null)).ToImmutableArray());

    public Task<ImmutableArray<LedgerRow>> LedgerAsync(JobId? job, DateTimeOffset now, CancellationToken cancellationToken)
    {
        Range = (default, now);
        return AnswerAsync(() => Ledger.Where(row => job is null || row.Lane.Job == job).ToImmutableArray());
    }

    public Task<ImmutableArray<StoredRecord>> RecordsAsync(LaneKey lane, DateTimeOffset from, DateTimeOffset to, int limit, bool newestFirst, CancellationToken cancellationToken)
    {
        Pages.Add(limit);
        Range = (from, to);
        return AnswerAsync(() =>
        {
            var records = Records.GetValueOrDefault(lane, []).Where(record => record.Slot.Due >= from && record.Slot.Due < to);
            return (newestFirst ? records.OrderByDescending(record => record.Slot) : records.OrderBy(record => record.Slot)).Take(limit).ToImmutableArray();
        });
    }

    public Task<RangeSummary> SummaryAsync(LaneKey lane, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        Range = (from, to);
        return AnswerAsync(() => Summaries[lane]);
    }

    public Task<ImmutableArray<StateTransition>> TransitionsAsync(LaneKey lane, DateTimeOffset from, DateTimeOffset to, int limit, CancellationToken cancellationToken)
        => AnswerAsync(() => Transitions.GetValueOrDefault(lane, []).Take(limit).ToImmutableArray());

    public Task<StoreStatus> StatusAsync(CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<ImmutableArray<WriteEffect>> WriteAsync(ImmutableArray<StoreWrite> writes, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<bool> MaintainAsync(DateTimeOffset now, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private async Task<T> AnswerAsync<T>(Func<T> answer)
    {
        await Ready;
        return Failure is { } failure ? throw failure : answer();
    }
}

/// <summary>Answers as a manager's supervisor does to who wants to read the store.</summary>
internal sealed class StoreKeeper : ReceiveActor
{
    public StoreKeeper(IStore? store, string? failure, DateTimeOffset now)
        => Receive<GetStore>(_ => Sender.Tell(new CurrentStore(store, failure, now)));
}
