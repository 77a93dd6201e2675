using System.Collections.Immutable;
using ActorMonitor.ManagerNode.Jobs;
using ActorMonitor.ManagerNode.Links;
using ActorMonitor.Messages;
using ActorMonitor.Storage;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Results;

/// <summary>
/// What waits to be stored, in one order, and what is to be acknowledged once it is. Results are bounded by what each monitor
/// may have on the way; decisions by a number, beyond which they are given up and become a range for each lane.
/// Not thread-safe: the writer owns it.
/// </summary>
internal sealed class WriteQueue
{
    /// <summary>The most writes in one transaction.</summary>
    public const int MostInBatch = 4096;

    /// <summary>The most decisions that wait.</summary>
    public const int MostDecisions = 200_000;

    private readonly int _mostDecisions;
    private readonly Dictionary<OutboxId, Outbox> _outboxes = [];
    private readonly Dictionary<LaneKey, (DateTimeOffset From, DateTimeOffset To)> _givenUp = [];
    private Queue<Entry> _waiting = new();
    private ImmutableArray<Entry> _batch = [];
    private int _decisions;
    private bool _hasBeat;
    private bool _isGivingUp;

    public WriteQueue(int mostDecisions = MostDecisions) => _mostDecisions = mostDecisions;

    /// <summary>How many writes wait, those of the present batch included, and the ranges of what was given up.</summary>
    public int Count => _waiting.Count + _batch.Length + _givenUp.Count;

    /// <summary>
    /// Takes what a monitor has numbered. Something that waits already is not taken again, only acknowledged to the link
    /// that it came by last. False when the monitor has sent more than it may: nothing is kept of it, and it will send it again.
    /// </summary>
    public bool TryAdd(Arrival arrival, StoreWrite write, long bytes, long mostBytes, IActorRef link)
    {
        if (!_outboxes.TryGetValue(arrival.Outbox, out var outbox))
            _outboxes[arrival.Outbox] = outbox = new Outbox(link);
        outbox.Link = link;
        if (outbox.Waiting.Contains(arrival.Seq))
            return true;
        if (outbox.Bytes + bytes > mostBytes)
        {
            Forget(arrival.Outbox, outbox);
            return false;
        }

        _ = outbox.Waiting.Add(arrival.Seq);
        outbox.Bytes += bytes;
        _waiting.Enqueue(new Entry(write, arrival.Outbox, arrival.Seq, bytes));
        return true;
    }

    /// <summary>What needs no storing is acknowledged with the next batch of acknowledgements.</summary>
    public void Acknowledge(Arrival arrival, IActorRef link)
    {
        if (!_outboxes.TryGetValue(arrival.Outbox, out var outbox))
            _outboxes[arrival.Outbox] = outbox = new Outbox(link);
        outbox.Link = link;
        outbox.Stored.Add(arrival.Seq);
    }

    /// <summary>Takes a decision. Returns those that are given up because too many wait; ranges will count their slots.</summary>
    public ImmutableArray<SettledWrite> Add(StoreWrite decision)
    {
        if (decision is Beat)
        {
            // One says it for all, since it counts only when it is stored. It says that all before it is stored, too: none while
            // decisions have been given up for a range that does not even wait yet.
            if (!_hasBeat && _givenUp.Count == 0)
            {
                _waiting.Enqueue(new Entry(decision, default, 0, 0));
                _hasBeat = true;
            }

            return [];
        }

        if (decision is not KeepRecord record)
        {
            _waiting.Enqueue(new Entry(decision, default, 0, 0));
            return [];
        }

        if (_isGivingUp)
            return [GiveUp(record)];
        _waiting.Enqueue(new Entry(decision, default, 0, 0));
        if (++_decisions <= _mostDecisions)
            return [];

        _isGivingUp = true;
        _decisions = 0;
        var kept = new Queue<Entry>();
        var givenUp = ImmutableArray.CreateBuilder<SettledWrite>();
        foreach (var entry in _waiting)
        {
            if (entry.Write is KeepRecord waiting)
                givenUp.Add(GiveUp(waiting));
            else if (entry.Write is not Beat)
                kept.Enqueue(entry);
        }

        (_waiting, _hasBeat) = (kept, false);
        return givenUp.ToImmutable();
    }

    /// <summary>The next batch, or again the last one when it was not stored; empty when there is nothing.</summary>
    public ImmutableArray<StoreWrite> Batch()
    {
        if (_batch.IsEmpty && _waiting.Count == 0)
            AddGivenUp();
        if (_batch.IsEmpty && _waiting.Count > 0)
        {
            var batch = ImmutableArray.CreateBuilder<Entry>(Math.Min(MostInBatch, _waiting.Count));
            while (batch.Count < MostInBatch && _waiting.TryDequeue(out var entry))
            {
                if (entry.Write is KeepRecord)
                    _decisions--;
                else if (entry.Write is Beat)
                    _hasBeat = false;
                batch.Add(entry);
            }

            _batch = batch.ToImmutable();
        }

        return [.. _batch.Select(entry => entry.Write)];
    }

    /// <summary>The batch is stored. Returns its effects on lanes; when decisions had been given up, their ranges wait now.</summary>
    public ImmutableArray<SettledWrite> Stored(ImmutableArray<WriteEffect> effects)
    {
        var settled = ImmutableArray.CreateBuilder<SettledWrite>(_batch.Length);
        for (var i = 0; i < _batch.Length; i++)
        {
            var entry = _batch[i];
            if (entry.Seq > 0 && _outboxes.TryGetValue(entry.Outbox, out var outbox))
            {
                _ = outbox.Waiting.Remove(entry.Seq);
                outbox.Bytes -= entry.Bytes;
                outbox.Stored.Add(entry.Seq);
            }

            if (LaneOf(entry.Write) is { } lane)
                settled.Add(new SettledWrite(lane, entry.Write, effects[i]));
        }

        _batch = [];
        _isGivingUp = false;
        AddGivenUp();
        return settled.ToImmutable();
    }

    /// <summary>The store was begun anew and knows only these lanes: grants of others are no matter any more.</summary>
    public void Begun(Func<LaneKey, bool> isKnown) => Keep(write => write is not SetGrant grant || isKnown(grant.Lane));

    /// <summary>A store that is begun anew is told all schedules as they are now: changes that wait are no matter any more.</summary>
    public void ForgetSchedules() => Keep(write => write is not (SetSchedule or EndSchedule));

    /// <summary>Everything stored and not acknowledged yet, each to the link that it came by last.</summary>
    public IReadOnlyList<(IActorRef Link, Kept Kept)> TakeAcknowledgements()
    {
        List<(IActorRef, Kept)> kept = [];
        foreach (var (id, outbox) in _outboxes.ToList())
        {
            foreach (var ranges in SeqRanges.Of(outbox.Stored).Chunk(Messages.Acknowledge.MaxRanges))
                kept.Add((outbox.Link, new Kept(id, [.. ranges])));
            outbox.Stored.Clear();
            Forget(id, outbox);
        }

        return kept;
    }

    /// <summary>The lane whose slots a write is about; null when it is about none.</summary>
    private static LaneKey? LaneOf(StoreWrite write) => write switch
    {
        KeepResult result => result.Lane,
        KeepRecord record => record.Lane,
        KeepRange range => range.Lane,
        _ => null,
    };

    private void Keep(Func<StoreWrite, bool> stays)
    {
        _batch = [.. _batch.Where(entry => stays(entry.Write))];
        _waiting = new Queue<Entry>(_waiting.Where(entry => stays(entry.Write)));
    }

    private void AddGivenUp()
    {
        foreach (var (lane, (from, to)) in _givenUp)
            _waiting.Enqueue(new Entry(new KeepRange(lane, from, to, Outcome.NotRunning, Cause.NotRunning), default, 0, 0));
        _givenUp.Clear();
    }

    private SettledWrite GiveUp(KeepRecord record)
    {
        var (from, to) = (record.Slot.Due, record.Slot.Due.AddMilliseconds(1));
        if (_givenUp.TryGetValue(record.Lane, out var range))
            (from, to) = (range.From < from ? range.From : from, range.To > to ? range.To : to);
        _givenUp[record.Lane] = (from, to);
        return new SettledWrite(record.Lane, record, Effect: null);
    }

    private void Forget(OutboxId id, Outbox outbox)
    {
        if (outbox.Waiting.Count == 0 && outbox.Stored.Count == 0)
            _ = _outboxes.Remove(id);
    }

    private readonly record struct Entry(StoreWrite Write, OutboxId Outbox, long Seq, long Bytes);

    private sealed class Outbox(IActorRef link)
    {
        public IActorRef Link { get; set; } = link;

        public HashSet<long> Waiting { get; } = [];

        public List<long> Stored { get; } = [];

        public long Bytes { get; set; }
    }
}
