using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Jobs;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using ActorMonitor.Storage;

namespace ActorMonitor.ManagerNode.Start;

/// <summary>
/// What a manager does with its store before the first Connect: schedules, what is to be recorded of the time in which it was not
/// running, and where each lane goes on. Computed of the store's lanes, the configuration and the time.
/// </summary>
internal sealed class StartPlan
{
    /// <summary>Slots begin a little after the start, when the links have had time to connect: a start alone leaves none without a monitor.</summary>
    public static readonly TimeSpan FirstSlotAfter = TimeSpan.FromSeconds(1);

    /// <summary>A clock may begin so far ahead of the wall clock; beyond it somebody has to look.</summary>
    public static readonly TimeSpan MostAhead = TimeSpan.FromHours(24);

    // What was decided before a beat was handed to the store before it, but the beat may have overtaken a busy job. A range takes only
    // slots that have no record: it does no harm to look further back.
    private static readonly TimeSpan DecisionSlack = TimeSpan.FromMinutes(1);

    // For so long at most a slot of any job stays open.
    private static readonly TimeSpan LongestOpen = SlotLane.OpenFor(JobBounds.MaxTimeout) + DecisionSlack;

    private StartPlan(ImmutableArray<StoreWrite> writes, ImmutableArray<JobMemory> jobs, LaneBook lanes, ImmutableDictionary<string, ImmutableArray<JobId>> revoked, DateTimeOffset begun)
        => (Writes, Jobs, Lanes, Revoked, Begun) = (writes, jobs, lanes, revoked, begun);

    /// <summary>What the store is told, in this order.</summary>
    public ImmutableArray<StoreWrite> Writes { get; }

    /// <summary>The jobs, as they were left.</summary>
    public ImmutableArray<JobMemory> Jobs { get; }

    /// <summary>The lanes, for a store that has to be begun anew.</summary>
    public LaneBook Lanes { get; }

    /// <summary>For each monitor the jobs that it may still run though they are no longer configured.</summary>
    public ImmutableDictionary<string, ImmutableArray<JobId>> Revoked { get; }

    /// <summary>The instant of the start.</summary>
    public DateTimeOffset Begun { get; }

    /// <summary>The instant that the slot clock may not begin before: what is recorded is past.</summary>
    public static DateTimeOffset? NotBefore(StoreOpening opening)
        => opening.LastBeat is { } beat && opening.NewestSlot is { } slot ? (beat > slot.Due ? beat : slot.Due) : opening.LastBeat ?? opening.NewestSlot?.Due;

    /// <summary>Why a manager must not start; null when it may.</summary>
    public static string? Refusal(StoreOpening opening, DateTimeOffset wall) => NotBefore(opening) is { } newest && newest - wall > MostAhead
        ? $"the newest record in the store is of {newest:yyyy-MM-dd HH:mm:ss} UTC, more than 24 hours ahead of this machine's clock ({wall:yyyy-MM-dd HH:mm:ss} UTC): "
            + "set the clock, or, if the clock is right, move the store out of the data folder to begin a new one"
        : null;

    /// <summary>The plan.</summary>
    public static StartPlan Of(StoreOpening opening, ImmutableArray<LaneState> stored, ImmutableArray<JobDefinition> jobs, DateTimeOffset now)
    {
        var begin = now + FirstSlotAfter;
        var before = stored.ToDictionary(lane => lane.Key);
        var configured = LaneBook.Of(jobs);
        var writes = ImmutableArray.CreateBuilder<StoreWrite>();
        foreach (var lane in configured)
        {
            var first = lane.Schedule.After(begin).Due;
            var inForce = before.GetValueOrDefault(lane.Key)?.Schedule;
            var from = first;
            if (opening.LostFrom is { } lostFrom && inForce is null)
            {
                // The file that was set aside had this lane, as far as anybody knows.
                from = lostFrom < first ? lostFrom : first;
                writes.Add(new SetSchedule(lane.Key, lane.ScheduleFrom(from)));
                var known = opening.LastBeat is { } beat && beat > from && beat < first ? beat : first;
                writes.Add(new KeepRange(lane.Key, from, known, Outcome.Lost, Cause.StoreLost));
                if (known < first)
                    writes.Add(new KeepRange(lane.Key, known, first, Outcome.NotRunning, Cause.NotRunning));
                continue;
            }

            if (inForce is { } schedule)
                writes.Add(NotRunning(lane.Key, schedule, lane.OpenFor, opening, first));
            else if (before.ContainsKey(lane.Key) && opening.LastBeat is { } beat && beat - LongestOpen < first)
                writes.Add(new KeepRange(lane.Key, beat - LongestOpen, first, Outcome.NotRunning, Cause.NotRunning));
            // The same for one that was changed.
            if (inForce?.From > first)
                writes.Add(new EndSchedule(lane.Key, now));
            if (inForce is not { } same || same.From > first || same != lane.ScheduleFrom(same.From))
                writes.Add(new SetSchedule(lane.Key, lane.ScheduleFrom(from)));
        }

        var names = configured.Select(lane => lane.Key).ToHashSet();
        foreach (var former in stored.Where(lane => !names.Contains(lane.Key)))
        {
            // One that was removed while the manager ran may have left slots open; and the clock may have been set back since.
            if (former.Schedule is { } schedule)
                writes.Add(NotRunning(former.Key, schedule, TimeSpan.Zero, opening, now));
            else if (opening.LastBeat is { } beat && beat - LongestOpen < now)
                writes.Add(new KeepRange(former.Key, beat - LongestOpen, now, Outcome.NotRunning, Cause.NotRunning));
            writes.Add(new EndSchedule(former.Key, now));
        }

        writes.Add(new Beat(now));
        return new StartPlan(
            writes.ToImmutable(),
            [.. jobs.Select(job => new JobMemory(job, begin, before))],
            new LaneBook(configured, stored, begin),
            stored.Where(lane => lane.Grant is not null && !names.Contains(lane.Key))
                .GroupBy(lane => lane.Key.Monitor)
                .ToImmutableDictionary(lanes => lanes.Key, lanes => lanes.Select(lane => lane.Key.Job).ToImmutableArray()),
            now);
    }

    private static KeepRange NotRunning(LaneKey lane, LaneSchedule schedule, TimeSpan openFor, StoreOpening opening, DateTimeOffset to)
    {
        // The schedule before it may have given its slots more time.
        var open = schedule.OpenFor > openFor ? schedule.OpenFor : openFor;
        var isYoung = opening.LastBeat < schedule.From + LongestOpen;
        var from = opening.LastBeat is { } beat ? beat - (isYoung ? LongestOpen : open + DecisionSlack) : schedule.From;
        return new KeepRange(lane, from < to ? from : to, to, Outcome.NotRunning, Cause.NotRunning);
    }
}
