using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Holds;
using ActorMonitor.Messages;

namespace ActorMonitor.ManagerNode.Jobs;

/// <summary>What the parent of the jobs must not forget when it is restarted. Made at the manager's start, touched by that actor alone.</summary>
internal sealed class JobsMemory
{
    private readonly Dictionary<string, HashSet<JobId>> _revoking = [];

    public JobsMemory(ImmutableArray<JobMemory> jobs, HoldState holds)
    {
        Jobs = jobs.ToDictionary(job => job.Job.Job);
        Order = [.. jobs.Select(job => job.Job)];
        Configured = Order.ToDictionary(job => job.Job);
        Holds = holds;
    }

    /// <summary>The jobs that have an actor: those configured, and those that still end.</summary>
    public Dictionary<JobId, JobMemory> Jobs { get; }

    /// <summary>The jobs as they are configured, in the order of the file.</summary>
    public ImmutableArray<JobDefinition> Order { get; private set; }

    /// <summary>The same by name.</summary>
    public Dictionary<JobId, JobDefinition> Configured { get; private set; }

    /// <summary>What is held.</summary>
    public HoldState Holds { get; set; }

    /// <summary>The number of the last word to a job.</summary>
    public long Version { get; set; }

    /// <summary>The number of the last word to each job that was told one.</summary>
    public Dictionary<JobId, long> Versions { get; } = [];

    /// <summary>These jobs are configured now.</summary>
    public void Configure(ImmutableArray<JobDefinition> jobs) => (Order, Configured) = (jobs, jobs.ToDictionary(job => job.Job));

    /// <summary>Jobs that a monitor is not to run any more, and has not said yet that it does not.</summary>
    public IEnumerable<JobId> Revoking(string monitor) => _revoking.GetValueOrDefault(monitor) ?? [];

    /// <summary>A monitor is not to run a job any more.</summary>
    public void Revoke(string monitor, JobId job)
    {
        if (!_revoking.TryGetValue(monitor, out var jobs))
            _revoking[monitor] = jobs = [];
        _ = jobs.Add(job);
    }

    /// <summary>A monitor does not run a job any more, or is to run it again.</summary>
    public void Revoked(string monitor, JobId job)
    {
        if (_revoking.TryGetValue(monitor, out var jobs) && jobs.Remove(job) && jobs.Count == 0)
            _ = _revoking.Remove(monitor);
    }
}
