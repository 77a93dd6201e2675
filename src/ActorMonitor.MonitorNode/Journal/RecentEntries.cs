using ActorMonitor.Messages;

namespace ActorMonitor.MonitorNode.Journal;

/// <summary>The newest entries, in memory, without gaps in their seqs: those that are on disk stand before those that are not.</summary>
internal sealed class RecentEntries
{
    private OutboxEntry?[] _ring = new OutboxEntry?[64];
    private int _head;

    /// <summary>The first seq that it covers.</summary>
    public long FirstSeq { get; private set; } = 1;

    /// <summary>The seq after the last that it covers.</summary>
    public long EndSeq { get; private set; } = 1;

    /// <summary>The first seq that is not on disk.</summary>
    public long FirstUnwritten { get; private set; } = 1;

    public long Bytes { get; private set; }

    /// <summary>Entries that are neither on disk nor acknowledged.</summary>
    public int Unwritten { get; private set; }

    public long UnwrittenBytes { get; private set; }

    private int Count => (int)(EndSeq - FirstSeq);

    public void StartAt(long seq) => (FirstSeq, EndSeq, FirstUnwritten) = (seq, seq, seq);

    public OutboxEntry? this[long seq] => seq >= FirstSeq && seq < EndSeq ? _ring[IndexOf(seq)] : null;

    public void Add(OutboxEntry entry)
    {
        if (Count == _ring.Length)
            Grow();
        EndSeq = entry.Seq + 1;
        _ring[IndexOf(entry.Seq)] = entry;
        Bytes += entry.Bytes;
        UnwrittenBytes += entry.Bytes;
        Unwritten++;
    }

    /// <summary>Everything before a seq is on disk, or was acknowledged before it got there.</summary>
    public void WrittenBefore(long seq)
    {
        for (; FirstUnwritten < seq; FirstUnwritten++)
        {
            if (this[FirstUnwritten] is not { } entry)
                continue;
            Unwritten--;
            UnwrittenBytes -= entry.Bytes;
        }
    }

    /// <summary>The first entry from here on that is there; null when there is none.</summary>
    public OutboxEntry? Next(long from)
    {
        for (var seq = Math.Max(from, FirstSeq); seq < EndSeq; seq++)
        {
            if (_ring[IndexOf(seq)] is { } entry)
                return entry;
        }

        return null;
    }

    /// <summary>Forgets them; returns how many of them were not on disk.</summary>
    public int Acknowledge(SeqRange range)
    {
        var before = Unwritten;
        var end = Math.Min(range.Last, EndSeq - 1);
        for (var seq = Math.Max(range.First, FirstSeq); seq <= end; seq++)
            Forget(seq);
        TrimHead();
        return before - Unwritten;
    }

    /// <summary>Takes the oldest entry out; null when there is none.</summary>
    public OutboxEntry? TakeOldest()
    {
        TrimHead();
        if (Count == 0)
            return null;
        var oldest = _ring[_head];
        Forget(FirstSeq);
        TrimHead();
        return oldest;
    }

    private void Forget(long seq)
    {
        var index = IndexOf(seq);
        if (_ring[index] is not { } entry)
            return;
        _ring[index] = null;
        Bytes -= entry.Bytes;
        if (seq < FirstUnwritten)
            return;
        Unwritten--;
        UnwrittenBytes -= entry.Bytes;
    }

    private void TrimHead()
    {
        while (FirstSeq < EndSeq && _ring[_head] is null)
        {
            _head = (_head + 1) & (_ring.Length - 1);
            FirstSeq++;
        }

        FirstUnwritten = Math.Max(FirstUnwritten, FirstSeq);
        if (Count == 0 && _ring.Length > 4096)
            (_ring, _head) = (new OutboxEntry?[64], 0);
    }

    private int IndexOf(long seq) => (int)((_head + (seq - FirstSeq)) & (_ring.Length - 1));

    private void Grow()
    {
        var grown = new OutboxEntry?[_ring.Length * 2];
        for (var at = 0; at < _ring.Length; at++)
            grown[at] = _ring[(_head + at) & (_ring.Length - 1)];
        (_ring, _head) = (grown, 0);
    }
}
