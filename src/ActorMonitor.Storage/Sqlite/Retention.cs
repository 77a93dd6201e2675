using ActorMonitor.Storage.Schedules;

namespace ActorMonitor.Storage.Sqlite;

/// <summary>Removes what is past its time, once an hour, in small steps.</summary>
internal sealed class Retention(StoreWriter writer, StoreSettings settings)
{
    private const int RowsInStep = 64;

    private readonly Database _database = writer.Database;
    private readonly Queue<WriterLane> _lanes = new();

    // How far the chunks of each hold have been looked through.
    private readonly long[] _looked = [0, 0, 0];
    private readonly long[] _before = [0, 0, 0];
    private long _hour = long.MinValue;
    private long _fivesBefore;
    private long _hoursBefore;

    /// <summary>A new hour makes new things old.</summary>
    public void Aim(long now)
    {
        if (Instants.HourOf(now) <= _hour)
            return;
        _hour = Instants.HourOf(now);
        writer.RemovedTo = Math.Max(writer.RemovedTo, Horizon.Of(now, settings.Raw));
        var five = Longer(settings.Raw, settings.FiveMinutes);
        _before[(int)Latency.RawHold.Raw] = Key(now, settings.Raw);
        _before[(int)Latency.RawHold.FiveMinutes] = Key(now, five);
        _before[(int)Latency.RawHold.OneHour] = Key(now, Longer(five, settings.OneHour));
        _fivesBefore = Key(now, settings.FiveMinutes);
        _hoursBefore = Horizon.Of(now, Longer(five, settings.OneHour));
        _lanes.Clear();
        foreach (var lane in writer.Lanes)
            _lanes.Enqueue(lane);
    }

    /// <summary>Removes a few things; false when there is nothing left to remove.</summary>
    public bool Step()
    {
        for (var hold = 0; hold < _looked.Length; hold++)
        {
            if (_looked[hold] < _before[hold])
                return RemoveChunks(hold);
        }

        _database.Prepare("DELETE FROM five WHERE id IN (SELECT id FROM five WHERE id < ? ORDER BY id LIMIT ?)").With(_fivesBefore).With(RowsInStep).Run();
        if (_database.Changes > 0)
            return true;
        if (!_lanes.TryDequeue(out var lane))
            return false;
        _database.Prepare("DELETE FROM hourly WHERE lane = ? AND hour < ?").With(lane.Id).With(Instants.HourOf(_hoursBefore)).Run();
        _database.Prepare("DELETE FROM run WHERE lane = ? AND last < ?").With(lane.Id).With(_hoursBefore).Run();
        if (lane.Pieces.RemoveAll(piece => piece.To <= _hoursBefore) > 0)
            _database.Prepare("DELETE FROM schedule WHERE lane = ? AND until <= ?").With(lane.Id).With(_hoursBefore * 1000).Run();
        return true;
    }

    private bool RemoveChunks(int hold)
    {
        var old = new List<(long Id, bool Goes)>();
        var chunks = _database.Prepare("SELECT id, hold FROM chunk WHERE id >= ? AND id < ? ORDER BY id LIMIT ?").With(_looked[hold]).With(_before[hold]).With(RowsInStep);
        while (chunks.Step())
            old.Add((chunks.Number(0), chunks.Number(1) <= hold));
        foreach (var (id, goes) in old)
        {
            if (goes)
                _database.Prepare("DELETE FROM chunk WHERE id = ?").With(id).Run();
        }

        writer.Chunks.Clear();
        _looked[hold] = old.Count < RowsInStep ? _before[hold] : old[^1].Id + 1;
        return true;
    }

    private static long Key(long now, TimeSpan age) => Keys.From(Instants.HourOf(Horizon.Of(now, age)));

    private static TimeSpan Longer(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
