using ActorMonitor.Messages;
using ActorMonitor.Storage.Records;
using ActorMonitor.Storage.Schedules;

namespace ActorMonitor.Storage.Sqlite;

/// <summary>
/// Keeps ranges as runs of just those slots that are in them: what has a record is never inside one, and a slot that gets a
/// record splits its run. So a run's own numbers say how many slots it counts, in whole and in any part.
/// </summary>
internal sealed class RangeWriter(StoreWriter writer)
{
    private readonly Database _database = writer.Database;

    /// <summary>The run that a slot is in.</summary>
    public StoredRun? Find(WriterLane lane, long slot)
    {
        var runs = _database.Prepare("SELECT first, last, step, outcome, cause FROM run WHERE lane = ? AND first <= ? AND last >= ? ORDER BY first DESC")
            .With(lane.Id).With(slot).With(slot);
        while (runs.Step())
        {
            var run = StoredRun.Read(runs);
            if (!run.Slots.Contains(slot))
                continue;
            runs.Reset();
            return run;
        }

        return null;
    }

    /// <summary>A slot has a record now.</summary>
    public void TakeOut(WriterLane lane, StoredRun run, long slot)
    {
        var (before, after) = run.Slots.Without(slot);
        if (before is { } left)
            _database.Prepare("UPDATE run SET last = ? WHERE lane = ? AND first = ?").With(left.Last).With(lane.Id).With(run.Slots.First).Run();
        else
            _database.Prepare("DELETE FROM run WHERE lane = ? AND first = ?").With(lane.Id).With(run.Slots.First).Run();
        if (after is { } right)
            Insert(lane, run with { Slots = right });
    }

    /// <summary>Takes out the slots from an instant on that are none of the lane's any more.</summary>
    public void Trim(WriterLane lane, long from)
    {
        foreach (var run in Overlapping(lane, from, long.MaxValue).ToList())
        {
            var later = run.Slots.Within(from, long.MaxValue)?.Slots().ToList() ?? [];
            var stay = later.Where(lane.IsDue).ToList();
            if (stay.Count == later.Count)
                continue;
            _database.Prepare("DELETE FROM run WHERE lane = ? AND first = ?").With(lane.Id).With(run.Slots.First).Run();
            if (run.Slots.Within(long.MinValue, from) is { } before)
                Insert(lane, run with { Slots = before });
            foreach (var slot in stay)
                Insert(lane, run with { Slots = new SlotRun(slot, 1, 1) });
        }
    }

    /// <summary>Puts every slot of a range that has nothing yet into it.</summary>
    /// <param name="lane">The lane.</param>
    /// <param name="keep">The range.</param>
    /// <param name="rawFrom">What is older cannot be told apart any more, and is left out.</param>
    public WriteEffect Keep(WriterLane lane, KeepRange keep, long rawFrom)
    {
        var from = Math.Max(rawFrom, Instants.MillisecondsUp(keep.From));
        var to = Instants.MillisecondsUp(keep.To);
        if (to <= from)
            return new WriteEffect(EffectKind.Inserted);
        var count = keep.ReplacesProvisional ? Settle(lane, from, to, keep) : 0;
        var recorded = Recorded(lane, from, to);
        var runs = new List<SlotRun>();
        foreach (var run in Overlapping(lane, from, to))
            runs.Add(run.Slots);
        foreach (var piece in lane.Pieces)
        {
            if (piece.Slots(from, to) is not { } slots)
                continue;
            foreach (var free in slots.Without(recorded, runs))
            {
                Append(lane, new StoredRun(free, keep.Outcome, keep.Cause));
                count += free.Count;
            }
        }

        return new WriteEffect(EffectKind.Inserted, null, count);
    }

    private IEnumerable<StoredRun> Overlapping(WriterLane lane, long from, long to)
    {
        var runs = _database.Prepare("SELECT first, last, step, outcome, cause FROM run WHERE lane = ? AND first < ? AND last >= ?").With(lane.Id).With(to).With(from);
        while (runs.Step())
            yield return StoredRun.Read(runs);
    }

    private List<long> Recorded(WriterLane lane, long from, long to)
    {
        var slots = new List<long>();
        var hot = _database.Prepare("SELECT slot FROM hot WHERE lane = ? AND slot >= ? AND slot < ?").With(lane.Id).With(from).With(to);
        while (hot.Step())
            slots.Add(hot.Number(0));
        foreach (var hour in SealedHours(lane, from, to))
        {
            if (writer.Chunks.Of(lane, hour) is { } chunk)
                slots.AddRange(chunk.Slots.Where(slot => slot >= from && slot < to));
        }

        return slots;
    }

    private List<long> SealedHours(WriterLane lane, long from, long to)
    {
        var hours = new List<long>();
        if (from >= lane.SealedTo)
            return hours;
        var chunks = _database.Prepare("SELECT hour FROM chunk WHERE lane = ? AND hour >= ? AND hour <= ?")
            .With(lane.Id).With(Instants.HourOf(from)).With(Instants.HourOf(to - 1));
        while (chunks.Step())
            hours.Add(chunks.Number(0));
        return hours;
    }

    // Provisional records become final ones of the range's outcome.
    private long Settle(WriterLane lane, long from, long to, KeepRange keep)
    {
        _database.Prepare("UPDATE hot SET outcome = ?, cause = ?, flags = flags & ~1 WHERE lane = ? AND slot >= ? AND slot < ? AND flags & 1")
            .With((long)keep.Outcome).With((long)keep.Cause).With(lane.Id).With(from).With(to)
            .Run();
        long count = _database.Changes;
        foreach (var hour in SealedHours(lane, from, to))
        {
            if (writer.Chunks.Of(lane, hour) is not { HasProvisional: true })
                continue;
            foreach (var row in writer.Rows.Chunk(lane.Id, hour) ?? [])
            {
                if (row.Slot < from || row.Slot >= to || (row.Flags & Row.Provisional) == 0)
                    continue;
                // One that has been replaced already has a row, which stays.
                if (writer.Insert(lane, row.Slot, keep.Outcome, keep.Cause, (byte)(row.Flags & ~Row.Provisional), row.Outcome, writer.Body(row.Record(default).Message)))
                    count++;
            }
        }

        return count;
    }

    // Ranges often follow each other: what goes on with the same step for the same cause is one run.
    private void Append(WriterLane lane, StoredRun run)
    {
        var (first, last, step) = (run.Slots.First, run.Slots.Last, run.Slots.Step);
        lane.RunsTo = Math.Max(lane.RunsTo, last);
        var before = _database.Prepare("SELECT first, last, step, outcome, cause FROM run WHERE lane = ? AND first < ? ORDER BY first DESC LIMIT 1").With(lane.Id).With(first);
        if (before.Step())
        {
            var previous = StoredRun.Read(before);
            before.Reset();
            if (previous.Outcome == run.Outcome && previous.Cause == run.Cause && previous.Slots.Last + step == first
                && (previous.Slots.Count == 1 || previous.Slots.Step == step))
            {
                _database.Prepare("UPDATE run SET last = ?, step = ? WHERE lane = ? AND first = ?").With(last).With(step).With(lane.Id).With(previous.Slots.First).Run();
                return;
            }
        }

        Insert(lane, run);
    }

    private void Insert(WriterLane lane, StoredRun run)
        => _database.Prepare("INSERT INTO run (lane, first, last, step, outcome, cause) VALUES (?, ?, ?, ?, ?, ?)")
            .With(lane.Id).With(run.Slots.First).With(run.Slots.Last).With(run.Slots.Step).With((long)run.Outcome).With((long)run.Cause)
            .Run();
}

/// <summary>A run of slots with what became of all of them.</summary>
internal readonly record struct StoredRun(SlotRun Slots, Outcome Outcome, Cause Cause)
{
    /// <summary>Whether a result still takes its slot out: nobody has looked, so nobody has given it up.</summary>
    public bool IsReplaceable => Outcome == Outcome.NotRunning || Cause is Cause.Clock or Cause.StoreLost;

    /// <summary>Reads first, last, step, outcome, cause.</summary>
    public static StoredRun Read(Statement statement)
    {
        var (first, last, step) = (statement.Number(0), statement.Number(1), statement.Number(2));
        if (step < 1 || last < first)
            throw new FormatException("a range that is none");
        return new StoredRun(new SlotRun(first, step, ((last - first) / step) + 1), (Outcome)statement.Number(3), (Cause)statement.Number(4));
    }
}
