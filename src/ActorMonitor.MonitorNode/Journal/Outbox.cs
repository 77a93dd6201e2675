using System.Diagnostics.CodeAnalysis;
using ActorMonitor.Messages;

namespace ActorMonitor.MonitorNode.Journal;

/// <summary>
/// Delivers what a journal keeps until it is acknowledged: what was made since the last Connect before the backlog, as far as
/// the window of bytes on the way is open. Of one actor.
/// </summary>
internal sealed class Outbox
{
    /// <summary>The widest window, whatever the manager grants: it bounds what is remembered of what is on the way.</summary>
    public const long MaxCreditBytes = 16L * 1024 * 1024;

    /// <summary>When an entry is sent again.</summary>
    public static readonly TimeSpan ResendAfter = TimeSpan.FromSeconds(30);

    /// <summary>An entry is lost that is still not acknowledged when one is that was sent so much later: they arrive in order, or not at all.</summary>
    public static readonly TimeSpan OvertakenBy = TimeSpan.FromSeconds(2);

    // So many that cannot be read are passed over at once.
    private const int MaxUnreadable = 64;

    private readonly SessionJournal _journal;
    private readonly Dictionary<long, Sent> _onTheWay = [];
    private readonly Queue<(long Seq, long AtMicroseconds)> _order = new();
    private long _bytesOnTheWay;
    private long _nextLive;
    private long _nextBacklog = 1;
    private long _creditBytes;
    private long _acknowledgedSentAt = long.MinValue;

    public Outbox(SessionJournal journal) => (_journal, _nextLive) = (journal, journal.NewestSeq + 1);

    public OutboxId Id => _journal.Id;

    public long NewestSeq => _journal.NewestSeq;

    /// <summary>The first that is not acknowledged; 0 when all are.</summary>
    public long OldestSeq => _journal.OldestSeq;

    /// <summary>Entries that are not acknowledged.</summary>
    public long Count => _journal.Count;

    /// <summary>About what these take.</summary>
    public long Bytes => _journal.Bytes;

    /// <summary>Results given up.</summary>
    public long Dropped => _journal.Dropped;

    /// <summary>Entries sent and not acknowledged.</summary>
    public int OnTheWay => _onTheWay.Count;

    /// <summary>The bytes of these.</summary>
    public long BytesOnTheWay => _bytesOnTheWay;

    /// <summary>The most bytes on the way; none until the manager has said so in this connection.</summary>
    public long CreditBytes
    {
        get => _creditBytes;
        set => _creditBytes = Math.Clamp(value, 0, MaxCreditBytes);
    }

    /// <summary>A new connection: everything that is not acknowledged is backlog, and nothing is on the way.</summary>
    public void Reconnected()
    {
        _onTheWay.Clear();
        _order.Clear();
        (_bytesOnTheWay, _nextLive, _nextBacklog, CreditBytes, _acknowledgedSentAt) = (0, _journal.NewestSeq + 1, 1, 0, long.MinValue);
    }

    /// <summary>The next entry to send, if the window is open; it counts as sent now.</summary>
    public bool TryNext(long nowMicroseconds, [NotNullWhen(true)] out OutboxEntry? entry)
    {
        entry = null;
        if (_bytesOnTheWay >= CreditBytes)
            return false;
        entry = NextLive() ?? NextBacklog(nowMicroseconds);
        if (entry is null && _journal.TryNumberDropped())
            entry = NextLive();
        if (entry is null)
            return false;
        Sending(entry.Seq, nowMicroseconds, entry.Bytes);
        return true;
    }

    /// <summary>The manager keeps these; returns how many were still here. The range is the peer's word.</summary>
    public long Acknowledged(SeqRange range)
    {
        range = new SeqRange(Math.Max(1, range.First), Math.Min(range.Last, NewestSeq));
        if (range.Last - range.First < _onTheWay.Count)
        {
            for (var seq = range.First; seq <= range.Last; seq++)
                Kept(seq);
        }
        else
        {
            foreach (var seq in _onTheWay.Keys.Where(seq => seq >= range.First && seq <= range.Last).ToList())
                Kept(seq);
        }

        return _journal.Acknowledge(range);
    }

    /// <summary>Called a few times a second: what was sent too long ago is to be sent again, and the journal keeps its bounds.</summary>
    public void Expire(long nowMicroseconds)
    {
        while (_order.TryPeek(out var sent) && (!IsCurrent(sent.Seq, sent.AtMicroseconds) || IsLost(sent.AtMicroseconds, nowMicroseconds)))
        {
            _ = _order.Dequeue();
            if (!IsCurrent(sent.Seq, sent.AtMicroseconds))
                continue;
            Arrived(sent.Seq);
            _nextBacklog = Math.Min(_nextBacklog, sent.Seq);
        }

        _journal.Tick();
    }

    // What memory could not hold any longer is backlog.
    private OutboxEntry? NextLive()
    {
        _nextLive = Math.Max(_nextLive, _journal.FirstInMemory);
        while (_nextLive <= _journal.NewestSeq)
        {
            if (_journal.InMemory(_nextLive++) is { } entry)
                return entry;
        }

        return null;
    }

    private OutboxEntry? NextBacklog(long nowMicroseconds)
    {
        for (var unreadable = 0; unreadable < MaxUnreadable;)
        {
            var seq = _journal.NextUnacknowledged(_nextBacklog);
            if (seq == 0 || seq >= _nextLive)
                return null;
            _nextBacklog = seq + 1;
            if (_onTheWay.ContainsKey(seq))
                continue;
            if (_journal.Read(seq) is { } entry)
                return entry;

            // It is as if it had been sent: it will be tried again, until it is too old.
            Sending(seq, nowMicroseconds, bytes: 0);
            unreadable++;
        }

        return null;
    }

    private void Sending(long seq, long nowMicroseconds, int bytes)
    {
        Arrived(seq);
        _onTheWay.Add(seq, new Sent(nowMicroseconds, bytes));
        _order.Enqueue((seq, nowMicroseconds));
        _bytesOnTheWay += bytes;
        if (_order.Count <= 4096 + (2 * _onTheWay.Count))
            return;

        // What was acknowledged before its turn leaves the queue too.
        for (var left = _order.Count; left > 0; left--)
        {
            var sent = _order.Dequeue();
            if (IsCurrent(sent.Seq, sent.AtMicroseconds))
                _order.Enqueue(sent);
        }
    }

    private void Kept(long seq)
    {
        if (_onTheWay.TryGetValue(seq, out var sent))
            _acknowledgedSentAt = Math.Max(_acknowledgedSentAt, sent.AtMicroseconds);
        Arrived(seq);
    }

    private bool IsLost(long atMicroseconds, long nowMicroseconds)
        => nowMicroseconds - atMicroseconds >= ResendAfter.TotalMicroseconds || _acknowledgedSentAt >= atMicroseconds + (long)OvertakenBy.TotalMicroseconds;

    private void Arrived(long seq)
    {
        if (_onTheWay.Remove(seq, out var sent))
            _bytesOnTheWay -= sent.Bytes;
    }

    private bool IsCurrent(long seq, long atMicroseconds) => _onTheWay.TryGetValue(seq, out var sent) && sent.AtMicroseconds == atMicroseconds;

    private readonly record struct Sent(long AtMicroseconds, int Bytes);
}
