using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ActorMonitor.Messages;
using ActorMonitor.Storage;

namespace ActorMonitor.ManagerNode.Commands;

/// <summary>The records of several lanes as one sequence, read from the store a page at a time.</summary>
internal static class LaneHistory
{
    private const int LargestPage = 1_000;

    /// <summary>Newest first; of one slot, by monitor.</summary>
    /// <param name="store">The store.</param>
    /// <param name="lanes">The lanes.</param>
    /// <param name="from">The first instant.</param>
    /// <param name="to">The instant after the last.</param>
    /// <param name="wanted">How many will be taken, so that no page is larger than need be.</param>
    /// <param name="onlyFailed">Whether records that are Up are left out.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async IAsyncEnumerable<(LaneKey Lane, StoredRecord Record)> NewestFirstAsync(
        IStore store, ImmutableArray<LaneKey> lanes, DateTimeOffset from, DateTimeOffset to, int wanted, bool onlyFailed, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var page = onlyFailed ? LargestPage : Math.Min(wanted, LargestPage);
        var next = new PriorityQueue<(LaneKey Lane, IAsyncEnumerator<StoredRecord> Records), (long, string)>(
            Comparer<(long Slot, string Monitor)>.Create((a, b) => a.Slot != b.Slot ? b.Slot.CompareTo(a.Slot) : string.CompareOrdinal(a.Monitor, b.Monitor)));
        var all = lanes.Select(lane => (lane, OfLaneAsync(store, lane, from, to, page, onlyFailed, cancellationToken).GetAsyncEnumerator(cancellationToken))).ToArray();
        try
        {
            foreach (var lane in all)
                await AdvanceAsync(lane);
            while (next.TryDequeue(out var lane, out _))
            {
                yield return (lane.Lane, lane.Records.Current);
                await AdvanceAsync(lane);
            }
        }
        finally
        {
            foreach (var (_, records) in all)
                await records.DisposeAsync();
        }

        async Task AdvanceAsync((LaneKey Lane, IAsyncEnumerator<StoredRecord> Records) lane)
        {
            if (await lane.Records.MoveNextAsync())
                next.Enqueue(lane, (lane.Records.Current.Slot.DueUnixMilliseconds, lane.Lane.Monitor));
        }
    }

    private static async IAsyncEnumerable<StoredRecord> OfLaneAsync(
        IStore store, LaneKey lane, DateTimeOffset from, DateTimeOffset to, int page, bool onlyFailed, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var before = to;
        while (before > from)
        {
            var records = await store.RecordsAsync(lane, from, before, page, newestFirst: true, cancellationToken);
            foreach (var record in records)
            {
                if (!onlyFailed || record.Outcome != Outcome.Up)
                    yield return record;
            }

            if (records.Length < page)
                yield break;
            before = records[^1].Slot.Due;
        }
    }
}
