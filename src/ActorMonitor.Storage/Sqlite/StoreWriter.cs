using ActorMonitor.Messages;
using ActorMonitor.Storage.Records;
using ActorMonitor.Storage.Schedules;

namespace ActorMonitor.Storage.Sqlite;

/// <summary>
/// Does the writes, within a transaction of the caller's. What it remembers holds only as long as every transaction is committed:
/// after one that was not, make a new one.
/// </summary>
internal sealed class StoreWriter
{
    private readonly Database _database;
    private readonly StoreSettings _settings;
    private readonly TimeProvider _time;
    private readonly Dictionary<LaneKey, WriterLane> _lanes = [];
    private readonly Dictionary<long, WriterLane> _lanesById = [];
    private readonly ByteWriter _shape = new();
    private readonly ByteWriter _body = new();
    private readonly ByteWriter _whole = new();
    private long[] _wholes = new long[16];
    private long? _beat;

    public StoreWriter(Database database, StoreSettings settings, TimeProvider time)
    {
        (_database, _settings, _time) = (database, settings, time);
        Rows = new RowSource(database);
        Chunks = new ChunkMemory(Rows);
        Ranges = new RangeWriter(this);
        Load();
    }

    public Database Database => _database;

    public RowSource Rows { get; }

    public ChunkMemory Chunks { get; }

    public IReadOnlyCollection<WriterLane> Lanes => _lanesById.Values;

    /// <summary>Rows in the hot table.</summary>
    public long OpenRecords { get; set; }

    /// <summary>Lanes that got a record of an hour before <see cref="LateBefore"/>.</summary>
    public HashSet<WriterLane> LateLanes { get; } = [];

    /// <summary>Hours before this one are sealed, or about to be.</summary>
    public long LateBefore { get; set; } = long.MinValue;

    /// <summary>Everything older has been removed because of the bound on the size, in milliseconds.</summary>
    public long TrimmedTo { get; set; }

    /// <summary>When the file was made, in microseconds.</summary>
    public long Created { get; private set; }

    /// <summary>The upkeep has removed raw records older than this, in milliseconds: whether a slot had one cannot be told any more.</summary>
    public long RemovedTo { get; set; } = long.MinValue;

    /// <summary>The newest beat, in microseconds.</summary>
    public long? LastBeat => _beat;

    private RangeWriter Ranges { get; }

    public WriterLane? Lane(long id) => _lanesById.GetValueOrDefault(id);

    public WriteEffect Do(StoreWrite write)
    {
        switch (write)
        {
            case KeepResult keep:
                return Keep(keep);
            case KeepRecord keep:
                return Keep(keep);
            case KeepRange keep:
                return Find(keep.Lane) is { } covered ? Ranges.Keep(covered, keep, RawFrom()) : new WriteEffect(EffectKind.Inserted);
            case SetSchedule set:
                return Effect(Change(LaneOf(set.Lane), set.Schedule.From, lane => ScheduleWriter.Set(_database, lane, set.Schedule)));
            case EndSchedule end:
                return Effect(Find(end.Lane) is { } ended && Change(ended, end.At, lane => ScheduleWriter.End(_database, lane, Instants.Microseconds(end.At))));
            case SetGrant set:
                _database.Prepare("UPDATE lane SET grant_revision = ?, grant_until = ? WHERE id = ?")
                    .With(set.Grant?.Revision)
                    .With(set.Grant is { } grant ? Instants.Microseconds(grant.ValidUntil) : null)
                    .With(LaneOf(set.Lane).Id)
                    .Run();
                return new WriteEffect(EffectKind.Inserted);
            case Beat beat:
                _beat = Math.Max(_beat ?? long.MinValue, Instants.Microseconds(beat.At));
                _database.Prepare("INSERT INTO meta (name, value) VALUES ('beat', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value").With(_beat).Run();
                return new WriteEffect(EffectKind.Inserted);
            default:
                throw new ArgumentException($"a write of the unknown kind {write.GetType().Name}", nameof(write));
        }
    }

    /// <summary>Writes a row of the hot table unless its slot has one.</summary>
    public bool Insert(WriterLane lane, long slot, Outcome outcome, Cause cause, byte flags, Outcome? replaces, ReadOnlySpan<byte> body)
    {
        _database.Prepare("INSERT OR IGNORE INTO hot (lane, slot, outcome, cause, flags, replaces, body) VALUES (?, ?, ?, ?, ?, ?, ?)")
            .With(lane.Id).With(slot).With((long)outcome).With((long)cause).With(flags).With(replaces is { } known ? (long)known : 0).With(body)
            .Run();
        if (_database.Changes == 0)
            return false;
        OpenRecords++;
        if (slot < LateBefore)
            LateLanes.Add(lane);
        return true;
    }

    /// <summary>The body of a record of the manager's own.</summary>
    public ReadOnlySpan<byte> Body(string message)
    {
        _shape.Clear();
        Shape.Write(message, _shape);
        _body.Clear();
        WriteInline();
        return _body.Written;
    }

    /// <summary>The first instant that raw records are kept from, in milliseconds.</summary>
    private long RawFrom()
    {
        // The slot clock; before the first beat of a new store, the wall clock is as near as one gets.
        var now = (_beat ?? Instants.Microseconds(_time.GetUtcNow())) / 1000;
        return Math.Max(RemovedTo, Horizon.RawFrom(now, _settings, TrimmedTo));
    }

    // A result may come a little before its slot is due, and a start writes a range up to the next slot. When the schedule changes in
    // between, what has its record stays a slot, and what is only in a range is none any more.
    private bool Change(WriterLane lane, DateTimeOffset at, Func<WriterLane, bool> change)
    {
        if (lane.Pieces.Count == 0)
            return change(lane);
        var from = Instants.MillisecondsUp(at);
        List<(long Slot, SchedulePiece Piece)> recorded = [];
        var hot = _database.Prepare("SELECT slot FROM hot WHERE lane = ? AND slot >= ?").With(lane.Id).With(from);
        while (hot.Step())
        {
            var slot = hot.Number(0);
            recorded.Add((slot, lane.Pieces.Find(piece => piece.IsDue(slot))));
        }

        if (!change(lane))
            return false;
        foreach (var (slot, piece) in recorded)
        {
            if (!lane.IsDue(slot))
                ScheduleWriter.Keep(_database, lane, slot, piece);
        }

        if (from <= lane.RunsTo)
            Ranges.Trim(lane, from);
        return true;
    }

    private WriteEffect Keep(KeepResult keep)
    {
        var slot = keep.Result.Slot.DueUnixMilliseconds;
        if (slot < RawFrom())
            return new WriteEffect(EffectKind.TooOld);
        if (Find(keep.Lane) is not { } lane || !lane.IsDue(slot))
            return new WriteEffect(EffectKind.NotDue);
        Outcome? replaced = null;
        Outcome? replacedInChunk = null;
        StoredRun? range = null;
        if (slot <= lane.RunsTo && Ranges.Find(lane, slot) is { } run)
        {
            if (!run.IsReplaceable)
                return new WriteEffect(EffectKind.Repeated);
            (range, replaced) = (run, run.Outcome);
        }
        else if (slot < lane.SealedTo && Chunks.Of(lane, Instants.HourOf(slot))?.Of(slot) is { } state)
        {
            if ((state.Flags & Row.Provisional) == 0)
                return new WriteEffect(EffectKind.Repeated);
            replaced = replacedInChunk = state.Outcome;
        }

        var result = keep.Result;
        var body = Body(lane, result, keep.Revision);
        var flags = replaced is null ? (byte)0 : Row.Late;
        if (Insert(lane, slot, result.Outcome, result.Cause, flags, replacedInChunk, body))
        {
            if (range is { } covered)
                Ranges.TakeOut(lane, covered, slot);
            return replaced is null ? new WriteEffect(EffectKind.Inserted) : new WriteEffect(EffectKind.Corrected, replaced);
        }

        var existing = _database.Prepare("SELECT outcome, flags FROM hot WHERE lane = ? AND slot = ?").With(lane.Id).With(slot);
        _ = existing.Step();
        var (before, itsFlags) = ((Outcome)existing.Number(0), existing.Number(1));
        existing.Reset();
        if ((itsFlags & Row.Provisional) == 0)
            return new WriteEffect(EffectKind.Repeated);
        _database.Prepare("UPDATE hot SET outcome = ?, cause = ?, flags = ?, body = ? WHERE lane = ? AND slot = ?")
            .With((long)result.Outcome).With((long)result.Cause).With(Row.Late).With(body).With(lane.Id).With(slot)
            .Run();
        if (slot < LateBefore)
            LateLanes.Add(lane);
        return new WriteEffect(EffectKind.Corrected, before);
    }

    private WriteEffect Keep(KeepRecord keep)
    {
        var slot = keep.Slot.DueUnixMilliseconds;
        if (slot < RawFrom())
            return new WriteEffect(EffectKind.TooOld);
        if (Find(keep.Lane) is not { } lane || !lane.IsDue(slot))
            return new WriteEffect(EffectKind.NotDue);
        var isTaken = (slot <= lane.RunsTo && Ranges.Find(lane, slot) is not null)
            || (slot < lane.SealedTo && Chunks.Of(lane, Instants.HourOf(slot))?.Of(slot) is not null);
        var flags = keep.IsProvisional ? Row.Provisional : (byte)0;
        return Effect(!isTaken && Insert(lane, slot, keep.Outcome, keep.Cause, flags, null, Body(keep.Message)));
    }

    private ReadOnlySpan<byte> Body(WriterLane lane, CheckResult result, long revision)
    {
        if (_wholes.Length < Shape.MostWholes(result))
            _wholes = new long[Shape.MostWholes(result)];
        _shape.Clear();
        Shape.Write(result, revision, _shape, _wholes, out var count);
        _body.Clear();
        var known = lane.Known(_shape.Written, out var isNew);
        if (isNew)
        {
            WriteInline();
        }
        else
        {
            Name(lane, known, Instants.HourOf(result.Slot.DueUnixMilliseconds));
            _body.Count(known.Number);
        }

        RowForm.WriteNumbers(_body, _wholes.AsSpan(0, count), result);
        return _body.Written;
    }

    private void WriteInline()
    {
        _body.Count(0);
        _body.Count(_shape.Length);
        _body.Bytes(_shape.Written);
    }

    // A shape stays in the database until the newest hour that names it is sealed.
    private void Name(WriterLane lane, WriterLane.KnownShape shape, long hour)
    {
        if (shape.Number == 0)
        {
            _database.Prepare("INSERT INTO shape (lane, hour, bytes) VALUES (?, ?, ?)").With(lane.Id).With(hour).With(shape.Bytes).Run();
            (shape.Number, shape.Hour) = (_database.LastRowId, hour);
        }
        else if (hour > shape.Hour)
        {
            _database.Prepare("UPDATE shape SET hour = ? WHERE id = ?").With(hour).With(shape.Number).Run();
            shape.Hour = hour;
        }
    }

    private static WriteEffect Effect(bool isNew) => new(isNew ? EffectKind.Inserted : EffectKind.Repeated);

    private WriterLane? Find(LaneKey key) => _lanes.GetValueOrDefault(key);

    private WriterLane LaneOf(LaneKey key)
    {
        if (Find(key) is { } lane)
            return lane;
        _database.Prepare("INSERT INTO lane (job, monitor) VALUES (?, ?)").With(key.Job.Name).With(key.Monitor).Run();
        return Add(key, _database.LastRowId);
    }

    private WriterLane Add(LaneKey key, long id)
    {
        var lane = new WriterLane(id);
        _lanes.Add(key, lane);
        _lanesById.Add(id, lane);
        return lane;
    }

    private void Load()
    {
        TrimmedTo = _database.Number("SELECT value FROM meta WHERE name = 'trimmed_to'") ?? long.MinValue;
        Created = _database.Number("SELECT value FROM meta WHERE name = 'created'") ?? 0;
        _beat = _database.Number("SELECT value FROM meta WHERE name = 'beat'");
        OpenRecords = _database.Number("SELECT count(*) FROM hot") ?? 0;
        var lanes = _database.Prepare("SELECT id, job, monitor FROM lane");
        while (lanes.Step())
            Add(new LaneKey(new JobId(lanes.Text(1)), lanes.Text(2)), lanes.Number(0));
        foreach (var lane in _lanesById.Values)
        {
            lane.Pieces.AddRange(ScheduleWriter.Read(_database, lane.Id));
            var newest = _database.Prepare("SELECT max(hour) FROM chunk WHERE lane = ?").With(lane.Id);
            if (newest.Step() && newest.NumberOrNull(0) is { } hour)
                lane.SealedTo = (hour + 1) * Instants.Hour;
            var last = _database.Prepare("SELECT max(last) FROM run WHERE lane = ?").With(lane.Id);
            if (last.Step() && last.NumberOrNull(0) is { } slot)
                lane.RunsTo = slot;
        }
    }
}
