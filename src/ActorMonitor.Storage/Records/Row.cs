using ActorMonitor.Messages;

namespace ActorMonitor.Storage.Records;

/// <summary>A record with its shape and its numbers apart.</summary>
internal readonly record struct Row(long Slot, Outcome Outcome, Cause Cause, byte Flags, Shape Shape, long[] Wholes, double[] Values)
{
    /// <summary>A flag: a real result may replace it.</summary>
    public const byte Provisional = 1;

    /// <summary>A flag: it has replaced something.</summary>
    public const byte Late = 2;

    /// <summary>
    /// The elapsed time that counts in latencies; null when it has none, and when the monitor's process was starved while it was
    /// taken: that time may be the monitor's own.
    /// </summary>
    public long? Latency => Wholes.Length > 0 && Outcome is Outcome.Up or Outcome.Degraded && !Shape.IsStarved ? Wholes[0] : null;

    public StoredRecord Record(JobId job) => Shape.Record(job, this);

    /// <summary>Both in one, in the order of slots, as both are; of the same slot the fresh one stands.</summary>
    public static List<Row> Merged(List<Row> existing, List<Row> fresh)
    {
        var merged = new List<Row>(existing.Count + fresh.Count);
        var next = 0;
        foreach (var row in existing)
        {
            while (next < fresh.Count && fresh[next].Slot < row.Slot)
                merged.Add(fresh[next++]);
            merged.Add(next < fresh.Count && fresh[next].Slot == row.Slot ? fresh[next++] : row);
        }

        merged.AddRange(fresh[next..]);
        return merged;
    }
}

/// <summary>The bytes of a row of its own: its shape, by number or in full, then its numbers.</summary>
internal static class RowForm
{
    /// <summary>Writes the numbers of a result after its shape's place.</summary>
    public static void WriteNumbers(ByteWriter writer, ReadOnlySpan<long> wholes, CheckResult result)
    {
        foreach (var whole in wholes)
            writer.Number(whole);
        foreach (var measurement in result.Measurements)
        {
            var divisor = Decimals.Split(measurement.Value, out var whole);
            writer.Byte(divisor);
            if (divisor == Decimals.None)
                writer.Double(measurement.Value);
            else
                writer.Number(whole);
        }
    }

    /// <summary>Reads the numbers that follow.</summary>
    public static (long[] Wholes, double[] Values) ReadNumbers(ref ByteReader reader, Shape shape)
    {
        var wholes = shape.Wholes == 0 ? [] : new long[shape.Wholes];
        foreach (ref var whole in wholes.AsSpan())
            whole = reader.Number();
        var values = shape.Measurements.Length == 0 ? [] : new double[shape.Measurements.Length];
        foreach (ref var value in values.AsSpan())
        {
            var divisor = reader.Byte();
            value = divisor == Decimals.None ? reader.Double() : Decimals.Join(divisor, reader.Number());
        }

        return (wholes, values);
    }
}
