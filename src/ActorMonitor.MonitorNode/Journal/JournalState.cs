using System.Runtime.Serialization;
using ActorMonitor.Configuration;
using ActorMonitor.Messages;
using ActorMonitor.Messages.Wire;

namespace ActorMonitor.MonitorNode.Journal;

/// <summary>What a session must know after a restart besides its results; written whole at the head of each segment.</summary>
internal sealed class JournalState
{
    // Twice what a manager's jobs file can hold, as the session has it.
    private const int MaxAccepted = 2 * JobsFile.MaxJobs;
    private const int MaxUnfinished = 65_536;
    private const int SlotsAFrame = 256;

    private readonly Dictionary<JobId, HeldGrant> _grants = [];
    private readonly Dictionary<string, AcceptedJob> _accepted = new(StringComparer.Ordinal);
    private readonly Dictionary<(JobId Job, Slot Slot), StartedCheck> _unfinished = [];
    private long _renewals;
    private (long ValidUntilUnixMicroseconds, long AheadTicks)? _renewed;

    public Epoch Epoch { get; private set; }

    public string ManagerName { get; private set; } = "";

    public TimeSpan? ManagerAheadOfWall => _renewed is { } renewed ? TimeSpan.FromTicks(renewed.AheadTicks) : null;

    public IReadOnlyList<StartedCheck> Unfinished => [.. _unfinished.Values.OrderBy(check => check.Slot)];

    public IReadOnlyDictionary<JobId, Slot> Accepted => _accepted.Values.ToDictionary(accepted => accepted.Job, accepted => accepted.Newest);

    public IReadOnlyDictionary<JobId, GrantTerms> Grants
    {
        get
        {
            var grants = new Dictionary<JobId, GrantTerms>();
            foreach (var (job, held) in _grants)
            {
                if (TryRead(held.Terms) is not { } terms || terms.Check.Job != job)
                    continue;
                grants[job] = held.Renewals < _renewals && _renewed is { } renewed ? terms with { ValidUntil = Instant(renewed.ValidUntilUnixMicroseconds) } : terms;
            }

            return grants;
        }
    }

    public void SetEpoch(Epoch epoch, string managerName) => (Epoch, ManagerName) = (epoch < Epoch ? Epoch : epoch, managerName);

    public void Grant(JobId job, byte[] terms) => _grants[job] = new HeldGrant(terms, _renewals);

    public void Revoke(JobId job) => _grants.Remove(job);

    public void Renew(long validUntilUnixMicroseconds, long aheadTicks) => (_renewed, _renewals) = ((validUntilUnixMicroseconds, aheadTicks), _renewals + 1);

    public void Start(StartedCheck check)
    {
        Accept(check.Job, check.Slot);
        if (_unfinished.Count < MaxUnfinished)
            _unfinished[(check.Job, check.Slot)] = check;
    }

    public void Complete(JobId job, Slot slot)
    {
        Accept(job, slot);
        _ = _unfinished.Remove((job, slot));
    }

    /// <summary>The same, of a name that is made a job's only when it is new.</summary>
    public bool Complete(ReadOnlySpan<char> name, Slot slot)
    {
        if (_accepted.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var accepted))
        {
            if (slot > accepted.Newest)
                accepted.Newest = slot;
            _ = _unfinished.Count > 0 && _unfinished.Remove((accepted.Job, slot));
            return true;
        }

        var text = name.ToString();
        if (!JobId.IsValid(text))
            return false;
        Complete(new JobId(text), slot);
        return true;
    }

    public void Write(FrameBuffer frames, long nextSeq, IEnumerable<SeqRange> acknowledged)
    {
        frames.Begin(FrameKind.StateBegin).Put(nextSeq).End();
        var before = frames.Frames;
        frames.Begin(FrameKind.Epoch).Put(Epoch.Value).Put(ManagerName).End();
        foreach (var (job, held) in _grants.Where(grant => grant.Value.Renewals < _renewals))
            WriteGrant(frames, job, held.Terms);
        if (_renewed is { } renewed)
            WriteRenewed(frames, renewed.ValidUntilUnixMicroseconds, renewed.AheadTicks);
        foreach (var (job, held) in _grants.Where(grant => grant.Value.Renewals == _renewals))
            WriteGrant(frames, job, held.Terms);
        foreach (var some in _accepted.Values.Chunk(SlotsAFrame))
        {
            _ = frames.Begin(FrameKind.Accepted);
            foreach (var accepted in some)
                _ = frames.Put(accepted.Job).Put(accepted.Newest.DueUnixMilliseconds);
            frames.End();
        }

        foreach (var check in _unfinished.Values)
            WriteStarted(frames, check);
        foreach (var some in acknowledged.Chunk(SlotsAFrame))
            WriteAcknowledged(frames, some);
        frames.Begin(FrameKind.StateEnd).Put(frames.Frames - before).End();
    }

    public static void WriteGrant(FrameBuffer frames, JobId job, byte[] terms) => frames.Begin(FrameKind.Granted).Put(job).Put(terms.AsSpan()).End();

    public static void WriteRenewed(FrameBuffer frames, long validUntilUnixMicroseconds, long aheadTicks)
        => frames.Begin(FrameKind.Renewed).Put(validUntilUnixMicroseconds).Put(aheadTicks).End();

    public static void WriteStarted(FrameBuffer frames, StartedCheck check) => frames.Begin(FrameKind.Started).Put(check.Job).Put(check.Slot.DueUnixMilliseconds)
        .Put(check.Epoch.Value).Put(check.Revision).Put((long)check.Trigger).Put(UnixMicroseconds(check.Started)).End();

    public static void WriteAcknowledged(FrameBuffer frames, IEnumerable<SeqRange> ranges)
    {
        _ = frames.Begin(FrameKind.Acknowledged);
        foreach (var (first, last) in ranges)
            _ = frames.Put(first).Put(last);
        frames.End();
    }

    /// <summary>Takes over what a frame says; false when the frame says nothing that can be.</summary>
    public bool Apply(in Frame frame)
    {
        var payload = new PayloadReader(frame.Payload);
        switch (frame.Kind)
        {
            case FrameKind.Epoch:
                var (epoch, name) = (payload.Int64(), payload.Text());
                if (payload.Failed || epoch < 0 || name.Length > WireLimits.Name)
                    return false;
                SetEpoch(new Epoch(epoch), name);
                return true;
            case FrameKind.Granted:
                var granted = payload.Job();
                if (!payload.Failed)
                    Grant(granted, payload.Rest.ToArray());
                return !payload.Failed;
            case FrameKind.Revoked:
                Revoke(payload.Job());
                return !payload.Failed;
            case FrameKind.Renewed:
                var (validUntil, ahead) = (payload.Int64(), payload.Int64());
                if (payload.Failed || !IsInstant(validUntil))
                    return false;
                Renew(validUntil, ahead);
                return true;
            case FrameKind.Started:
                return TryStart(ref payload);
            case FrameKind.Accepted:
                return TryAccept(ref payload);
            default:
                return false;
        }
    }

    /// <summary>What an incomplete newer state says, over what is known from before.</summary>
    public void Overlay(JournalState newer)
    {
        SetEpoch(newer.Epoch, newer.ManagerName.Length > 0 ? newer.ManagerName : ManagerName);
        foreach (var (job, held) in newer._grants)
            Grant(job, held.Terms);
        if (newer._renewed is { } renewed)
            Renew(renewed.ValidUntilUnixMicroseconds, renewed.AheadTicks);
        foreach (var accepted in newer._accepted.Values)
            Accept(accepted.Job, accepted.Newest);
        foreach (var check in newer._unfinished.Values)
            Start(check);
    }

    public static long UnixMicroseconds(DateTimeOffset instant) => (instant.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;

    private void Accept(JobId job, Slot slot)
    {
        if (_accepted.TryGetValue(job.Name, out var accepted))
        {
            if (slot > accepted.Newest)
                accepted.Newest = slot;
            return;
        }

        if (_accepted.Count >= MaxAccepted)
        {
            foreach (var oldest in _accepted.Values.OrderBy(each => each.Newest).Take((MaxAccepted / 2) + 1).ToList())
                _ = _accepted.Remove(oldest.Job.Name);
        }

        _accepted.Add(job.Name, new AcceptedJob(job, slot));
    }

    private bool TryStart(ref PayloadReader payload)
    {
        var (job, slot, epoch, revision, trigger, started) = (payload.Job(), payload.Int64(), payload.Int64(), payload.Int64(), payload.Int64(), payload.Int64());
        if (payload.Failed || !IsSlot(slot) || !IsInstant(started) || epoch < 0 || trigger is not ((long)Trigger.Execute or (long)Trigger.Grant))
            return false;
        Start(new StartedCheck(job, new Slot(slot), new Epoch(epoch), revision, (Trigger)trigger, Instant(started)));
        return true;
    }

    private bool TryAccept(ref PayloadReader payload)
    {
        while (payload.Rest.Length > 0)
        {
            var (job, slot) = (payload.Job(), payload.Int64());
            if (payload.Failed || !IsSlot(slot))
                return false;
            Accept(job, new Slot(slot));
        }

        return true;
    }

    private static bool IsSlot(long unixMilliseconds) => unixMilliseconds >= 0 && unixMilliseconds <= DateTimeOffset.MaxValue.ToUnixTimeMilliseconds();

    private static bool IsInstant(long unixMicroseconds)
        => unixMicroseconds >= UnixMicroseconds(DateTimeOffset.MinValue) && unixMicroseconds <= UnixMicroseconds(DateTimeOffset.MaxValue);

    private static DateTimeOffset Instant(long unixMicroseconds) => DateTimeOffset.UnixEpoch.AddTicks(unixMicroseconds * TimeSpan.TicksPerMicrosecond);

    private static GrantTerms? TryRead(byte[] terms)
    {
        try
        {
            return DiskForm.ReadGrant(terms);
        }
        catch (SerializationException)
        {
            // A checksum says that it was written so: by a program with other bounds. The manager will grant again.
            return null;
        }
    }

    private readonly record struct HeldGrant(byte[] Terms, long Renewals);

    private sealed class AcceptedJob(JobId job, Slot newest)
    {
        public JobId Job => job;

        public Slot Newest { get; set; } = newest;
    }
}
