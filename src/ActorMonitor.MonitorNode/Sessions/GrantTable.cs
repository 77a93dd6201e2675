using ActorMonitor.Messages;

namespace ActorMonitor.MonitorNode.Sessions;

/// <summary>A slot that the monitor has accepted by its own permission.</summary>
internal readonly record struct DueSlot(GrantTerms Terms, Slot Slot);

/// <summary>
/// What one manager permits, and what has been accepted of each job: the memory by which no slot runs twice, whoever asks.
/// It tells which slot the monitor has to start by itself, and when. All instants are the manager's.
/// </summary>
/// <remarks>
/// A queue holds the instant of each job's next start. It is put right only at its front: an Execute that comes in time
/// costs one dictionary lookup, and each slot one turn of the queue.
/// </remarks>
internal sealed class GrantTable
{
    // What a busy monitor has missed is answered, as expired; what it has missed for longer it was stopped for.
    private static readonly TimeSpan LongestMiss = TimeSpan.FromSeconds(30);

    // After so many items that nobody waits for any more the queue is made anew.
    private const int StaleItems = 64;

    private readonly Dictionary<JobId, GrantLane> _lanes = [];
    private readonly PriorityQueue<GrantLane, long> _starts = new();
    private readonly HashSet<GrantLane> _dormant = [];
    private readonly AcceptedSlots _others;
    private readonly int _bound;
    private long _words;
    private (long Word, DateTimeOffset Until) _renewal;
    private DateTimeOffset? _runsSince;

    public GrantTable(int bound = AcceptedSlots.DefaultBound) => (_bound, _others) = (bound, new AcceptedSlots(bound));

    /// <summary>The items of the queue, some of them of grants that are gone.</summary>
    internal int Queued => _starts.Count;

    /// <summary>The jobs that have a grant, valid or not.</summary>
    public int Count => _lanes.Count;

    /// <summary>The instant at which the next slot has to be started, unless an Execute of it comes before; null when none will be.</summary>
    public DateTimeOffset? NextStart
    {
        get
        {
            while (_starts.TryPeek(out var lane, out var start))
            {
                if (lane.QueuedFor == start && lane.Start == start)
                    return DateTimeOffset.FromUnixTimeMilliseconds(start);
                _ = _starts.Dequeue();
                if (lane.QueuedFor == start)
                    Enqueue(lane);
            }

            return null;
        }
    }

    /// <summary>What is left from before a restart: its slots go on where they were.</summary>
    public void Recover(IReadOnlyDictionary<JobId, Slot> accepted, IEnumerable<GrantTerms> grants)
    {
        foreach (var terms in grants)
            Add(new GrantLane(terms, ++_words));
        foreach (var (job, slot) in accepted)
            _ = TryAccept(job, slot);
    }

    /// <summary>
    /// Takes a grant in place of what the job had; false when there is no room for another job. What has passed before a
    /// permission, or a new revision of it, came is not made up for.
    /// </summary>
    public bool TryGrant(GrantTerms terms, DateTimeOffset now)
    {
        var granted = new GrantLane(terms, ++_words);
        if (_lanes.TryGetValue(terms.Check.Job, out var old))
        {
            granted.Accepted = old.Accepted;
            granted.From = old.From;
            if (!granted.IsSameScheduleAs(old) || ValidUntil(old) < now)
                granted.StartAfter(now);
            Remove(old);
        }
        else
        {
            if (_lanes.Count >= _bound)
                return false;
            granted.Accepted = _others.TryRemove(terms.Check.Job, out var slot) ? slot.DueUnixMilliseconds : GrantLane.None;
            granted.StartAfter(now);
        }

        Add(granted);
        return true;
    }

    /// <summary>Ends a permission. What was accepted of the job is not forgotten.</summary>
    public void Revoke(JobId job)
    {
        if (!_lanes.TryGetValue(job, out var lane))
            return;
        Remove(lane);
        if (lane.Accepted != GrantLane.None)
            _ = _others.TryAccept(job, new Slot(lane.Accepted));
    }

    /// <summary>All permissions are valid until then.</summary>
    public void Renew(DateTimeOffset validUntil, DateTimeOffset now)
    {
        _renewal = (++_words, validUntil);
        if (_dormant.Count == 0)
            return;
        foreach (var lane in _dormant.Where(lane => lane.Next <= GrantLane.Floor(validUntil)).ToList())
        {
            _ = _dormant.Remove(lane);
            lane.StartAfter(now);
            Enqueue(lane);
        }
    }

    /// <summary>What a job is permitted; null when it is not.</summary>
    public GrantTerms? Find(JobId job) => _lanes.TryGetValue(job, out var lane) ? lane.Terms with { ValidUntil = ValidUntil(lane) } : null;

    /// <summary>The latest end of a permission; null when there is none.</summary>
    public DateTimeOffset? LatestEnd()
    {
        DateTimeOffset? latest = null;
        foreach (var lane in _lanes.Values)
        {
            var end = ValidUntil(lane);
            if (latest is null || end > latest)
                latest = end;
        }

        return latest;
    }

    /// <summary>Accepts a slot that is newer than any of its job before; false when it is not.</summary>
    public bool TryAccept(JobId job, Slot slot)
    {
        if (!_lanes.TryGetValue(job, out var lane))
            return _others.TryAccept(job, slot);
        if (slot.DueUnixMilliseconds <= lane.Accepted)
            return false;
        lane.Accepted = slot.DueUnixMilliseconds;
        return true;
    }

    /// <summary>
    /// Accepts the next slot that has to be started now. It may have expired, when the monitor was too busy to look; those that
    /// passed before it ran, or while it was stopped, are passed over.
    /// </summary>
    public bool TryTakeDue(DateTimeOffset now, out DueSlot due)
    {
        var passed = GrantLane.Floor(now);
        while (_starts.TryPeek(out var lane, out var start) && start <= passed)
        {
            _ = _starts.Dequeue();
            if (lane.QueuedFor != start)
                continue;
            PassOver(lane, now);
            var isDue = lane.Start <= passed && IsValidFor(lane, lane.Next);
            due = new DueSlot(lane.Terms, new Slot(lane.Next));
            if (isDue)
                lane.Accepted = lane.Next;
            Enqueue(lane);
            if (isDue)
                return true;
        }

        due = default;
        return false;
    }

    /// <summary>Accepts a slot of the job that is due, is not passed over, and is older than the one that has come: in order none is left out.</summary>
    public bool TryTakeBefore(JobId job, Slot slot, DateTimeOffset now, out DueSlot due)
    {
        due = default;
        if (!_lanes.TryGetValue(job, out var lane))
            return false;
        PassOver(lane, now);
        var next = lane.Next;
        if (next >= slot.DueUnixMilliseconds || next > GrantLane.Floor(now) || !IsValidFor(lane, next))
            return false;
        lane.Accepted = next;
        due = new DueSlot(lane.Terms, new Slot(next));
        return true;
    }

    /// <summary>The manager's clock has stepped to an instant: what it stepped over is the manager's to record, and is not started.</summary>
    public void Stepped(DateTimeOffset now)
    {
        _runsSince = now;
        foreach (var lane in _lanes.Values)
            lane.From = GrantLane.Floor(now) + 1;
        Rebuild();
    }

    private void PassOver(GrantLane lane, DateTimeOffset now)
    {
        // The manager's clock may be put back a little.
        var since = _runsSince < now ? _runsSince.Value : now;
        _runsSince = since;
        lane.PassOverExpiredAt(since > now - LongestMiss ? since : now - LongestMiss);
    }

    // A word of one grant holds until the next of all.
    private DateTimeOffset ValidUntil(GrantLane lane) => lane.Word > _renewal.Word ? lane.Terms.ValidUntil : _renewal.Until;

    private bool IsValidFor(GrantLane lane, long slot) => slot <= GrantLane.Floor(ValidUntil(lane));

    private void Add(GrantLane lane)
    {
        _lanes[lane.Terms.Check.Job] = lane;
        Enqueue(lane);
        if (_starts.Count > (2 * _lanes.Count) + StaleItems)
            Rebuild();
    }

    private void Remove(GrantLane lane)
    {
        _ = _lanes.Remove(lane.Terms.Check.Job);
        _ = _dormant.Remove(lane);
        lane.QueuedFor = GrantLane.None;
    }

    private void Enqueue(GrantLane lane)
    {
        if (IsValidFor(lane, lane.Next))
        {
            lane.QueuedFor = lane.Start;
            _starts.Enqueue(lane, lane.QueuedFor);
            return;
        }

        // Until a renewal.
        lane.QueuedFor = GrantLane.None;
        _ = _dormant.Add(lane);
    }

    private void Rebuild()
    {
        _starts.Clear();
        _dormant.Clear();
        foreach (var lane in _lanes.Values)
            Enqueue(lane);
    }
}
