using ActorMonitor.ManagerNode.Jobs;
using ActorMonitor.ManagerNode.Links;
using ActorMonitor.Shell;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Commands;

/// <summary>The names that an operator may type to a manager, and what is said of one that is none.</summary>
internal sealed class ManagerNames(IActorRef manager, TimeProvider time)
{
    private const string JobsPath = "/user/manager/jobs";
    private const string MonitorsPath = "/user/manager/monitors";

    /// <summary>The jobs' actors by name, in the order of the jobs file.</summary>
    public async Task<(IReadOnlyList<(string Name, IActorRef Ref)>? Jobs, string? Problem)> JobsAsync(string command, CancellationToken cancellationToken)
    {
        var (jobs, problem) = await Question.AskAsync<JobRefs>(command, manager, GetJobs.Instance, JobsPath, time, cancellationToken);
        return (jobs is null ? null : [.. jobs.Jobs.Select(job => (job.Job.Job.Name, job.Ref))], problem);
    }

    /// <summary>The monitors, in the order of the configuration.</summary>
    public async Task<(IReadOnlyList<string>? Monitors, string? Problem)> MonitorsAsync(string command, CancellationToken cancellationToken)
    {
        var (links, problem) = await Question.AskAsync<LinksActor.Links>(command, manager, LinksActor.GetLinks.Instance, MonitorsPath, time, cancellationToken);
        return (links is null ? null : [.. links.Statuses.Select(status => status.Monitor)], problem);
    }

    /// <summary>What Tab offers for a job; nothing when nobody answers.</summary>
    public async Task<IReadOnlyCollection<string>> JobCandidatesAsync(CancellationToken cancellationToken)
        => (await JobsAsync("completion", cancellationToken)).Jobs?.Select(job => job.Name).ToArray() ?? [];

    /// <summary>What Tab offers for a monitor.</summary>
    public async Task<IReadOnlyCollection<string>> MonitorCandidatesAsync(CancellationToken cancellationToken)
        => (await MonitorsAsync("completion", cancellationToken)).Monitors?.ToArray() ?? [];

    public static string NoJob(string name, IEnumerable<string> known) => $"There is no job \"{name}\".{ClosestNames.Question(name, known)} Try: jobs list";

    public static string NoMonitor(string name, IEnumerable<string> known) => $"There is no monitor \"{name}\".{ClosestNames.Question(name, known)} Try: monitors list";
}
