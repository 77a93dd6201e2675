using ActorMonitor.Messages;
using ActorMonitor.Storage.Latency;
using ActorMonitor.Storage.Records;
using ActorMonitor.Storage.Schedules;

namespace ActorMonitor.Storage.Sqlite;

/// <summary>
/// Turns hours that are over into chunks and rollups, and late records into those that are there. A lane's oldest hour comes
/// first, so that nothing older than a sealed hour can name a shape.
/// </summary>
internal sealed class Sealer(StoreWriter writer)
{
    // How many lanes are looked at in a step that finds nothing to seal.
    private const int LooksInStep = 64;

    private readonly Database _database = writer.Database;
    private readonly Queue<WriterLane> _queue = new();
    private readonly HashSet<WriterLane> _queued = [];
    private readonly ByteWriter _bytes = new();
    private long _before = long.MinValue;

    /// <summary>Hours before this one are to be sealed.</summary>
    public void Aim(long hour)
    {
        if (hour > _before)
        {
            _before = hour;
            writer.LateBefore = hour * Instants.Hour;
            foreach (var lane in writer.Lanes)
                Enqueue(lane);
        }

        foreach (var lane in writer.LateLanes)
            Enqueue(lane);
        writer.LateLanes.Clear();
    }

    /// <summary>Seals one hour of one lane; false when there is none to be sealed.</summary>
    public bool Step()
    {
        for (var looks = 0; looks < LooksInStep && _queue.TryDequeue(out var lane); looks++)
        {
            _queued.Remove(lane);
            var oldest = _database.Prepare("SELECT min(slot) FROM hot WHERE lane = ?").With(lane.Id);
            var slot = oldest.Step() ? oldest.NumberOrNull(0) : null;
            oldest.Reset();
            if (slot is null || Instants.HourOf(slot.Value) >= _before)
                continue;
            Seal(lane, Instants.HourOf(slot.Value));
            Enqueue(lane);
            return true;
        }

        return _queue.Count > 0;
    }

    private void Enqueue(WriterLane lane)
    {
        if (_queued.Add(lane))
            _queue.Enqueue(lane);
    }

    private void Seal(WriterLane lane, long hour)
    {
        var (from, to) = (hour * Instants.Hour, (hour + 1) * Instants.Hour);
        var fresh = writer.Rows.Hot(lane.Id, from, to).ToList();
        var rows = writer.Rows.Chunk(lane.Id, hour) is { } existing ? Row.Merged(existing, fresh) : fresh;
        var tally = Rollups.OfHour(rows);
        var hold = Rollups.HoldOf(Interval(lane, from, to) ?? Instants.Hour / rows.Count);

        _bytes.Clear();
        Chunk.Write(_bytes, rows);
        _database.Prepare("""
            INSERT OR REPLACE INTO chunk (id, hold, lane, hour, up, degraded, down, unknown, skipped, lost, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
            .With(Keys.Of(hour, lane.Id)).With((long)hold).With(lane.Id).With(hour)
            .With(tally[Outcome.Up]).With(tally[Outcome.Degraded]).With(tally[Outcome.Down])
            .With(tally[Outcome.Unknown]).With(tally[Outcome.Skipped]).With(tally[Outcome.Lost])
            .With(_bytes.Written)
            .Run();
        if (hold <= RawHold.Raw)
            WriteFives(lane, hour, rows);
        if (hold <= RawHold.FiveMinutes)
            WriteHourly(lane, hour, tally);

        _database.Prepare("DELETE FROM hot WHERE lane = ? AND slot >= ? AND slot < ?").With(lane.Id).With(from).With(to).Run();
        writer.OpenRecords -= fresh.Count;
        _database.Prepare("DELETE FROM shape WHERE lane = ? AND hour <= ?").With(lane.Id).With(hour).Run();
        lane.Forget(hour);
        lane.SealedTo = Math.Max(lane.SealedTo, to);
        writer.Chunks.Forget(lane, hour);
    }

    private void WriteFives(WriterLane lane, long hour, List<Row> rows)
    {
        _bytes.Clear();
        Rollups.WriteFives(_bytes, hour, rows);
        _database.Prepare("INSERT OR REPLACE INTO five (id, body) VALUES (?, ?)").With(Keys.Of(hour, lane.Id)).With(_bytes.Written).Run();
    }

    private void WriteHourly(WriterLane lane, long hour, Tally tally)
    {
        _bytes.Clear();
        tally.Latency.Write(_bytes);
        _database.Prepare("""
            INSERT OR REPLACE INTO hourly (lane, hour, up, degraded, down, unknown, skipped, lost, latency) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
            .With(lane.Id).With(hour)
            .With(tally[Outcome.Up]).With(tally[Outcome.Degraded]).With(tally[Outcome.Down])
            .With(tally[Outcome.Unknown]).With(tally[Outcome.Skipped]).With(tally[Outcome.Lost])
            .With(_bytes.Written)
            .Run();
    }

    // The fastest schedule of the hour; null when the lane had none.
    private static long? Interval(WriterLane lane, long from, long to)
    {
        long? least = null;
        foreach (var piece in lane.Pieces)
        {
            if (piece.From < to && piece.To > from && (least is null || piece.Interval < least))
                least = piece.Interval;
        }

        return least;
    }
}
