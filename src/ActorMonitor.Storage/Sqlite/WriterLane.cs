using ActorMonitor.Storage.Schedules;

namespace ActorMonitor.Storage.Sqlite;

/// <summary>What the writer knows of a lane without asking the database. Forgotten whole when a transaction fails.</summary>
internal sealed class WriterLane(long id)
{
    // The last shapes of a lane: one when it is steady, a few when it flaps.
    private const int MostShapes = 4;
    private readonly List<KnownShape> _shapes = [];

    public long Id => id;

    /// <summary>Its history, in order.</summary>
    public List<SchedulePiece> Pieces { get; } = [];

    /// <summary>From here on no hour has a chunk.</summary>
    public long SealedTo { get; set; } = long.MinValue;

    /// <summary>No slot after this one is in a range.</summary>
    public long RunsTo { get; set; } = long.MinValue;

    /// <summary>Whether a slot is due by any schedule of its history; the newest ones are asked first.</summary>
    public bool IsDue(long slot)
    {
        for (var i = Pieces.Count - 1; i >= 0; i--)
        {
            if (Pieces[i].IsDue(slot))
                return true;
        }

        return false;
    }

    /// <summary>A shape seen lately, which comes first from now on; a new one takes the place of the one not seen for longest.</summary>
    public KnownShape Known(ReadOnlySpan<byte> bytes, out bool isNew)
    {
        for (var i = 0; i < _shapes.Count; i++)
        {
            var known = _shapes[i];
            if (!bytes.SequenceEqual(known.Bytes))
                continue;
            if (i > 0)
            {
                _shapes.RemoveAt(i);
                _shapes.Insert(0, known);
            }

            isNew = false;
            return known;
        }

        if (_shapes.Count == MostShapes)
            _shapes.RemoveAt(MostShapes - 1);
        var added = new KnownShape(bytes.ToArray());
        _shapes.Insert(0, added);
        isNew = true;
        return added;
    }

    /// <summary>Shapes that no row after an hour names are gone from the database.</summary>
    public void Forget(long hour) => _shapes.RemoveAll(shape => shape.Number != 0 && shape.Hour <= hour);

    public sealed class KnownShape(byte[] bytes)
    {
        public byte[] Bytes => bytes;

        /// <summary>Its number in the database; 0 while it is not there: one seen only once is not worth it.</summary>
        public long Number { get; set; }

        /// <summary>The newest hour with a row that names it.</summary>
        public long Hour { get; set; }
    }
}
