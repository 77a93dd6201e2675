using System.Buffers.Binary;
using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Akka.Serialization;

namespace ActorMonitor.Bench.Load;

/// <summary>What <see cref="SampleSerializer"/> is bound to.</summary>
internal interface ISample;

/// <summary>A message of the size that a small protobuf message has: about 40 bytes on the wire.</summary>
internal sealed record Sample(long Sequence, long Instant, int Pair, string Job) : ISample;

/// <summary>How far the sender of a pair has got, for the receiver of a soak.</summary>
internal sealed record Numbered(int Pair, long Sequence, bool MustAnswer) : ISample;

/// <summary>The highest number that has arrived.</summary>
internal sealed record Seen(int Pair, long Sequence) : ISample;

/// <summary>Asks a receiver for its account.</summary>
internal sealed record AskTotals(int Pair) : ISample;

/// <summary>What a receiver has counted so far.</summary>
internal sealed record Totals(int Pair, long Received, long Gaps, long Disorder, long Last) : ISample;

/// <summary>Writes the messages of the loads: fields one after the other, little-endian.</summary>
internal sealed class SampleSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    private const int MaxJobBytes = 256;

    public override int Identifier => 9001;

    public override string Manifest(object o) => o switch
    {
        Sample => "s",
        Numbered => "n",
        Seen => "a",
        AskTotals => "q",
        Totals => "t",
        _ => throw new SerializationException($"{o.GetType()} is no message of the loads."),
    };

    public override byte[] ToBinary(object obj) => obj switch
    {
        Sample sample => Write(sample),
        Numbered numbered => Numbers(numbered.Pair, numbered.Sequence, numbered.MustAnswer ? 1 : 0),
        Seen seen => Numbers(seen.Pair, seen.Sequence),
        AskTotals ask => Numbers(ask.Pair),
        Totals totals => Numbers(totals.Pair, totals.Received, totals.Gaps, totals.Disorder, totals.Last),
        _ => throw new SerializationException($"{obj.GetType()} is no message of the loads."),
    };

    public override object FromBinary(byte[] bytes, string manifest) => (manifest, bytes.Length) switch
    {
        ("s", >= 20 and <= 20 + MaxJobBytes) => Read(bytes),
        ("n", 24) => new Numbered((int)Number(bytes, 0), Number(bytes, 1), Number(bytes, 2) != 0),
        ("a", 16) => new Seen((int)Number(bytes, 0), Number(bytes, 1)),
        ("q", 8) => new AskTotals((int)Number(bytes, 0)),
        ("t", 40) => new Totals((int)Number(bytes, 0), Number(bytes, 1), Number(bytes, 2), Number(bytes, 3), Number(bytes, 4)),
        _ => throw new SerializationException($"{bytes.Length} bytes with the manifest '{manifest}' are no message of the loads."),
    };

    private static byte[] Write(Sample sample)
    {
        var bytes = new byte[20 + Encoding.UTF8.GetByteCount(sample.Job)];
        BinaryPrimitives.WriteInt64LittleEndian(bytes, sample.Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8), sample.Instant);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(16), sample.Pair);
        Encoding.UTF8.GetBytes(sample.Job, bytes.AsSpan(20));
        return bytes;
    }

    private static Sample Read(ReadOnlySpan<byte> bytes) => new(
        BinaryPrimitives.ReadInt64LittleEndian(bytes),
        BinaryPrimitives.ReadInt64LittleEndian(bytes[8..]),
        BinaryPrimitives.ReadInt32LittleEndian(bytes[16..]),
        Encoding.UTF8.GetString(bytes[20..]));

    private static byte[] Numbers(params ReadOnlySpan<long> numbers)
    {
        var bytes = new byte[8 * numbers.Length];
        for (var i = 0; i < numbers.Length; i++)
            BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(8 * i), numbers[i]);

        return bytes;
    }

    private static long Number(byte[] bytes, int index) => BinaryPrimitives.ReadInt64LittleEndian(bytes.AsSpan(8 * index));
}
