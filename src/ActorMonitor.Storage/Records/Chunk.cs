using System.IO.Compression;
using System.Numerics;
using System.Runtime.InteropServices;
using ActorMonitor.Messages;
using ActorMonitor.Storage.Schedules;

namespace ActorMonitor.Storage.Records;

/// <summary>
/// The records of one lane and hour in columns: slots as runs, outcomes and shapes as lengths of sameness, each shape once, and a
/// <see cref="Column"/> for every number.
/// </summary>
internal static class Chunk
{
    private const byte Version = 1;

    // A slot a millisecond for an hour.
    private const int MostRows = 3_600_000;

    /// <summary>Writes rows, which are in the order of their slots, at least one.</summary>
    public static void Write(ByteWriter writer, List<Row> rows)
    {
        var body = new ByteWriter();
        body.Count(rows.Count);
        WriteSlots(body, rows);
        WriteStates(body, rows);
        WriteShapes(body, rows);

        writer.Byte(Version);
        writer.UInt32(Checksum(body.Written));
        writer.Bytes(body.Written);
    }

    /// <summary>Reads the rows again.</summary>
    /// <exception cref="FormatException">The bytes are not what was written.</exception>
    public static List<Row> Read(ReadOnlySpan<byte> bytes)
    {
        var index = ReadIndex(bytes, out var reader);
        var count = index.Slots.Length;
        var shapeOf = ReadSames(ref reader, count);
        var shapes = ReadShapes(ref reader);
        foreach (var each in shapeOf)
        {
            if (each >= shapes.Length)
                throw new FormatException("a row has a shape that is not there");
        }

        var wholes = new long[count][];
        var values = new double[count][];
        foreach (var (shape, members) in Layouts(shapes, shapeOf))
        {
            foreach (var member in members)
            {
                wholes[member] = shape.Wholes == 0 ? [] : new long[shape.Wholes];
                values[member] = shape.Measurements.Length == 0 ? [] : new double[shape.Measurements.Length];
            }

            var column = new long[members.Count];
            for (var i = 0; i < shape.Wholes; i++)
            {
                Column.Read(ref reader, column);
                for (var k = 0; k < column.Length; k++)
                    wholes[members[k]][i] = column[k];
            }

            for (var i = 0; i < shape.Measurements.Length; i++)
            {
                var divisor = reader.Byte();
                if (divisor != Decimals.None)
                    Column.Read(ref reader, column);
                for (var k = 0; k < column.Length; k++)
                    values[members[k]][i] = divisor == Decimals.None ? reader.Double() : Decimals.Join(divisor, column[k]);
            }
        }

        var rows = new List<Row>(count);
        for (var i = 0; i < count; i++)
        {
            var (outcome, cause, flags) = index.State(i);
            rows.Add(new Row(index.Slots[i], outcome, cause, flags, shapes[shapeOf[i]], wholes[i], values[i]));
        }

        return rows;
    }

    /// <summary>Reads only which slots have a record, and what state it shows.</summary>
    /// <exception cref="FormatException">The bytes are not what was written.</exception>
    public static ChunkIndex ReadIndex(ReadOnlySpan<byte> bytes) => ReadIndex(bytes, out _);

    private static ChunkIndex ReadIndex(ReadOnlySpan<byte> bytes, out ByteReader reader)
    {
        reader = new ByteReader(bytes);
        if (reader.Byte() != Version)
            throw new FormatException("a chunk of an unknown version");
        var checksum = reader.UInt32();
        if (Checksum(bytes[5..]) != checksum)
            throw new FormatException("a chunk's checksum is wrong");

        var count = reader.Count();
        if (count is < 1 or > MostRows)
            throw new FormatException("a chunk has an impossible number of rows");
        var slots = ReadSlots(ref reader, (int)count);
        var states = new (Outcome, Cause, byte)[reader.Items()];
        foreach (ref var state in states.AsSpan())
            state = ((Outcome)reader.Byte(), (Cause)reader.Count(), reader.Byte());
        var stateOf = ReadSames(ref reader, slots.Length);
        return Array.TrueForAll(stateOf, each => each < states.Length)
            ? new ChunkIndex(slots, states, stateOf)
            : throw new FormatException("a row has a state that is not there");
    }

    private static void WriteSlots(ByteWriter writer, List<Row> rows)
    {
        var runs = new List<SlotRun>();
        foreach (var row in rows)
        {
            if (runs.Count > 0 && runs[^1] is var last && (last.Count == 1 || last.Last + last.Step == row.Slot))
                runs[^1] = last.Count == 1 ? new SlotRun(last.First, row.Slot - last.First, 2) : last with { Count = last.Count + 1 };
            else
                runs.Add(new SlotRun(row.Slot, 1, 1));
        }

        writer.Count(runs.Count);
        var before = 0L;
        foreach (var run in runs)
        {
            writer.Number(run.First - before);
            writer.Count(run.Step);
            writer.Count(run.Count);
            before = run.Last;
        }
    }

    private static long[] ReadSlots(ref ByteReader reader, int count)
    {
        var slots = new long[count];
        var (at, before) = (0, 0L);
        for (var left = reader.Items(); left > 0; left--)
        {
            var slot = before + reader.Number();
            var step = reader.Count();
            for (var more = reader.Count(); more > 0; more--)
            {
                if (at == count)
                    throw new FormatException("a chunk has more slots than rows");
                slots[at++] = before = slot;
                slot += step;
            }
        }

        return at == count ? slots : throw new FormatException("a chunk has fewer slots than rows");
    }

    private static void WriteStates(ByteWriter writer, List<Row> rows)
    {
        var numbers = new Dictionary<(Outcome Outcome, Cause Cause, byte Flags), int>();
        var stateOf = rows.ConvertAll(row => Numbered(numbers, (row.Outcome, row.Cause, row.Flags)));
        writer.Count(numbers.Count);
        foreach (var (outcome, cause, flags) in numbers.Keys)
        {
            writer.Byte((byte)outcome);
            writer.Count((long)cause);
            writer.Byte(flags);
        }

        WriteSames(writer, stateOf);
    }

    private static void WriteShapes(ByteWriter writer, List<Row> rows)
    {
        var numbers = new Dictionary<Shape, int>(ShapeBytes.Same);
        var shapeOf = rows.ConvertAll(row => Numbered(numbers, row.Shape));
        Shape[] shapes = [.. numbers.Keys];
        WriteSames(writer, shapeOf);

        var texts = new ByteWriter();
        texts.Count(shapes.Length);
        foreach (var shape in shapes)
        {
            texts.Count(shape.Bytes.Length);
            texts.Bytes(shape.Bytes);
        }

        WritePacked(writer, texts.Written);
        foreach (var (shape, members) in Layouts(shapes, CollectionsMarshal.AsSpan(shapeOf)))
        {
            var column = new long[members.Count];
            for (var i = 0; i < shape.Wholes; i++)
            {
                for (var k = 0; k < column.Length; k++)
                    column[k] = rows[members[k]].Wholes[i];
                Column.Write(writer, column);
            }

            var values = new double[members.Count];
            for (var i = 0; i < shape.Measurements.Length; i++)
            {
                for (var k = 0; k < values.Length; k++)
                    values[k] = rows[members[k]].Values[i];
                var divisor = Decimals.Split(values, column);
                writer.Byte(divisor);
                if (divisor != Decimals.None)
                {
                    Column.Write(writer, column);
                    continue;
                }

                foreach (var value in values)
                    writer.Double(value);
            }
        }
    }

    private static Shape[] ReadShapes(ref ByteReader reader)
    {
        var texts = new ByteReader(ReadPacked(ref reader));
        var shapes = new Shape[texts.Items()];
        foreach (ref var shape in shapes.AsSpan())
            shape = Shape.Read(texts.Bytes(texts.Items()));
        return shapes;
    }

    private static void WritePacked(ByteWriter writer, ReadOnlySpan<byte> bytes)
    {
        var packed = new byte[bytes.Length];
        writer.Count(bytes.Length);
        if (BrotliEncoder.TryCompress(bytes, packed, out var length, quality: 5, window: 18) && length < bytes.Length)
        {
            writer.Count(length);
            writer.Bytes(packed.AsSpan(0, length));
        }
        else
        {
            writer.Count(0); // no gain
            writer.Bytes(bytes);
        }
    }

    private static ReadOnlySpan<byte> ReadPacked(ref ByteReader reader)
    {
        // A shape is at most what a Completed holds; this bounds what a few bytes may blow up to.
        var length = reader.Count();
        var packed = reader.Items();
        if (packed == 0)
            return reader.Bytes((int)Math.Min(length, int.MaxValue));
        if (length > 1L << 30)
            throw new FormatException("a chunk's shapes are too long");
        var bytes = new byte[length];
        return BrotliDecoder.TryDecompress(reader.Bytes(packed), bytes, out var read) && read == length
            ? bytes
            : throw new FormatException("a chunk's shapes cannot be unpacked");
    }

    // Members are rows, in order; layouts come in the order of the first shape that has them.
    private static List<(Shape Shape, List<int> Members)> Layouts(Shape[] shapes, ReadOnlySpan<int> shapeOf)
    {
        var numbers = new Dictionary<string, int>(StringComparer.Ordinal);
        var layouts = new List<(Shape, List<int> Members)>();
        var layoutOf = new int[shapes.Length];
        for (var i = 0; i < shapes.Length; i++)
        {
            layoutOf[i] = Numbered(numbers, shapes[i].Layout);
            if (layoutOf[i] == layouts.Count)
                layouts.Add((shapes[i], []));
        }

        for (var row = 0; row < shapeOf.Length; row++)
            layouts[layoutOf[shapeOf[row]]].Members.Add(row);
        return layouts;
    }

    private static int Numbered<T>(Dictionary<T, int> numbers, T item)
        where T : notnull
    {
        ref var number = ref CollectionsMarshal.GetValueRefOrAddDefault(numbers, item, out var exists);
        if (!exists)
            number = numbers.Count - 1;
        return number;
    }

    private static void WriteSames(ByteWriter writer, List<int> numbers)
    {
        for (var i = 0; i < numbers.Count;)
        {
            var end = i + 1;
            while (end < numbers.Count && numbers[end] == numbers[i])
                end++;
            writer.Count(numbers[i]);
            writer.Count(end - i);
            i = end;
        }
    }

    private static int[] ReadSames(ref ByteReader reader, int count)
    {
        var numbers = new int[count];
        for (var i = 0; i < count;)
        {
            var number = reader.Count();
            var same = reader.Count();
            if (number > int.MaxValue || same < 1 || same > count - i)
                throw new FormatException("a length of sameness is out of range");
            numbers.AsSpan(i, (int)same).Fill((int)number);
            i += (int)same;
        }

        return numbers;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        var checksum = uint.MaxValue;
        var words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (var word in words)
            checksum = BitOperations.Crc32C(checksum, BitConverter.IsLittleEndian ? word : System.Buffers.Binary.BinaryPrimitives.ReverseEndianness(word));
        foreach (var single in bytes[(words.Length * sizeof(ulong))..])
            checksum = BitOperations.Crc32C(checksum, single);
        return checksum;
    }

    private sealed class ShapeBytes : IEqualityComparer<Shape>
    {
        public static ShapeBytes Same { get; } = new();

        public bool Equals(Shape? x, Shape? y) => ReferenceEquals(x, y) || (x is not null && y is not null && x.Bytes.AsSpan().SequenceEqual(y.Bytes));

        public int GetHashCode(Shape shape)
        {
            var hash = new HashCode();
            hash.AddBytes(shape.Bytes);
            return hash.ToHashCode();
        }
    }
}

/// <summary>Which slots of a chunk have a record, in order, and the state each shows.</summary>
internal sealed class ChunkIndex(long[] slots, (Outcome Outcome, Cause Cause, byte Flags)[] states, int[] stateOf)
{
    public long[] Slots => slots;

    public (Outcome Outcome, Cause Cause, byte Flags) State(int row) => states[stateOf[row]];

    /// <summary>Whether any record of it may still be replaced.</summary>
    public bool HasProvisional => Array.Exists(states, state => (state.Flags & Row.Provisional) != 0);

    /// <summary>The state of a slot's record; null when it has none.</summary>
    public (Outcome Outcome, Cause Cause, byte Flags)? Of(long slot)
    {
        var row = Array.BinarySearch(slots, slot);
        return row < 0 ? null : State(row);
    }
}
