using System.Buffers;
using System.Numerics;

namespace ActorMonitor.Storage.Records;

/// <summary>
/// Many numbers of one kind. Each is kept as its distance from the middle one, or as its step from the one before when that takes
/// less, in a Rice code: a few low bits as they are, what is above them as so many ones and a zero. Noise of any width takes about
/// one bit more than there is in it.
/// </summary>
internal static class Column
{
    private const byte Constant = 0;
    private const byte FromMiddle = 1;
    private const byte FromPrevious = 2;

    // So many ones mean that the number follows in 64 bits.
    private const int Escape = 24;
    private const int MostBits = 56;
    private const int SampleSize = 63;

    public static void Write(ByteWriter writer, ReadOnlySpan<long> values)
    {
        if (values.IsEmpty)
            return;
        if (values.IndexOfAnyExcept(values[0]) < 0)
        {
            writer.Byte(Constant);
            writer.Number(values[0]);
            return;
        }

        var rented = ArrayPool<ulong>.Shared.Rent(values.Length * 2);
        var distances = rented.AsSpan(0, values.Length);
        var steps = rented.AsSpan(values.Length, values.Length - 1);

        var middle = Middle(values, 0);
        for (var i = 0; i < values.Length; i++)
            distances[i] = Folded(values[i] - middle);
        var step = Middle(values, 1);
        for (var i = 1; i < values.Length; i++)
            steps[i - 1] = Folded(values[i] - values[i - 1] - step);

        var (distanceBits, distanceCost) = BestBits(distances);
        var (stepBits, stepCost) = BestBits(steps);
        if (distanceCost <= stepCost)
        {
            writer.Byte(FromMiddle);
            writer.Number(middle);
            WriteRice(writer, distances, distanceBits);
        }
        else
        {
            writer.Byte(FromPrevious);
            writer.Number(values[0]);
            writer.Number(step);
            WriteRice(writer, steps, stepBits);
        }

        ArrayPool<ulong>.Shared.Return(rented);
    }

    public static void Read(ref ByteReader reader, Span<long> values)
    {
        if (values.IsEmpty)
            return;
        switch (reader.Byte())
        {
            case Constant:
                values.Fill(reader.Number());
                return;
            case FromMiddle:
                var middle = reader.Number();
                ReadRice(ref reader, values);
                foreach (ref var value in values)
                    value += middle;
                return;
            case FromPrevious:
                values[0] = reader.Number();
                var step = reader.Number();
                ReadRice(ref reader, values[1..]);
                for (var i = 1; i < values.Length; i++)
                    values[i] += values[i - 1] + step;
                return;
            default:
                throw new FormatException("a column of an unknown kind");
        }
    }

    private static ulong Folded(long value) => (ulong)((value << 1) ^ (value >> 63));

    private static long Unfolded(ulong value) => (long)(value >> 1) ^ -(long)(value & 1);

    // Of a sample: near enough, and no sort of everything.
    private static long Middle(ReadOnlySpan<long> values, int distance)
    {
        Span<long> sample = stackalloc long[SampleSize];
        var count = Math.Min(SampleSize, values.Length - distance);
        for (var i = 0; i < count; i++)
        {
            var at = distance + (int)((long)i * (values.Length - distance) / count);
            sample[i] = distance == 0 ? values[at] : values[at] - values[at - 1];
        }

        sample = sample[..count];
        sample.Sort();
        return sample[count / 2];
    }

    // By how many values there are of each length in bits: the few that are far from the rest must not decide.
    private static (int Bits, double Cost) BestBits(ReadOnlySpan<ulong> values)
    {
        Span<int> counts = stackalloc int[65];
        Span<double> sums = stackalloc double[65];
        counts.Clear();
        sums.Clear();
        foreach (var value in values)
        {
            var length = 64 - BitOperations.LeadingZeroCount(value);
            counts[length]++;
            sums[length] += value;
        }

        var best = (Bits: 0, Cost: double.MaxValue);
        for (var bits = 0; bits <= MostBits; bits++)
        {
            var cost = 0.0;
            for (var length = 0; length < counts.Length; length++)
            {
                var high = counts[length] == 0 ? 0 : sums[length] / counts[length] / (1UL << bits);
                cost += counts[length] * (high < Escape ? high + 1 + bits : Escape + 64);
            }

            if (cost < best.Cost)
                best = (bits, cost);
        }

        return best;
    }

    private static void WriteRice(ByteWriter writer, ReadOnlySpan<ulong> values, int bits)
    {
        writer.Byte((byte)bits);
        var packed = new BitPacker(writer);
        foreach (var value in values)
        {
            var high = value >> bits;
            if (high < Escape)
            {
                packed.Add((1UL << (int)high) - 1, (int)high + 1);
                packed.Add(value & ((1UL << bits) - 1), bits);
            }
            else
            {
                packed.Add((1UL << Escape) - 1, Escape);
                packed.Add(value & uint.MaxValue, 32);
                packed.Add(value >> 32, 32);
            }
        }

        packed.End();
    }

    private static void ReadRice(ref ByteReader reader, Span<long> values)
    {
        var bits = reader.Byte();
        if (bits > MostBits)
            throw new FormatException("a column with too many bits");
        var packed = default(BitUnpacker);
        foreach (ref var value in values)
        {
            var high = 0;
            while (high < Escape && packed.Take(ref reader, 1) == 1)
                high++;
            value = Unfolded(high < Escape
                ? ((ulong)high << bits) | packed.Take(ref reader, bits)
                : packed.Take(ref reader, 32) | (packed.Take(ref reader, 32) << 32));
        }
    }

    /// <summary>Bits into bytes, the lowest first.</summary>
    private ref struct BitPacker(ByteWriter writer)
    {
        private ulong _held;
        private int _count;

        public void Add(ulong value, int bits)
        {
            // At most 7 bits are held, so that 57 go in at once.
            if (bits > 32)
            {
                Add(value & uint.MaxValue, 32);
                Add(value >> 32, bits - 32);
                return;
            }

            _held |= value << _count;
            _count += bits;
            while (_count >= 8)
            {
                writer.Byte((byte)_held);
                _held >>= 8;
                _count -= 8;
            }
        }

        public void End()
        {
            if (_count > 0)
                writer.Byte((byte)_held);
        }
    }

    /// <summary>The other way round; it takes no byte before it needs it.</summary>
    private struct BitUnpacker
    {
        private ulong _held;
        private int _count;

        public ulong Take(ref ByteReader reader, int bits)
        {
            if (bits > 32)
            {
                var low = Take(ref reader, 32);
                return low | (Take(ref reader, bits - 32) << 32);
            }

            while (_count < bits)
            {
                _held |= (ulong)reader.Byte() << _count;
                _count += 8;
            }

            var value = _held & ((1UL << bits) - 1);
            _held >>= bits;
            _count -= bits;
            return value;
        }
    }
}
