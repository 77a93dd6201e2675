using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Jobs;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;

namespace ActorMonitor.ManagerNode.Holds;

/// <summary>Somebody's word that a job, or a monitor, is not to run.</summary>
/// <param name="By">Who said it.</param>
/// <param name="Since">When.</param>
/// <param name="Reason">Why; null when nothing was said.</param>
/// <param name="Until">When it ends by itself; null when it does not.</param>
internal sealed record Hold(string By, DateTimeOffset Since, string? Reason = null, DateTimeOffset? Until = null)
{
    /// <summary>The longest name of who said it, and the longest reason.</summary>
    public const int MaxLength = 256;

    /// <summary><c>by alice@127.0.0.1 until 2026-11-22 12:00:00Z: upgrade</c>.</summary>
    public string Text => $"by {By}{(Until is { } until ? $" until {until.UtcDateTime:yyyy-MM-dd HH:mm:ss}Z" : "")}{(Reason is null ? "" : $": {Reason}")}";
}

/// <summary>Which jobs are paused and which monitors are drained, by their names. A pause stays with the name of its job, also while there is no such job.</summary>
/// <param name="Jobs">The pauses.</param>
/// <param name="Monitors">The monitors that are drained.</param>
internal sealed record HoldState(ImmutableSortedDictionary<string, Hold> Jobs, ImmutableSortedDictionary<string, Hold> Monitors)
{
    /// <summary>The most of each.</summary>
    public const int MostHolds = JobsFile.MaxJobs;

    private static readonly ImmutableSortedDictionary<string, Hold> Nothing = ImmutableSortedDictionary.Create<string, Hold>(StringComparer.Ordinal);

    private readonly ImmutableDictionary<string, LaneHold> _drained = Monitors.ToImmutableDictionary(
        pair => pair.Key, pair => new LaneHold(Cause.Maintenance, $"{pair.Key} is drained {pair.Value.Text}"));

    /// <summary>Nothing is held.</summary>
    public static readonly HoldState Empty = new(Nothing, Nothing);

    /// <summary>The first instant at which one of them ends by itself; null when none does.</summary>
    public DateTimeOffset? NextEnd => Jobs.Values.Concat(Monitors.Values).Min(hold => hold.Until);

    /// <summary>What holds a job.</summary>
    public JobHolds Of(JobId job) => new(Jobs.TryGetValue(job.Name, out var hold) ? new LaneHold(Cause.Paused, $"paused {hold.Text}") : null, _drained);

    /// <summary>Whether a job has to be told when this comes in the place of another.</summary>
    public bool Differs(HoldState before, JobDefinition job)
        => Jobs.GetValueOrDefault(job.Job.Name) != before.Jobs.GetValueOrDefault(job.Job.Name)
            || job.Monitors.Any(monitor => Monitors.GetValueOrDefault(monitor) != before.Monitors.GetValueOrDefault(monitor));

    /// <summary>These jobs are paused, or paused for another reason.</summary>
    public HoldState Pause(IEnumerable<string> jobs, Hold hold) => new(Jobs.SetItems(jobs.Select(job => KeyValuePair.Create(job, hold))), Monitors);

    /// <summary>These jobs go on.</summary>
    public HoldState Resume(IEnumerable<string> jobs) => new(Jobs.RemoveRange(jobs), Monitors);

    /// <summary>A monitor is drained.</summary>
    public HoldState Drain(string monitor, Hold hold) => new(Jobs, Monitors.SetItem(monitor, hold));

    /// <summary>A monitor goes on.</summary>
    public HoldState ResumeMonitor(string monitor) => new(Jobs, Monitors.Remove(monitor));

    /// <summary>Without those that have ended by themselves.</summary>
    public HoldState Without(DateTimeOffset now)
        => NextEnd <= now ? new(Jobs.RemoveRange(Ended(Jobs, now)), Monitors.RemoveRange(Ended(Monitors, now))) : this;

    private static IEnumerable<string> Ended(ImmutableSortedDictionary<string, Hold> holds, DateTimeOffset now)
        => holds.Where(pair => pair.Value.Until <= now).Select(pair => pair.Key);
}
