namespace ActorMonitor.Bench.Fuzz;

/// <summary>Makes inputs out of well-formed ones. The same seed and number always make the same input.</summary>
internal sealed class Mutator(IReadOnlyList<byte[]> seeds, IReadOnlyList<byte[]> words, ulong seed)
{
    private const int MaxInputBytes = 4096;
    private ulong _state;

    public byte[] Make(long number)
    {
        _state = (seed * 0x9E3779B97F4A7C15) ^ (ulong)number;
        var bytes = new List<byte>(seeds[Below(seeds.Count)]);
        for (var changes = 1 + Below(6); changes > 0; changes--)
            Change(bytes);

        if (bytes.Count > MaxInputBytes)
            bytes.RemoveRange(MaxInputBytes, bytes.Count - MaxInputBytes);

        return [.. bytes];
    }

    private void Change(List<byte> bytes)
    {
        var at = Below(bytes.Count + 1);
        var left = bytes.Count - at;
        switch (Below(9))
        {
            case 0 when left > 0:
                bytes[at] ^= (byte)(1 << Below(8));
                break;
            case 1 when left > 0:
                bytes[at] = (byte)Below(256);
                break;
            case 2:
                bytes.RemoveRange(at, Math.Min(left, 1 + Below(16)));
                break;
            case 3:
                bytes.InsertRange(at, bytes.GetRange(at, Math.Min(left, 1 + Below(64))));
                break;
            case 4:
                for (var i = 1 + Below(8); i > 0; i--)
                    bytes.Insert(at, (byte)Below(256));
                break;
            case 5:
                bytes.RemoveRange(at, left);
                break;
            case 6:
                var other = seeds[Below(seeds.Count)];
                var from = Below(other.Length);
                bytes.InsertRange(at, other.AsSpan(from, Below(other.Length - from) + 1).ToArray());
                break;
            case 7:
                var word = words[Below(words.Count)];
                for (var times = Below(20) == 0 ? 200 : 1; times > 0; times--)
                    bytes.InsertRange(at, word);
                break;
            default:
                var over = words[Below(words.Count)];
                for (var i = 0; i < over.Length && at + i < bytes.Count; i++)
                    bytes[at + i] = over[i];
                break;
        }
    }

    private int Below(int bound) => (int)(Next() % (uint)bound);

    // SplitMix64: a counter and a mixer, so that every number has a sequence of its own.
    private ulong Next()
    {
        var z = _state += 0x9E3779B97F4A7C15;
        z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
        z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
        return z ^ (z >> 31);
    }
}
