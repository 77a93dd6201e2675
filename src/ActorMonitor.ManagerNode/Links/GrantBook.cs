using System.Diagnostics.CodeAnalysis;
using ActorMonitor.Messages;

namespace ActorMonitor.ManagerNode.Links;

/// <summary>
/// What one monitor is to be granted, and what of it is on its disk. Everything is sent anew at each connection, a bounded
/// number at a time, again after five seconds until it is acknowledged. Not thread-safe: the monitor's link owns it.
/// </summary>
internal sealed class GrantBook
{
    /// <summary>The most grants sent and not acknowledged: ten thousand jobs must not fill a monitor's mailbox at once.</summary>
    public const int Window = 256;

    /// <summary>The most jobs that are revoked because the monitor goes on running them unasked.</summary>
    public const int MostStrays = 10_000;

    /// <summary>When what was not acknowledged is sent again.</summary>
    public static readonly TimeSpan ResendAfter = TimeSpan.FromSeconds(5);

    private readonly HashSet<JobId> _configured;
    private readonly Dictionary<JobId, Entry> _entries = [];
    private readonly Queue<JobId> _waiting = new();
    private readonly Dictionary<JobId, long> _onTheWay = [];
    private OutboxId? _outbox;
    private int _strays;

    /// <summary>A book for the jobs that are configured on the monitor; <paramref name="revoked"/> are those that it may still run though they are not.</summary>
    public GrantBook(IEnumerable<JobId> configured, IEnumerable<JobId> revoked)
    {
        _configured = [.. configured];
        foreach (var job in revoked)
            _entries[job] = new Entry();
    }

    /// <summary>How many grants the monitor has acknowledged.</summary>
    public int Acknowledged { get; private set; }

    /// <summary>A new connection: nothing is on the way. Returns whether the monitor has lost the memory that it had.</summary>
    public bool Connected(OutboxId outbox)
    {
        var isNew = _outbox is { } before && before != outbox;
        if (_outbox != outbox)
        {
            foreach (var entry in _entries.Values)
                SetHeld(entry, 0);
        }

        _outbox = outbox;
        _waiting.Clear();
        _onTheWay.Clear();
        foreach (var (job, entry) in _entries)
        {
            entry.IsSettled = false;
            // What is granted waits for a fresh offer, which says from which slot on.
            entry.Offer = null;
            _waiting.Enqueue(job);
        }

        return isNew;
    }

    /// <summary>What the monitor is to be granted of a job.</summary>
    public void Offer(Offer offer)
    {
        var job = offer.Check.Job;
        _ = _configured.Add(job);
        if (!_entries.TryGetValue(job, out var entry))
            _entries[job] = entry = new Entry();
        if (entry.IsSettled && entry.Offer?.Revision == offer.Revision)
            return;
        (entry.Offer, entry.IsSettled) = (offer, false);
        SendAnew(job);
    }

    /// <summary>The monitor is not to run a job any more: revoked until it has said that it does not hold it.</summary>
    public void Withdraw(JobId job)
    {
        var wasConfigured = _configured.Remove(job);
        if (!_entries.TryGetValue(job, out var entry))
            _entries[job] = entry = new Entry();
        else if (!wasConfigured && entry.Offer is null)
            return; // on its way already
        (entry.Offer, entry.IsSettled) = (null, false);
        SendAnew(job);
    }

    /// <summary>The monitor runs a job by a permission that this manager does not know of: it is revoked.</summary>
    public void Stray(JobId job)
    {
        if (_configured.Contains(job) || _entries.ContainsKey(job) || _strays >= MostStrays)
            return;
        _strays++;
        _entries[job] = new Entry { IsStray = true };
        Enqueue(job);
    }

    /// <summary>The next job of which something is to be sent: its offer, or null for a revocation.</summary>
    public bool TryNext(long nowMicroseconds, out JobId job, out Offer? offer)
    {
        while (_onTheWay.Count < Window && _waiting.TryDequeue(out job))
        {
            if (!_entries.TryGetValue(job, out var entry) || entry.IsSettled || _onTheWay.ContainsKey(job) || AwaitsOffer(job, entry))
                continue;
            _onTheWay[job] = nowMicroseconds;
            offer = entry.Offer;
            return true;
        }

        (job, offer) = (default, null);
        return false;
    }

    /// <summary>Puts what was sent too long ago back among what is to be sent.</summary>
    public void Expire(long nowMicroseconds)
    {
        foreach (var job in _onTheWay.Where(sent => nowMicroseconds - sent.Value >= ResendAfter.TotalMicroseconds).Select(sent => sent.Key).ToList())
        {
            _ = _onTheWay.Remove(job);
            _waiting.Enqueue(job);
        }
    }

    /// <summary>The monitor says what it has of a job. Returns whether that is news: it holds now what it is to hold, or no longer.</summary>
    public bool TryAcknowledge(JobId job, long revision, [NotNullWhen(true)] out GrantNews? news)
    {
        news = null;
        if (!_entries.TryGetValue(job, out var entry))
        {
            // A job whose offer is on its way is answered by it; any other is no longer ours.
            if (revision != 0)
                Stray(job);
            return false;
        }

        var before = entry.Held;
        SetHeld(entry, revision);
        if (AwaitsOffer(job, entry))
            return false;
        if (revision == (entry.Offer?.Revision ?? 0))
        {
            _ = _onTheWay.Remove(job);
            news = entry.IsSettled ? null : new GrantNews(job, revision);
            entry.IsSettled = true;
            if (entry.Offer is null)
                Forget(job, entry);
            return news is not null;
        }

        entry.IsSettled = false;
        Enqueue(job);
        news = before != 0 && entry.Offer is not null ? new GrantNews(job, 0) : null;
        return news is not null;
    }

    /// <summary>Whether the monitor holds this revision, as far as it has said.</summary>
    public bool Holds(JobId job, long revision) => _entries.TryGetValue(job, out var entry) && entry.Held == revision && revision != 0;

    /// <summary>What the monitor has acknowledged in this connection.</summary>
    public IEnumerable<GrantNews> Granted => _entries.Where(pair => pair.Value is { IsSettled: true, Offer: not null }).Select(pair => new GrantNews(pair.Key, pair.Value.Held));

    // What is on the way is of another mind; the monitor reads both in their order.
    private void SendAnew(JobId job)
    {
        _ = _onTheWay.Remove(job);
        _waiting.Enqueue(job);
    }

    // A monitor that runs it again, from an older disk, is found out by what it delivers.
    private void Forget(JobId job, Entry entry)
    {
        _ = _entries.Remove(job);
        if (entry.IsStray)
            _strays--;
    }

    private void Enqueue(JobId job)
    {
        // What is on the way is sent again by the clock alone: a monitor that answers wrongly is not to be flooded.
        if (!_onTheWay.ContainsKey(job))
            _waiting.Enqueue(job);
    }

    private bool AwaitsOffer(JobId job, Entry entry) => entry.Offer is null && _configured.Contains(job);

    private void SetHeld(Entry entry, long revision)
    {
        Acknowledged += (revision != 0 ? 1 : 0) - (entry.Held != 0 ? 1 : 0);
        entry.Held = revision;
    }

    private sealed class Entry
    {
        // Null: to be revoked, or waiting for an offer.
        public Offer? Offer { get; set; }

        public long Held { get; set; }

        public bool IsSettled { get; set; }

        public bool IsStray { get; init; }
    }
}

/// <summary>What a monitor has acknowledged of a job: a revision, or 0 for none.</summary>
internal sealed record GrantNews(JobId Job, long Revision);
