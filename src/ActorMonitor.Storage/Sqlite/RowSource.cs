using ActorMonitor.Messages;
using ActorMonitor.Storage.Records;

namespace ActorMonitor.Storage.Sqlite;

/// <summary>Reads rows of the hot table and chunks over one connection, and remembers the shapes that they name.</summary>
internal sealed class RowSource(Database database)
{
    private const int MostShapes = 4096;
    private readonly Dictionary<long, Shape> _shapes = [];

    public Database Database => database;

    /// <summary>The rows of the hot table in [from, to).</summary>
    public IEnumerable<Row> Hot(long lane, long from, long to, bool newestFirst = false)
    {
        var statement = database.Prepare(newestFirst
            ? "SELECT slot, outcome, cause, flags, body FROM hot WHERE lane = ? AND slot >= ? AND slot < ? ORDER BY slot DESC"
            : "SELECT slot, outcome, cause, flags, body FROM hot WHERE lane = ? AND slot >= ? AND slot < ? ORDER BY slot");
        statement.With(lane).With(from).With(to);
        while (statement.Step())
            yield return Read(statement);
    }

    /// <summary>The rows of an hour's chunk; null when there is none.</summary>
    public List<Row>? Chunk(long lane, long hour)
    {
        var statement = ChunkOf(lane, hour);
        if (!statement.Step())
            return null;
        var rows = Records.Chunk.Read(statement.Bytes(0));
        statement.Reset();
        return rows;
    }

    /// <summary>The slots and states of an hour's chunk; null when there is none.</summary>
    public ChunkIndex? Index(long lane, long hour)
    {
        var statement = ChunkOf(lane, hour);
        if (!statement.Step())
            return null;
        var index = Records.Chunk.ReadIndex(statement.Bytes(0));
        statement.Reset();
        return index;
    }

    private Statement ChunkOf(long lane, long hour) => database.Prepare("SELECT body FROM chunk WHERE id = ?").With(Keys.Of(hour, lane));

    private Row Read(Statement statement)
    {
        var reader = new ByteReader(statement.Bytes(4));
        var number = reader.Count();
        var shape = number == 0 ? Shape.Read(reader.Bytes(reader.Items())) : ShapeOf(number);
        var (wholes, values) = RowForm.ReadNumbers(ref reader, shape);
        return new Row(statement.Number(0), (Outcome)statement.Number(1), (Cause)statement.Number(2), (byte)statement.Number(3), shape, wholes, values);
    }

    private Shape ShapeOf(long number)
    {
        if (_shapes.TryGetValue(number, out var shape))
            return shape;
        var statement = database.Prepare("SELECT bytes FROM shape WHERE id = ?").With(number);
        if (!statement.Step())
            throw new FormatException("a row names a shape that is not there");
        shape = Shape.Read(statement.Bytes(0));
        statement.Reset();
        // Numbers are never given twice, so what is remembered stays true.
        if (_shapes.Count == MostShapes)
            _shapes.Clear();
        _shapes.Add(number, shape);
        return shape;
    }
}

/// <summary>The key of a lane's hour: hours first, so that the oldest of all lanes stand together.</summary>
internal static class Keys
{
    public static long Of(long hour, long lane) => (hour << 32) | lane;

    /// <summary>The first key of an hour.</summary>
    public static long From(long hour) => hour << 32;

    public static long HourOf(long key) => key >> 32;

    public static long LaneOf(long key) => key & uint.MaxValue;
}
