using ActorMonitor.Storage.Records;

namespace ActorMonitor.Storage.Sqlite;

/// <summary>Which slots sealed hours have, for those that results come late for. Bounded; forgets everything when it is full.</summary>
internal sealed class ChunkMemory(RowSource rows)
{
    // Twelve bytes each.
    private const int MostSlots = 2_000_000;
    private readonly Dictionary<long, ChunkIndex?> _chunks = [];
    private int _slots;

    /// <summary>The slots of a lane's hour; null when it has no chunk.</summary>
    public ChunkIndex? Of(WriterLane lane, long hour)
    {
        var key = Keys.Of(hour, lane.Id);
        if (_chunks.TryGetValue(key, out var index))
            return index;
        index = rows.Index(lane.Id, hour);
        _slots += 16 + (index?.Slots.Length ?? 0);
        if (_slots > MostSlots)
        {
            _chunks.Clear();
            _slots = 0;
        }

        _chunks[key] = index;
        return index;
    }

    /// <summary>A chunk is new, or gone.</summary>
    public void Forget(WriterLane lane, long hour)
    {
        if (_chunks.Remove(Keys.Of(hour, lane.Id), out var index))
            _slots -= 16 + (index?.Slots.Length ?? 0);
    }

    /// <summary>Many chunks are gone.</summary>
    public void Clear()
    {
        _chunks.Clear();
        _slots = 0;
    }
}
