using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Feed;
using ActorMonitor.ManagerNode.Jobs;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using ActorMonitor.Shell;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Commands;

/// <summary><c>results</c>: the records as they are stored, and the newest of each job.</summary>
internal sealed class ResultsCommands
{
    /// <summary>How many rows wait for a reader before rows are left out.</summary>
    public const int RowsWaiting = 1_024;

    private const int JobsAtOnce = 256;
    private const int MostProblems = 10;
    private const string FeedPath = "/user/manager/feed";

    // Less than the shell waits for a command.
    private static readonly TimeSpan LastBound = TimeSpan.FromSeconds(20);

    private static readonly Setting<string?> TailJob = Setting.OptionalText("job", "only this job; * stands for any characters: shop-*");
    private static readonly Setting<string?> LastJob = Setting.OptionalText("job", "only this job; * stands for any characters: shop-*");
    private static readonly Setting<bool> Failed = Setting.Flag("failed", false, "only records that are not Up");
    private static readonly Setting<string?> Service = Setting.OptionalText("service", "only jobs of this service");
    private static readonly Setting<string?> Monitor = Setting.OptionalText("monitor", "only records of this monitor");
    private static readonly Setting<int?> Count = Setting.OptionalInteger("count", 1, 1_000_000_000, "ends after so many new rows; without it the rows go on until you leave (Ctrl+C)");
    private static readonly Setting<int> Newest = Setting.Integer("last", 10, 0, FeedActor.RowsKept, "how many of the newest records are shown first");
    private static readonly Setting<int?> Limit = Setting.OptionalInteger("limit", 1, 100_000, "the most rows; without it all");
    private static readonly Setting<bool> Full = Setting.Flag("full", false, "the whole evidence of one job: every phase, measurement, attribute and attempt");

    private readonly IActorRef _manager;
    private readonly IServiceCatalog _services;
    private readonly TimeProvider _time;
    private readonly ManagerNames _names;

    private ResultsCommands(IActorRef manager, IServiceCatalog services, TimeProvider time)
        => (_manager, _services, _time, _names) = (manager, services, time, new ManagerNames(manager, time));

    public static ImmutableArray<ShellCommand> Of(IActorRef manager, IServiceCatalog services, TimeProvider time)
    {
        var commands = new ResultsCommands(manager, services, time);
        return [commands.TailCommand(), commands.LastCommand()];
    }

    private ShellCommand TailCommand() => new()
    {
        Palette = "results",
        Verb = "tail",
        Summary = "the records of slots, live, each as soon as it is stored; a reader that does not keep up is told how many were left out",
        Parameters =
        [
            ShellParameter.Option(TailJob) with { Candidates = _names.JobCandidatesAsync },
            ShellParameter.Option(Failed),
            ShellParameter.Option(Service) with { Candidates = ServiceCandidatesAsync },
            ShellParameter.Option(Monitor) with { Candidates = _names.MonitorCandidatesAsync },
            ShellParameter.Option(Newest),
            ShellParameter.Option(Count),
        ],
        Streams = true,
        Run = TailAsync,
    };

    private ShellCommand LastCommand() => new()
    {
        Palette = "results",
        Verb = "last",
        Summary = "the newest record of each job on each monitor, with its cause and what was measured",
        Parameters =
        [
            ShellParameter.OptionalArgument(LastJob) with { Candidates = _names.JobCandidatesAsync },
            ShellParameter.Option(Failed), ShellParameter.Option(Limit), ShellParameter.Option(Full),
        ],
        Run = LastAsync,
    };

    private async IAsyncEnumerable<ShellOutput> TailAsync(ShellInvocation invocation, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (filter, problems) = await FilterAsync(invocation, cancellationToken);
        foreach (var problem in problems)
            yield return new Failure(problem);
        if (filter is null)
            yield break;

        var items = Channel.CreateBounded<TailItem>(new BoundedChannelOptions(RowsWaiting) { SingleReader = true, SingleWriter = true });
        var (answer, timedOut) = await Question.AskAsync<object>(
            "results tail", _manager, new OpenTail(filter, invocation.Read(Newest), items.Writer), FeedPath, _time, cancellationToken);
        if (answer is not TailOpened tail)
        {
            yield return new Failure((answer as TailRefused)?.Reason ?? timedOut!);
            yield break;
        }

        try
        {
            var header = new TableHeader(
                new ShellColumn("time", ColumnKind.Instant), "job", "service", "monitor", new ShellColumn("outcome", ColumnKind.State), "cause",
                new ShellColumn("elapsed", ColumnKind.Duration), "details");
            yield return header;
            var left = (long)(invocation.Read(Count) ?? int.MaxValue) + tail.Earlier;
            await foreach (var item in items.Reader.ReadAllAsync(cancellationToken))
            {
                if (item.LeftOut > 0)
                {
                    yield return new TextLine($"{item.LeftOut} results left out: this reader did not keep up. They are stored: history JOB");
                    yield return header;
                }

                if (item.Row is not { } row)
                    continue;
                yield return new TableRow(
                    row.Slot.Due, row.Job.Name, row.Service, row.Monitor, row.Outcome.ToString(), EvidenceTables.CauseOf(row.Cause), row.Elapsed, row.Details);
                if (--left == 0)
                    yield break;
            }

            yield return new Failure("The feed of results was started again and has forgotten this reader; begin anew. Try: results tail");
        }
        finally
        {
            _manager.Tell(new CloseTail(tail.Id), ActorRefs.NoSender);
        }
    }

    private async Task<(RowFilter? Filter, IReadOnlyList<string> Problems)> FilterAsync(ShellInvocation invocation, CancellationToken cancellationToken)
    {
        var problems = new List<string>();
        var job = invocation.Read(TailJob) is { } name ? new NamePattern(name) : null;
        if (job is { IsName: true })
        {
            var (jobs, problem) = await _names.JobsAsync("results tail", cancellationToken);
            if (jobs is null || jobs.All(each => each.Name != job.Text))
                problems.Add(problem ?? ManagerNames.NoJob(job.Text, jobs!.Select(each => each.Name)));
        }

        var monitor = invocation.Read(Monitor);
        if (monitor is not null)
        {
            var (monitors, problem) = await _names.MonitorsAsync("results tail", cancellationToken);
            if (monitors is null || !monitors.Contains(monitor))
                problems.Add(problem ?? ManagerNames.NoMonitor(monitor, monitors!));
        }

        var service = invocation.Read(Service);
        if (service is not null && !_services.TryFind(service, out _))
            problems.Add($"There is no service \"{service}\": expected one of {string.Join(", ", _services.Services.Select(each => each.Name))}.");
        var known = service is not null && _services.TryFind(service, out var found) ? found.Name : null;
        return (problems.Count == 0 ? new RowFilter(job, invocation.Read(Failed), known, monitor) : null, problems);
    }

    private async IAsyncEnumerable<ShellOutput> LastAsync(ShellInvocation invocation, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var pattern = invocation.Read(LastJob) is { } name ? new NamePattern(name) : null;
        var isFull = invocation.Read(Full);
        if (isFull && pattern is not { IsName: true })
        {
            yield return new Failure("--full shows the evidence of one job: results last NAME --full");
            yield break;
        }

        var (jobs, problem) = await _names.JobsAsync("results last", cancellationToken);
        if (jobs is null)
        {
            yield return new Failure(problem!);
            yield break;
        }

        var wanted = jobs.Where(job => pattern is null || pattern.Matches(job.Name)).ToArray();
        if (wanted.Length == 0 && pattern is not null)
        {
            yield return new Failure(ManagerNames.NoJob(pattern.Text, jobs.Select(job => job.Name)));
            yield break;
        }

        if (!isFull)
        {
            yield return new TableHeader(
                new ShellColumn("time", ColumnKind.Instant), "job", "service", "monitor", new ShellColumn("outcome", ColumnKind.State), "cause",
                new ShellColumn("elapsed", ColumnKind.Duration), "message", "measurements");
        }

        var left = invocation.Read(Limit) ?? int.MaxValue;
        var onlyFailed = invocation.Read(Failed);
        var problems = new List<string>();
        await foreach (var (status, lane) in LanesAsync(wanted, problems, cancellationToken))
        {
            if (lane.Last is not { } last)
            {
                if (isFull)
                    yield return new TextLine($"{status.Job.Job} on {lane.Monitor} has no record yet.");
                continue;
            }

            if (onlyFailed && last.Outcome == Outcome.Up)
                continue;
            foreach (var output in isFull ? EvidenceTables.Of(last, isSlot: true) : [Row(status, last)])
                yield return output;
            if (--left == 0)
                break;
        }

        foreach (var each in problems.Take(MostProblems))
            yield return new Failure(each);
        if (problems.Count > MostProblems)
            yield return new Failure($"and {problems.Count - MostProblems} jobs more did not answer.");
    }

    private static TableRow Row(JobStatus status, SlotRecord last) => new(
        last.Slot.Due, status.Job.Job.Name, status.Job.Check.Service, last.Monitor, last.Outcome.ToString(), EvidenceTables.CauseOf(last.Cause),
        last.Result is { Attempts.Length: > 0 } ran ? ran.Elapsed : ShellValue.None, last.Message, EvidenceTables.InShort(last.Result));

    // What did answer is shown; what did not is one line each. So many at once, so that ten thousand jobs do not answer into one heap.
    private async IAsyncEnumerable<(JobStatus Status, LaneStatus Lane)> LanesAsync(
        (string Name, IActorRef Ref)[] jobs, List<string> problems, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var started = _time.GetTimestamp();
        var asked = 0;
        foreach (var chunk in jobs.Chunk(JobsAtOnce))
        {
            if (_time.GetElapsedTime(started) > LastBound)
            {
                problems.Insert(0, $"results last timed out: {jobs.Length - asked} of {jobs.Length} jobs were not asked within {DurationText.Print(LastBound)}.");
                yield break;
            }

            asked += chunk.Length;
            foreach (var (status, problem) in await Task.WhenAll(chunk.Select(job => Question.AskAsync<JobStatus>(
                "results last", job.Ref, GetJobStatus.Instance, job.Ref.Path.ToStringWithoutAddress(), _time, cancellationToken))))
            {
                if (status is null)
                    problems.Add(problem!);
                foreach (var lane in status?.Lanes ?? [])
                    yield return (status!, lane);
            }
        }
    }

    private Task<IReadOnlyCollection<string>> ServiceCandidatesAsync(CancellationToken cancellationToken)
        => Task.FromResult<IReadOnlyCollection<string>>([.. _services.Services.Select(service => service.Name)]);
}
