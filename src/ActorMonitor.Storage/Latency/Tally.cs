using ActorMonitor.Messages;
using ActorMonitor.Storage.Records;

namespace ActorMonitor.Storage.Latency;

/// <summary>How many records of each outcome, and the latencies among them.</summary>
internal sealed class Tally
{
    private readonly long[] _counts = new long[(int)Outcome.NotRunning + 1];

    public LatencyTally Latency { get; } = new();

    public long Total => _counts.Sum();

    public long this[Outcome outcome] => _counts[(int)outcome];

    public void Add(Outcome outcome, long count) => _counts[(int)outcome] += count;

    public void Add(in Row row)
    {
        _counts[(int)row.Outcome]++;
        if (row.Latency is { } latency)
            Latency.Add(latency);
    }

    public void Add(Tally other)
    {
        for (var i = 0; i < _counts.Length; i++)
            _counts[i] += other._counts[i];
        Latency.Add(other.Latency);
    }

    /// <summary>Writes what a rollup has: no slots of ranges.</summary>
    public void Write(ByteWriter writer)
    {
        for (var outcome = Outcome.Up; outcome < Outcome.NotRunning; outcome++)
            writer.Count(this[outcome]);
        Latency.Write(writer);
    }

    /// <summary>Adds what <see cref="Write"/> wrote.</summary>
    public void Read(ref ByteReader reader)
    {
        for (var outcome = Outcome.Up; outcome < Outcome.NotRunning; outcome++)
            Add(outcome, reader.Count());
        Latency.Read(ref reader);
    }
}
