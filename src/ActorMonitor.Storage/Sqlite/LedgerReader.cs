using System.Collections.Immutable;
using ActorMonitor.Messages;
using ActorMonitor.Storage.Latency;
using ActorMonitor.Storage.Schedules;

namespace ActorMonitor.Storage.Sqlite;

/// <summary>Makes up the books: what was due by the schedules, and beside it what is there.</summary>
internal sealed class LedgerReader(LaneReader lanes, StoreSettings settings)
{
    // A record that is decided in time may still be on its way into the store.
    private const long WriteAllowance = 2000;
    private readonly Database _database = lanes.Rows.Database;

    public ImmutableArray<LedgerRow> Read(JobId? job, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var until = now.ToUnixTimeMilliseconds() + 1; // a slot is due at its instant
        var rawFrom = Horizon.RawFrom(until - 1, settings, _database.Number("SELECT value FROM meta WHERE name = 'trimmed_to'") ?? long.MinValue);
        var books = ImmutableArray.CreateBuilder<LedgerRow>();
        foreach (var (id, key) in lanes.Lanes(job))
        {
            cancellationToken.ThrowIfCancellationRequested();
            SchedulePiece[] pieces = [.. ScheduleWriter.Read(_database, id)];
            var first = pieces.Length == 0 ? rawFrom : Math.Max(rawFrom, pieces[0].From);
            var due = ScheduleMath.Due(pieces, first, until);
            var sum = Sum(id, first, until);
            if (due == 0 && sum.Total == 0 && !Array.Exists(pieces, piece => piece.ToMicroseconds is null))
                continue;
            var from = pieces.Length > 0 && pieces[0].From >= rawFrom ? pieces[0].Schedule.From : Instants.OfMilliseconds(rawFrom);
            books.Add(new LedgerRow(
                key,
                from,
                due,
                Open(id, pieces, first, until),
                sum[Outcome.Up],
                sum[Outcome.Degraded],
                sum[Outcome.Down],
                sum[Outcome.Unknown],
                sum[Outcome.Skipped],
                sum[Outcome.Lost],
                sum[Outcome.NotRunning]));
        }

        return books.ToImmutable();
    }

    // The records alone: rows of the last hours, the counts that stand in chunks, and ranges.
    private Tally Sum(long lane, long from, long until)
    {
        var sum = new Tally();
        SumHot(sum, lane, from, until);
        SumChunks(sum, lane, from, until);
        foreach (var run in lanes.Runs(lane, from, until))
            sum.Add(run.Outcome, run.Slots.Count);
        return sum;
    }

    private void SumHot(Tally sum, long lane, long from, long until)
    {
        var hot = _database.Prepare("""
            SELECT count(*) FILTER (WHERE outcome = 1), count(*) FILTER (WHERE outcome = 2), count(*) FILTER (WHERE outcome = 3),
                count(*) FILTER (WHERE outcome = 4), count(*) FILTER (WHERE outcome = 5), count(*) FILTER (WHERE outcome = 6),
                count(*) FILTER (WHERE replaces > 0)
            FROM hot WHERE lane = ? AND slot >= ? AND slot < ?
            """).With(lane).With(from).With(until);
        _ = hot.Step();
        for (var outcome = Outcome.Up; outcome <= Outcome.Lost; outcome++)
            sum.Add(outcome, hot.Number((int)outcome - 1));
        var replaces = hot.Number(6);
        hot.Reset();
        if (replaces == 0)
            return;

        // These stand for a record that a chunk still counts.
        var replaced = _database.Prepare("SELECT replaces, count(*) FROM hot WHERE lane = ? AND slot >= ? AND slot < ? AND replaces > 0 GROUP BY replaces")
            .With(lane).With(from).With(until);
        while (replaced.Step())
            sum.Add((Outcome)replaced.Number(0), -replaced.Number(1));
    }

    private void SumChunks(Tally sum, long lane, long from, long until)
    {
        var (first, end) = (Instants.HourOf(from + Instants.Hour - 1), Instants.HourOf(until));
        // Of an hour that the books begin or end in, only some slots count.
        if (first * Instants.Hour > from)
            SumPart(sum, lane, first - 1, from, until);
        if (end >= first && end * Instants.Hour < until)
            SumPart(sum, lane, end, from, until);

        var chunks = _database.Prepare("""
            SELECT sum(up), sum(degraded), sum(down), sum(unknown), sum(skipped), sum(lost) FROM chunk WHERE lane = ? AND hour >= ? AND hour < ?
            """).With(lane).With(first).With(end);
        _ = chunks.Step();
        for (var outcome = Outcome.Up; outcome <= Outcome.Lost; outcome++)
            sum.Add(outcome, chunks.NumberOrNull((int)outcome - 1) ?? 0);
        chunks.Reset();
    }

    private void SumPart(Tally sum, long lane, long hour, long from, long until)
    {
        if (lanes.Rows.Index(lane, hour) is not { } index)
            return;
        for (var i = 0; i < index.Slots.Length; i++)
        {
            if (index.Slots[i] >= from && index.Slots[i] < until)
                sum.Add(index.State(i).Outcome, 1);
        }
    }

    // Slots due so lately that nothing need be there yet.
    private long Open(long lane, SchedulePiece[] pieces, long from, long until)
    {
        var open = 0L;
        foreach (var piece in pieces)
        {
            var since = Math.Max(from, until - (piece.OpenForMicroseconds / 1000) - WriteAllowance);
            if (piece.Slots(since, until) is not { } slots)
                continue;
            var recorded = new List<long>();
            var hot = _database.Prepare("SELECT slot FROM hot WHERE lane = ? AND slot >= ? AND slot < ?").With(lane).With(since).With(until);
            while (hot.Step())
                recorded.Add(hot.Number(0));
            foreach (var hour in lanes.Hours(lane, Instants.HourOf(since), Instants.HourOf(until)))
                recorded.AddRange(lanes.Rows.Index(lane, hour.Hour)?.Slots ?? []);
            open += slots.Without(recorded, lanes.Runs(lane, since, until).Select(run => run.Slots)).Sum(run => run.Count);
        }

        return open;
    }
}
