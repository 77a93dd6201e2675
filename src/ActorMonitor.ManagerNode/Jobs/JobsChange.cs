using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.Messages;

namespace ActorMonitor.ManagerNode.Jobs;

/// <summary>What is different between the jobs that run and those that are to run, by their names.</summary>
/// <param name="Added">Jobs that are new, in the order of the file.</param>
/// <param name="Changed">Jobs with another definition, another list of monitors or other labels, in the order of the file.</param>
/// <param name="Removed">Jobs that are no more.</param>
/// <param name="Unchanged">How many are as they were.</param>
internal sealed record JobsChange(ImmutableArray<JobDefinition> Added, ImmutableArray<JobDefinition> Changed, ImmutableArray<JobDefinition> Removed, int Unchanged)
{
    public static JobsChange Of(IReadOnlyDictionary<JobId, JobDefinition> running, ImmutableArray<JobDefinition> wanted)
    {
        var added = ImmutableArray.CreateBuilder<JobDefinition>();
        var changed = ImmutableArray.CreateBuilder<JobDefinition>();
        HashSet<JobId> names = [];
        foreach (var job in wanted)
        {
            _ = names.Add(job.Job);
            if (!running.TryGetValue(job.Job, out var before))
                added.Add(job);
            else if (!IsSame(before, job))
                changed.Add(job);
        }

        return new JobsChange(
            added.ToImmutable(), changed.ToImmutable(), [.. running.Values.Where(job => !names.Contains(job.Job))], wanted.Length - added.Count - changed.Count);
    }

    // The revision is a hash of the whole check.
    private static bool IsSame(JobDefinition a, JobDefinition b)
        => a.Revision == b.Revision && a.Monitors.AsSpan().SequenceEqual(b.Monitors.AsSpan()) && a.Labels.SequenceEqual(b.Labels);
}

/// <summary>What a reload did.</summary>
/// <param name="Added">Jobs that are new.</param>
/// <param name="Changed">Jobs that follow another definition.</param>
/// <param name="Removed">Jobs that end.</param>
/// <param name="Unchanged">How many were not touched.</param>
public sealed record JobsApplied(ImmutableArray<JobId> Added, ImmutableArray<JobId> Changed, ImmutableArray<JobId> Removed, int Unchanged)
{
    /// <summary>How many jobs there are now.</summary>
    public int Count => Added.Length + Changed.Length + Unchanged;

    /// <summary>Whether anything is different.</summary>
    public bool IsChange => Added.Length + Changed.Length + Removed.Length > 0;

    /// <summary>In one line: <c>1 added (shop), 2 changed (mail, web), 7 unchanged</c>.</summary>
    public override string ToString()
    {
        List<string> parts = [];
        Say(parts, Added, "added");
        Say(parts, Changed, "changed");
        Say(parts, Removed, "removed");
        parts.Add($"{Unchanged:N0} unchanged");
        return string.Join(", ", parts);
    }

    private static void Say(List<string> parts, ImmutableArray<JobId> jobs, string what)
    {
        const int most = 5;
        if (!jobs.IsEmpty)
            parts.Add($"{jobs.Length:N0} {what} ({string.Join(", ", jobs.Take(most))}{(jobs.Length > most ? ", ..." : "")})");
    }
}
