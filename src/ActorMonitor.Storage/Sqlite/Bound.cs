using ActorMonitor.Storage.Schedules;

namespace ActorMonitor.Storage.Sqlite;

/// <summary>
/// Holds the file to its bound: the oldest hour of raw records goes first, then the oldest rollups; what goes before its time is
/// counted. Pages that come free are used again; when there are too many of them they are given back.
/// </summary>
internal sealed class Bound(StoreWriter writer, long maxBytes)
{
    private const int RowsInStep = 32;
    private const int PagesInStep = 128;
    private const long LogAllowance = 64L << 20;

    private readonly Database _database = writer.Database;
    private readonly long _pageBytes = writer.Database.Number("PRAGMA page_size") ?? 4096;

    // Room for the log and for what is written until the next step.
    private readonly long _most = maxBytes - Math.Min(LogAllowance, maxBytes / 8);

    /// <summary>Removes a few things when it is too big; false when it is not, or nothing may go.</summary>
    public bool Step(long now)
    {
        var pages = _database.Number("PRAGMA page_count") ?? 0;
        var free = _database.Number("PRAGMA freelist_count") ?? 0;
        if ((pages - free) * _pageBytes > _most && Trim(now))
            return true;
        var isEnough = pages * _pageBytes > _most ? free > 0 : free >= PagesInStep && free * 2 >= pages;
        if (!isEnough)
            return false;
        _database.Execute($"PRAGMA incremental_vacuum({PagesInStep})");
        return true;
    }

    private bool Trim(long now)
    {
        if (_database.Number("SELECT min(id) FROM chunk") is { } chunk)
        {
            TrimChunks(Keys.HourOf(chunk));
            return true;
        }

        return TrimHot(now)
            || Delete("DELETE FROM five WHERE id IN (SELECT id FROM five ORDER BY id LIMIT ?)", RowsInStep)
            || (_database.Number("SELECT min(hour) FROM hourly") is { } hour && Delete("DELETE FROM hourly WHERE hour <= ?", hour));
    }

    private void TrimChunks(long hour)
    {
        var gone = new List<long>();
        var records = 0L;
        var chunks = _database.Prepare("SELECT id, up + degraded + down + unknown + skipped + lost FROM chunk WHERE id < ? ORDER BY id LIMIT ?")
            .With(Keys.From(hour + 1)).With(RowsInStep);
        while (chunks.Step())
        {
            gone.Add(chunks.Number(0));
            records += chunks.Number(1);
        }

        foreach (var id in gone)
            _database.Prepare("DELETE FROM chunk WHERE id = ?").With(id).Run();
        writer.Chunks.Clear();
        Note(hour, records);
    }

    // Nothing is sealed: a bound too small for a few hours. The hour that runs stays.
    private bool TrimHot(long now)
    {
        var (oldest, oldestLane) = (long.MaxValue, 0L);
        foreach (var lane in writer.Lanes)
        {
            var first = _database.Prepare("SELECT min(slot) FROM hot WHERE lane = ?").With(lane.Id);
            if (first.Step() && first.NumberOrNull(0) is { } slot && slot < oldest)
                (oldest, oldestLane) = (slot, lane.Id);
            first.Reset();
        }

        var hour = Instants.HourOf(oldest);
        if (oldest == long.MaxValue || hour >= Instants.HourOf(now))
            return false;
        _database.Prepare("DELETE FROM hot WHERE lane = ? AND slot < ?").With(oldestLane).With((hour + 1) * Instants.Hour).Run();
        writer.OpenRecords -= _database.Changes;
        Note(hour, _database.Changes);
        return true;
    }

    private bool Delete(string sql, long parameter)
    {
        _database.Prepare(sql).With(parameter).Run();
        return _database.Changes > 0;
    }

    private void Note(long hour, long records)
    {
        writer.TrimmedTo = Math.Max(writer.TrimmedTo, (hour + 1) * Instants.Hour);
        _database.Prepare("INSERT INTO meta (name, value) VALUES ('trimmed_to', ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value").With(writer.TrimmedTo).Run();
        _database.Prepare("INSERT INTO meta (name, value) VALUES ('trimmed', ?) ON CONFLICT (name) DO UPDATE SET value = value + excluded.value").With(records).Run();
    }
}
