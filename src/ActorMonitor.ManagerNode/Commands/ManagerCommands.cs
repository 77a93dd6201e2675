using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Jobs;
using ActorMonitor.ManagerNode.Links;
using ActorMonitor.Messages;
using ActorMonitor.Shell;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Commands;

/// <summary>What an operator may ask a manager node.</summary>
public static class ManagerCommands
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The commands over a manager's supervisor.</summary>
    /// <param name="manager">The supervisor.</param>
    /// <param name="health">The node's board.</param>
    /// <param name="services">The services that checks may name.</param>
    /// <param name="time">The clock for bounds on waiting.</param>
    public static ImmutableArray<ShellCommand> Of(IActorRef manager, NodeHealth health, IServiceCatalog services, TimeProvider time) =>
    [
        new()
        {
            Palette = "jobs",
            Verb = "list",
            Summary = "the jobs, where each runs, and what became of its slots since the manager's start",
            Aliases = ["list_jobs"],
            Run = (_, cancellationToken) => ListJobsAsync(manager, cancellationToken),
        },
        new()
        {
            Palette = "monitors",
            Verb = "list",
            Summary = "the monitors and the links to them",
            Aliases = ["list_monitors"],
            Run = (_, cancellationToken) => ListMonitorsAsync(manager, cancellationToken),
        },
        .. ResultsCommands.Of(manager, services, time),
        .. CheckCommand.Of(manager, services, time),
        TopCommand.Of(manager, time),
        LedgerCommand.Of(manager, time),
        HistoryCommand.Of(manager, time),
        UptimeCommand.Of(manager, time),
        HealthCommand.Of(health),
    ];

    private static async IAsyncEnumerable<ShellOutput> ListJobsAsync(IActorRef manager, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new TableHeader(
            new ShellColumn("job"), new ShellColumn("service"), new ShellColumn("target"), new ShellColumn("interval"), new ShellColumn("monitor"),
            new ShellColumn("last"), new ShellColumn("due", ColumnKind.Number), new ShellColumn("open", ColumnKind.Number), new ShellColumn("up", ColumnKind.Number),
            new ShellColumn("degraded", ColumnKind.Number), new ShellColumn("down", ColumnKind.Number), new ShellColumn("unknown", ColumnKind.Number),
            new ShellColumn("skipped", ColumnKind.Number), new ShellColumn("lost", ColumnKind.Number), new ShellColumn("not running", ColumnKind.Number));
        var jobs = await manager.Ask<JobRefs>(GetJobs.Instance, AskTimeout, cancellationToken);
        foreach (var chunk in jobs.Refs.Chunk(256))
        {
            foreach (var status in await Task.WhenAll(chunk.Select(job => job.Ask<JobStatus>(GetJobStatus.Instance, AskTimeout, cancellationToken))))
            {
                foreach (var lane in status.Lanes)
                    yield return Row(status, lane);
            }
        }
    }

    private static TableRow Row(JobStatus status, LaneStatus lane)
    {
        var check = status.Job.Check;
        var host = check.Host.Contains(':', StringComparison.Ordinal) ? $"[{check.Host}]" : check.Host;
        var counts = lane.Counts;
        return new TableRow(
            check.Job.Name, check.Service, check.Port == 0 ? check.Host : $"{host}:{check.Port}", DurationText.Print(check.Interval), lane.Monitor,
            lane.Last is { } last ? last.Cause == Cause.None ? last.Outcome.ToString() : $"{last.Outcome} ({last.Cause.Name()})" : null,
            counts.Due, counts.Open, counts.Up, counts.Degraded, counts.Down, counts.Unknown, counts.Skipped, counts.Lost, counts.NotRunning);
    }

    private static async IAsyncEnumerable<ShellOutput> ListMonitorsAsync(IActorRef manager, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new TableHeader(
            new ShellColumn("name"), new ShellColumn("address"), new ShellColumn("connected", ColumnKind.Flag), new ShellColumn("since", ColumnKind.Instant),
            new ShellColumn("location"), new ShellColumn("domain"), new ShellColumn("round trip", ColumnKind.Duration), new ShellColumn("queued", ColumnKind.Number),
            new ShellColumn("in flight", ColumnKind.Number), new ShellColumn("sent", ColumnKind.Number), new ShellColumn("received", ColumnKind.Number), new ShellColumn("failure"));
        foreach (var link in (await manager.Ask<LinksActor.Links>(LinksActor.GetLinks.Instance, AskTimeout, cancellationToken)).Statuses)
        {
            yield return new TableRow(
                link.Monitor, link.Address, link.IsUp, link.Since, link.Location, link.Domain, link.RoundTrip, (long)link.Queued, (long)link.InFlight,
                link.Sent, link.Received, link.LastFailure);
        }
    }
}
