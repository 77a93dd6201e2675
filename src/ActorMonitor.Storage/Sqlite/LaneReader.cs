using System.Collections.Immutable;
using ActorMonitor.Messages;
using ActorMonitor.Storage.Records;
using ActorMonitor.Storage.Schedules;

namespace ActorMonitor.Storage.Sqlite;

/// <summary>Reads lanes and their records over one connection, within a snapshot of the caller's.</summary>
internal sealed class LaneReader(RowSource rows)
{
    private readonly Database _database = rows.Database;

    public RowSource Rows => rows;

    /// <summary>A lane's number; null when there is no such lane.</summary>
    public long? Find(LaneKey key)
    {
        var lane = _database.Prepare("SELECT id FROM lane WHERE job = ? AND monitor = ?").With(key.Job.Name).With(key.Monitor);
        var id = lane.Step() ? lane.Number(0) : (long?)null;
        lane.Reset();
        return id;
    }

    public List<(long Id, LaneKey Key)> Lanes(JobId? job)
    {
        var lanes = job is { } one
            ? _database.Prepare("SELECT id, job, monitor FROM lane WHERE job = ? ORDER BY monitor").With(one.Name)
            : _database.Prepare("SELECT id, job, monitor FROM lane ORDER BY job, monitor");
        var found = new List<(long, LaneKey)>();
        while (lanes.Step())
            found.Add((lanes.Number(0), new LaneKey(new JobId(lanes.Text(1)), lanes.Text(2))));
        return found;
    }

    public ImmutableArray<LaneState> States(CancellationToken cancellationToken)
    {
        var states = ImmutableArray.CreateBuilder<LaneState>();
        foreach (var (id, key) in Lanes(null))
        {
            cancellationToken.ThrowIfCancellationRequested();
            LaneSchedule? schedule = null;
            foreach (var piece in ScheduleWriter.Read(_database, id))
                schedule = piece.ToMicroseconds is null ? piece.Schedule : schedule;
            var grants = _database.Prepare("SELECT grant_revision, grant_until FROM lane WHERE id = ?").With(id);
            var grant = grants.Step() && !grants.IsNull(0) ? new LaneGrant(grants.Number(0), Instants.Of(grants.Number(1))) : (LaneGrant?)null;
            grants.Reset();
            states.Add(new LaneState(key, schedule, Newest(id)?.Record(key.Job), grant));
        }

        return states.ToImmutable();
    }

    /// <summary>A lane's newest record; null when it has none.</summary>
    public Row? Newest(long lane)
    {
        foreach (var row in Records(lane, long.MinValue, long.MaxValue, newestFirst: true))
            return row;
        return null;
    }

    /// <summary>The newest slot of these lanes that has a record or is in a range; null when none has.</summary>
    public Slot? NewestSlot(IEnumerable<WriterLane> lanes)
    {
        long? newest = null;
        foreach (var lane in lanes)
        {
            newest = Math.Max(newest ?? long.MinValue, lane.RunsTo);
            if (Newest(lane.Id) is { } row)
                newest = Math.Max(newest.Value, row.Slot);
        }

        return newest is { } slot and not long.MinValue ? new Slot(slot) : null;
    }

    /// <summary>The oldest slot with a record of its own, as near as the first of the oldest chunks tells; null when there is none.</summary>
    public long? OldestSlot()
    {
        var oldest = _database.Number("SELECT min(id) FROM chunk") is { } chunk ? rows.Index(Keys.LaneOf(chunk), Keys.HourOf(chunk))?.Slots[0] : null;
        foreach (var (id, _) in Lanes(null))
        {
            var first = _database.Prepare("SELECT min(slot) FROM hot WHERE lane = ?").With(id);
            if (first.Step() && first.NumberOrNull(0) is { } slot)
                oldest = Math.Min(oldest ?? long.MaxValue, slot);
            first.Reset();
        }

        return oldest;
    }

    /// <summary>Records removed before their time.</summary>
    public long Trimmed() => _database.Number("SELECT value FROM meta WHERE name = 'trimmed'") ?? 0;

    /// <summary>Records in [from, to) in the order of their slots; a late one of a sealed hour stands for what is in the chunk.</summary>
    public IEnumerable<Row> Records(long lane, long from, long to, bool newestFirst)
    {
        var unsealed = HotHours(lane, from, to);
        var chunks = Hours(lane, Instants.HourOf(from), Instants.HourOf(to - 1)).ConvertAll(hour => hour.Hour).ToHashSet();
        var hours = chunks.Union(unsealed).Order();
        foreach (var hour in newestFirst ? hours.Reverse() : hours)
        {
            var (first, end) = (Math.Max(from, hour * Instants.Hour), Math.Min(to, (hour + 1) * Instants.Hour));
            var inOrder = chunks.Contains(hour)
                ? Whole(lane, hour, first, end, newestFirst)
                : rows.Hot(lane, first, end, newestFirst);
            foreach (var row in inOrder)
                yield return row;
        }
    }

    /// <summary>The hours of a lane that have a chunk, with the counts in it.</summary>
    public List<SealedHour> Hours(long lane, long fromHour, long toHour, bool newestFirst = false)
    {
        var hours = new List<SealedHour>();
        var chunks = _database.Prepare(newestFirst
                ? "SELECT hour, up, degraded, down FROM chunk WHERE lane = ? AND hour >= ? AND hour <= ? ORDER BY hour DESC"
                : "SELECT hour, up, degraded, down FROM chunk WHERE lane = ? AND hour >= ? AND hour <= ? ORDER BY hour")
            .With(lane).With(fromHour).With(toHour);
        while (chunks.Step())
            hours.Add(new SealedHour(chunks.Number(0), chunks.Number(1), chunks.Number(2), chunks.Number(3)));
        return hours;
    }

    /// <summary>The hours of [from, to) in which a lane has rows that are not sealed.</summary>
    public SortedSet<long> HotHours(long lane, long from, long to)
    {
        var hours = new SortedSet<long>();
        while (from < to)
        {
            var next = _database.Prepare("SELECT min(slot) FROM hot WHERE lane = ? AND slot >= ? AND slot < ?").With(lane).With(from).With(to);
            var slot = next.Step() ? next.NumberOrNull(0) : null;
            next.Reset();
            if (slot is null)
                break;
            hours.Add(Instants.HourOf(slot.Value));
            from = (Instants.HourOf(slot.Value) + 1) * Instants.Hour;
        }

        return hours;
    }

    /// <summary>Ranges that have slots in [from, to).</summary>
    public List<StoredRun> Runs(long lane, long from, long to)
    {
        var found = new List<StoredRun>();
        var runs = _database.Prepare("SELECT first, last, step, outcome, cause FROM run WHERE lane = ? AND first < ? AND last >= ?").With(lane).With(to).With(from);
        while (runs.Step())
        {
            var run = StoredRun.Read(runs);
            if (run.Slots.Within(from, to) is { } slots)
                found.Add(run with { Slots = slots });
        }

        return found;
    }

    private IEnumerable<Row> Whole(long lane, long hour, long from, long to, bool newestFirst)
    {
        var fresh = rows.Hot(lane, from, to).ToList();
        var whole = Row.Merged(rows.Chunk(lane, hour) ?? [], fresh);
        if (newestFirst)
            whole.Reverse();
        return whole.Where(row => row.Slot >= from && row.Slot < to);
    }
}

/// <summary>An hour that has a chunk, and how many of its records say something of the target.</summary>
internal readonly record struct SealedHour(long Hour, long Up, long Degraded, long Down);
