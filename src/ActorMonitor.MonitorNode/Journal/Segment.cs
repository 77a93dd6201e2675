using System.Numerics;
using System.Runtime.InteropServices;
using ActorMonitor.Messages;

namespace ActorMonitor.MonitorNode.Journal;

/// <summary>What is known in memory of a segment: which of its results are not acknowledged, and about where they stand.</summary>
internal sealed class Segment(long number, string path, uint salt)
{
    // One offset for so many results: what a reader that does not come in order has to read at most.
    private const int OffsetEvery = 128;

    private readonly List<(long Seq, int Ordinal)> _runs = [];
    private readonly List<ulong> _open = [];
    private readonly List<long> _offsets = [];
    private long _resultBytes;
    private int _firstOpenWord;

    public long Number => number;

    public string Path => path;

    public uint Salt => salt;

    /// <summary>The end of its last whole frame.</summary>
    public long Bytes { get; set; }

    /// <summary>How much of it is header and state.</summary>
    public long HeadBytes { get; set; }

    /// <summary>Its state is whole: nothing before it is needed but for the results.</summary>
    public bool HasState { get; set; }

    /// <summary>On the journal's clock; negative before it was opened.</summary>
    public TimeSpan CreatedAt { get; set; }

    /// <summary>When its newest result was made at the latest.</summary>
    public TimeSpan NewestAt { get; set; }

    /// <summary>Its results are being given up: they are not delivered any more.</summary>
    public bool IsFolding { get; set; }

    public int Entries { get; private set; }

    public int Unacknowledged { get; private set; }

    public long LastSeq { get; private set; }

    /// <summary>About what its unacknowledged results take.</summary>
    public long UnacknowledgedBytes => Entries == 0 ? 0 : (long)((double)_resultBytes * Unacknowledged / Entries);

    /// <summary>A result stands at the offset; seqs only grow.</summary>
    public void Add(long seq, long offset, int bytes)
    {
        if (_runs.Count == 0 || seq != LastSeq + 1)
            _runs.Add((seq, Entries));
        if (Entries % OffsetEvery == 0)
            _offsets.Add(offset);
        if (Entries % 64 == 0)
            _open.Add(0);
        _open[Entries / 64] |= 1UL << (Entries % 64);
        _resultBytes += bytes;
        LastSeq = seq;
        Entries++;
        Unacknowledged++;
    }

    public bool IsOpen(long seq)
    {
        var ordinal = LowerBound(seq);
        return ordinal < Entries && SeqOf(ordinal) == seq && (_open[ordinal / 64] & (1UL << (ordinal % 64))) != 0;
    }

    /// <summary>The first seq from here on that is not acknowledged; 0 when there is none.</summary>
    public long NextOpen(long from)
    {
        if (Unacknowledged == 0)
            return 0;
        var ordinal = LowerBound(from);
        while (_firstOpenWord < _open.Count && _open[_firstOpenWord] == 0)
            _firstOpenWord++;
        var word = Math.Max(ordinal / 64, _firstOpenWord);
        for (var masked = word == ordinal / 64 ? ulong.MaxValue << (ordinal % 64) : ulong.MaxValue; word < _open.Count; word++, masked = ulong.MaxValue)
        {
            if ((_open[word] & masked) is not 0 and var bits)
                return SeqOf((word * 64) + BitOperations.TrailingZeroCount(bits));
        }

        return 0;
    }

    /// <summary>Returns how many were not acknowledged before.</summary>
    public int Acknowledge(SeqRange range)
    {
        if (Unacknowledged == 0 || range.Last < range.First || range.First > LastSeq)
            return 0;
        var first = LowerBound(range.First);
        var end = range.Last >= LastSeq ? Entries : LowerBound(range.Last + 1);
        var cleared = 0;
        var words = CollectionsMarshal.AsSpan(_open);
        while (first < end)
        {
            var bits = Math.Min(64 - (first % 64), end - first);
            var mask = (bits == 64 ? ulong.MaxValue : (1UL << bits) - 1) << (first % 64);
            ref var word = ref words[first / 64];
            cleared += BitOperations.PopCount(word & mask);
            word &= ~mask;
            first += bits;
        }

        Unacknowledged -= cleared;
        return cleared;
    }

    /// <summary>The ranges that are acknowledged, as far as they are no more than so many.</summary>
    public IEnumerable<SeqRange> Acknowledged(int most)
    {
        if (Entries == 0 || Unacknowledged == Entries)
            yield break;
        var from = SeqOf(0);
        while (from <= LastSeq && most-- > 0)
        {
            var open = NextOpen(from);
            if (open == 0)
            {
                yield return new SeqRange(from, LastSeq);
                yield break;
            }

            if (open > from)
                yield return new SeqRange(from, open - 1);
            from = NextClosed(open + 1);
            if (from == 0)
                yield break;
        }
    }

    /// <summary>Where to begin to read for a seq.</summary>
    public long OffsetBefore(long seq)
    {
        var ordinal = LowerBound(seq);
        return _offsets.Count == 0 ? HeadBytes : _offsets[Math.Min(ordinal / OffsetEvery, _offsets.Count - 1)];
    }

    private long NextClosed(long from)
    {
        var ordinal = LowerBound(from);
        for (var (word, masked) = (ordinal / 64, ulong.MaxValue << (ordinal % 64)); word < _open.Count; word++, masked = ulong.MaxValue)
        {
            var bits = ~_open[word] & masked;
            if (bits == 0)
                continue;
            var closed = (word * 64) + BitOperations.TrailingZeroCount(bits);
            return closed < Entries ? SeqOf(closed) : 0;
        }

        return 0;
    }

    private int LowerBound(long seq)
    {
        var (low, high) = (0, _runs.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_runs[middle].Seq <= seq)
                low = middle + 1;
            else
                high = middle;
        }

        if (low == 0)
            return 0;
        var (first, ordinal) = _runs[low - 1];
        var end = low < _runs.Count ? _runs[low].Ordinal : Entries;
        return (int)Math.Min(ordinal + (seq - first), end);
    }

    private long SeqOf(int ordinal)
    {
        var (low, high) = (0, _runs.Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            if (_runs[middle].Ordinal <= ordinal)
                low = middle + 1;
            else
                high = middle;
        }

        var (seq, first) = _runs[low - 1];
        return seq + ordinal - first;
    }
}
