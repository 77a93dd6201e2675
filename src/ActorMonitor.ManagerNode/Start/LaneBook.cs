using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using ActorMonitor.Storage;

namespace ActorMonitor.ManagerNode.Start;

/// <summary>
/// The lanes that are configured and those that the store knows, with what their monitors were last known to be permitted:
/// what a store that had to be begun anew must be told. Not thread-safe.
/// </summary>
internal sealed class LaneBook
{
    private readonly Dictionary<LaneKey, ConfiguredLane> _configured;
    private readonly HashSet<LaneKey> _known;
    private readonly Dictionary<LaneKey, LaneGrant> _grants = [];
    private readonly DateTimeOffset _begin;

    /// <summary>The lanes of a run in which slots are looked after from <paramref name="begin"/> on.</summary>
    public LaneBook(ImmutableArray<ConfiguredLane> configured, ImmutableArray<LaneState> stored, DateTimeOffset begin)
    {
        (_configured, _begin) = (configured.ToDictionary(lane => lane.Key), begin);
        _known = [.. configured.Select(lane => lane.Key), .. stored.Select(lane => lane.Key)];
        foreach (var lane in stored)
        {
            if (lane.Grant is { } grant)
                _grants[lane.Key] = grant;
        }
    }

    /// <summary>The lanes of jobs on their monitors.</summary>
    public static ImmutableArray<ConfiguredLane> Of(ImmutableArray<JobDefinition> jobs) =>
    [
        .. jobs.SelectMany(job => job.Monitors.Select(monitor => new ConfiguredLane(
            new LaneKey(job.Job, monitor), SlotSchedule.Of(job.Job, monitor, job.Check.Interval), SlotLane.OpenFor(job.Check.Timeout)))),
    ];

    /// <summary>Whether the store knows a lane.</summary>
    public bool Knows(LaneKey lane) => _known.Contains(lane);

    /// <summary>A lane has another schedule, or none any more; what the store is to be told of it.</summary>
    public IEnumerable<StoreWrite> Change(LaneChange change)
    {
        if (change.Begins is { } begins)
        {
            // A schedule that follows without a gap has begun with the one before.
            var since = change.EndsAt is null && _configured.TryGetValue(change.Key, out var before) ? before.Since : begins.Since;
            _configured[change.Key] = begins with { Since = since };
            _ = _known.Add(change.Key);
        }
        else
        {
            _ = _configured.Remove(change.Key);
        }

        if (change.EndsAt is { } end)
            yield return new EndSchedule(change.Key, end);
        if (change.Begins is { } lane)
            yield return new SetSchedule(lane.Key, lane.ScheduleFrom(lane.Since));
    }

    /// <summary>What a lane's monitor is permitted now. Returns whether that is news: another revision, or an end that is much later.</summary>
    public bool TryGrant(SetGrant write, DateTimeOffset now)
    {
        if (write.Grant is not { } grant)
            return _grants.Remove(write.Lane);
        if (_grants.TryGetValue(write.Lane, out var known) && known.Revision == grant.Revision && (grant.ValidUntil - known.ValidUntil) * 2 < grant.ValidUntil - now)
            return false;
        _grants[write.Lane] = grant;
        return true;
    }

    /// <summary>
    /// What a store that was begun anew in the place of a damaged one is told: the schedules since <paramref name="lostFrom"/>, the
    /// slots since then as lost with it, and the grants.
    /// </summary>
    public ImmutableArray<StoreWrite> Anew(DateTimeOffset lostFrom, DateTimeOffset now)
    {
        var writes = ImmutableArray.CreateBuilder<StoreWrite>();
        var end = now > _begin ? now : _begin;
        foreach (var lane in _configured.Values)
        {
            var from = lane.Since > lostFrom ? lane.Since : lostFrom;
            writes.Add(new SetSchedule(lane.Key, lane.ScheduleFrom(from)));
            writes.Add(new KeepRange(lane.Key, from, lane.Schedule.After(end).Due, Outcome.Lost, Cause.StoreLost));
        }

        // Lanes of former jobs are known no longer: a monitor that still runs them is found out by their results.
        _known.IntersectWith(_configured.Keys);
        foreach (var (lane, grant) in _grants.Where(pair => _known.Contains(pair.Key)))
            writes.Add(new SetGrant(lane, grant));
        return writes.ToImmutable();
    }
}

/// <summary>A lane as it is configured.</summary>
/// <param name="Key">The lane.</param>
/// <param name="Schedule">When its slots are due.</param>
/// <param name="OpenFor">For how long a slot may be without a record.</param>
internal sealed record ConfiguredLane(LaneKey Key, SlotSchedule Schedule, TimeSpan OpenFor)
{
    /// <summary>Its first slot when it has begun in this run; what was before is the store's.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Its schedule, from an instant on.</summary>
    public LaneSchedule ScheduleFrom(DateTimeOffset from) => new(from, Schedule.IntervalMilliseconds, Schedule.PhaseMilliseconds, OpenFor);
}

/// <summary>To the writer: a lane has another schedule, or none any more.</summary>
/// <param name="Key">The lane.</param>
/// <param name="EndsAt">The instant from which the schedule so far has no slots; null when there is none, or the new one follows it without a gap.</param>
/// <param name="Begins">Its schedule, from its first slot on; null when it has none any more.</param>
internal sealed record LaneChange(LaneKey Key, DateTimeOffset? EndsAt, ConfiguredLane? Begins);

/// <summary>To the writer: these lanes change, before anything else is said of them.</summary>
internal sealed record LanesChanged(ImmutableArray<LaneChange> Changes);
