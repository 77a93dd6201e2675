using System.Diagnostics.CodeAnalysis;
using ActorMonitor.Messages;

namespace ActorMonitor.MonitorNode.Sessions;

/// <summary>A result that its manager has not acknowledged.</summary>
/// <param name="Seq">Its number in the outbox.</param>
/// <param name="Epoch">The epoch of the Execute that it answers.</param>
/// <param name="Revision">The revision that was run.</param>
/// <param name="Result">The result.</param>
internal sealed record OutboxEntry(long Seq, Epoch Epoch, long Revision, CheckResult Result);

/// <summary>
/// The results of one client until it has acknowledged them, in memory. What was made since the last Connect goes before
/// the backlog; a window bounds what is on the way; at the bound the oldest are given up and counted.
/// </summary>
internal sealed class Outbox
{
    /// <summary>The most results sent and not acknowledged.</summary>
    public const int Window = 1024;

    /// <summary>When a result is sent again.</summary>
    public static readonly TimeSpan ResendAfter = TimeSpan.FromSeconds(30);

    private readonly Dictionary<long, OutboxEntry> _kept = [];
    private readonly Dictionary<long, long> _sentAtMicroseconds = [];
    private readonly Queue<long> _live = new();
    private readonly Queue<long> _backlog = new();
    private readonly int _bound;
    private long _newestSeq;
    private long _oldestSeq = 1;

    public Outbox(int bound) => _bound = bound;

    public OutboxId Id { get; } = OutboxId.New();

    public int Count => _kept.Count;

    /// <summary>The numbers that wait to be sent, some of them of results that are gone.</summary>
    internal int Waiting => _live.Count + _backlog.Count;

    public long NewestSeq => _newestSeq;

    public long OldestSeq
    {
        get
        {
            if (_kept.Count == 0)
                return 0;
            while (!_kept.ContainsKey(_oldestSeq))
                _oldestSeq++;
            return _oldestSeq;
        }
    }

    /// <summary>Results given up because the bound was reached.</summary>
    public long Dropped { get; private set; }

    /// <summary>Keeps a result, which is then to be sent.</summary>
    public void Add(Epoch epoch, long revision, CheckResult result)
    {
        if (_kept.Count >= _bound)
        {
            var oldest = OldestSeq;
            _ = _kept.Remove(oldest);
            _ = _sentAtMicroseconds.Remove(oldest);
            Dropped++;
            Discard(_live);
            Discard(_backlog);
        }

        var entry = new OutboxEntry(++_newestSeq, epoch, revision, result);
        _kept.Add(entry.Seq, entry);
        _live.Enqueue(entry.Seq);
    }

    /// <summary>A new connection: everything kept is backlog now, and nothing is on the way.</summary>
    public void Reconnected()
    {
        _live.Clear();
        _backlog.Clear();
        _sentAtMicroseconds.Clear();
        foreach (var seq in _kept.Keys.Order())
            _backlog.Enqueue(seq);
    }

    /// <summary>The next result to send, if the window is open; it counts as sent now.</summary>
    public bool TryNext(long nowMicroseconds, [NotNullWhen(true)] out OutboxEntry? entry)
    {
        entry = null;
        if (_sentAtMicroseconds.Count >= Window)
            return false;
        while (_live.TryDequeue(out var seq) || _backlog.TryDequeue(out seq))
        {
            // An entry that was acknowledged or given up meanwhile leaves its number in the queue.
            if (!_kept.TryGetValue(seq, out entry))
                continue;
            _sentAtMicroseconds[seq] = nowMicroseconds;
            return true;
        }

        return false;
    }

    /// <summary>The manager keeps these; returns how many were still here.</summary>
    public int Acknowledged(SeqRange range)
    {
        // The range is the peer's word: never walk further than what is kept.
        var first = Math.Max(range.First, OldestSeq);
        var last = Math.Min(range.Last, _newestSeq);
        IEnumerable<long> candidates = last - first < _kept.Count
            ? Enumerable.Range(0, (int)Math.Max(0, last - first + 1)).Select(step => first + step)
            : _kept.Keys.Where(seq => seq >= first && seq <= last).ToList();
        var acknowledged = 0;
        foreach (var seq in candidates)
        {
            if (!_kept.Remove(seq))
                continue;
            _ = _sentAtMicroseconds.Remove(seq);
            acknowledged++;
        }

        return acknowledged;
    }

    // What is given up leaves the front of the queues too: with a peer that acknowledges nothing they would only grow.
    private void Discard(Queue<long> queue)
    {
        while (queue.TryPeek(out var seq) && !_kept.ContainsKey(seq))
            _ = queue.Dequeue();
    }

    /// <summary>Puts what was sent too long ago back among what is to be sent.</summary>
    public void Expire(long nowMicroseconds)
    {
        var overdue = _sentAtMicroseconds.Where(sent => nowMicroseconds - sent.Value >= ResendAfter.TotalMicroseconds).Select(sent => sent.Key).Order().ToList();
        foreach (var seq in overdue)
        {
            _ = _sentAtMicroseconds.Remove(seq);
            _backlog.Enqueue(seq);
        }
    }
}
