using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ActorMonitor.ManagerNode.Holds;
using ActorMonitor.ManagerNode.Jobs;
using ActorMonitor.Messages;
using ActorMonitor.Shell;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Commands;

/// <summary><c>jobs</c>: which there are, what becomes of them, and how to hold them.</summary>
internal static class JobsCommands
{
    private const string Running = "running";
    private const string Paused = "paused";
    private const string Maintenance = "maintenance";
    private const string TimedOut = "timed-out";
    private const int Chunk = 256;
    private const string Listing = "jobs list";

    private static readonly Setting<string?> Name = Setting.OptionalText("name", $"jobs of this name alone; {JobNames.Patterns}");
    private static readonly Setting<string?> Monitor = Setting.OptionalText("monitor", $"jobs on this monitor alone; {JobNames.Patterns}");
    private static readonly Setting<string?> Service = Setting.OptionalText("service", "jobs of this service alone");
    private static readonly Setting<string?> State = Setting.OptionalChoice("state", "jobs in this state alone", Running, Paused, Maintenance, TimedOut);
    private static readonly Setting<bool> Failed = Setting.Flag("failed", false, "those alone whose last record is neither Up nor Degraded");

    private static readonly Setting<ImmutableArray<string>> Names = Setting.TextList("name", $"the jobs; {JobNames.Patterns}", accepts: "names of jobs");
    private static readonly Setting<bool> All = Setting.Flag("all", false, "all jobs");
    private static readonly Setting<string?> Reason = Setting.OptionalText("reason", "why, for whoever looks at it", $"at most {Hold.MaxLength} characters on one line", IsReason);
    private static readonly Setting<TimeSpan?> For = Setting.OptionalDuration("for", TimeSpan.FromSeconds(1), TimeSpan.FromDays(365), "they go on by themselves after this time");

    public static IEnumerable<ShellCommand> Of(IActorRef manager, JobsReload? reload, TimeProvider time)
    {
        var names = Candidates(manager);
        yield return new()
        {
            Palette = "jobs",
            Verb = "list",
            Summary = "the jobs, where each runs, and what became of its slots since the manager's start",
            Aliases = ["list_jobs"],
            Parameters =
            [
                ShellParameter.OptionalArgument(Name) with { Candidates = names },
                ShellParameter.Option(Monitor) with { Candidates = MonitorsCommands.Candidates(manager) },
                ShellParameter.Option(Service), ShellParameter.Option(State), ShellParameter.Option(Failed),
            ],
            Run = (invocation, cancellationToken) => ListAsync(manager, Filter.Of(invocation), cancellationToken),
        };
        yield return JobsShowCommand.Of(manager, time, names);
        yield return new()
        {
            Palette = "jobs",
            Verb = "pause",
            Summary = "has jobs not run: their slots are skipped (paused) until they are resumed, over restarts too",
            Changes = true,
            Parameters =
            [
                ShellParameter.OptionalArgument(Names) with { Candidates = names }, ShellParameter.Option(All), ShellParameter.Option(Reason), ShellParameter.Option(For),
            ],
            Run = (invocation, cancellationToken) => PauseAsync(manager, invocation, cancellationToken),
        };
        yield return new()
        {
            Palette = "jobs",
            Verb = "resume",
            Summary = "has paused jobs run again, from their next slot on",
            Changes = true,
            Parameters = [ShellParameter.OptionalArgument(Names) with { Candidates = token => PausedAsync(manager, token) }, ShellParameter.Option(All)],
            Run = (invocation, cancellationToken) => ResumeAsync(manager, invocation, cancellationToken),
        };
        yield return JobsReloadCommand.Of(reload);
    }

    /// <summary>The names of the jobs, for a prompt that completes them.</summary>
    public static Func<CancellationToken, Task<IReadOnlyCollection<string>>> Candidates(IActorRef manager) => async cancellationToken =>
    {
        var (jobs, _) = await Question.TryAsync<JobRefs>(manager, GetJobs.Instance, Listing, cancellationToken);
        return jobs is null ? [] : [.. jobs.Jobs.Select(job => job.Job.Job.Name)];
    };

    /// <summary>Where a job's checks go.</summary>
    public static string Target(CheckDefinition check)
    {
        var host = check.Host.Contains(':', StringComparison.Ordinal) ? $"[{check.Host}]" : check.Host;
        return check.Port == 0 ? check.Host : $"{host}:{check.Port}";
    }

    /// <summary>What a lane's last record says.</summary>
    public static string? LastOf(LaneStatus lane)
        => lane.Last is { } last ? last.Cause == Cause.None ? last.Outcome.ToString() : $"{last.Outcome} ({last.Cause.Name()})" : null;

    /// <summary>Whether a lane runs, or who holds it since when and why.</summary>
    public static string StateOf(LaneStatus lane, ShownHold? hold) => lane.Hold switch
    {
        null => Running,
        { Cause: Cause.Paused } => $"{Paused}{hold?.Text}",
        _ => $"{Maintenance}{hold?.Text}",
    };

    /// <summary>What holds a job on a monitor, as its state tells of it.</summary>
    public static ShownHold? HoldOf(HoldState? holds, JobId job, LaneStatus lane) => lane.Hold?.Cause switch
    {
        Cause.Paused when holds?.Jobs.GetValueOrDefault(job.Name) is { } paused => new ShownHold(paused),
        Cause.Maintenance when holds?.Monitors.GetValueOrDefault(lane.Monitor) is { } drained => new ShownHold(drained),
        _ => null,
    };

    public static bool IsReason(string text) => text.Length <= Hold.MaxLength && !text.Any(char.IsControl);

    private static async IAsyncEnumerable<ShellOutput> ListAsync(IActorRef manager, Filter filter, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (jobs, problem) = await Question.TryAsync<JobRefs>(manager, GetJobs.Instance, Listing, cancellationToken);
        if (jobs is null)
        {
            yield return new Failure(problem!);
            yield break;
        }

        if (filter.Name is { } name && JobNames.Find([name], [.. jobs.Jobs.Select(job => job.Job.Job.Name)], "job", Listing).Problems is [var unknown, ..])
        {
            yield return new Failure(unknown);
            yield break;
        }

        var (holds, _) = await Question.TryAsync<HoldState>(manager, GetHolds.Instance, Listing, cancellationToken);
        yield return new TableHeader(
            "job", "service", "target", "interval", "monitor", new ShellColumn("state", ColumnKind.State), new ShellColumn("last", ColumnKind.State),
            Number("due"), Number("open"), Number("up"), Number("degraded"), Number("down"), Number("unknown"), Number("skipped"), Number("lost"), Number("not running"));
        var silent = 0;
        foreach (var chunk in jobs.Jobs.Where(filter.MayMatch).Chunk(Chunk))
        {
            var answers = await Task.WhenAll(chunk.Select(job => Question.TryAsync<JobStatus>(job.Ref, GetJobStatus.Instance, Listing, cancellationToken)));
            foreach (var (job, (status, _)) in chunk.Zip(answers))
            {
                silent += status is null ? 1 : 0;
                foreach (var row in status is null ? Silent(job.Job, filter) : Rows(status, holds, filter))
                    yield return row;
            }
        }

        if (silent > 0)
            yield return new Failure($"jobs list timed out: {silent:N0} of {jobs.Jobs.Length:N0} jobs did not answer within {DurationText.Print(Question.Bound)}.");
    }

    private static IEnumerable<TableRow> Rows(JobStatus status, HoldState? holds, Filter filter)
    {
        foreach (var lane in status.Lanes)
        {
            if (!filter.Matches(lane))
                continue;
            var check = status.Job.Check;
            var counts = lane.Counts;
            yield return new TableRow(
                check.Job.Name, check.Service, Target(check), DurationText.Print(check.Interval), lane.Monitor, StateOf(lane, HoldOf(holds, check.Job, lane)), LastOf(lane),
                counts.Due, counts.Open, counts.Up, counts.Degraded, counts.Down, counts.Unknown, counts.Skipped, counts.Lost, counts.NotRunning);
        }
    }

    // What did not answer is shown as that.
    private static IEnumerable<TableRow> Silent(Configuration.JobDefinition job, Filter filter)
    {
        if (filter.Failed || filter.State is not (null or TimedOut))
            yield break;
        foreach (var monitor in job.Monitors.Where(filter.IsOn))
        {
            var none = ShellValue.None;
            yield return new TableRow(
                job.Job.Name, job.Check.Service, Target(job.Check), DurationText.Print(job.Check.Interval), monitor, "timed out", none, none, none, none, none, none, none, none, none, none);
        }
    }

    private static async IAsyncEnumerable<ShellOutput> PauseAsync(IActorRef manager, ShellInvocation invocation, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (jobs, problem) = await Question.TryAsync<JobRefs>(manager, GetJobs.Instance, "jobs pause", cancellationToken);
        ImmutableArray<string> meant = [];
        foreach (var failure in jobs is null ? [problem!] : Meant(invocation, [.. jobs.Jobs.Select(job => job.Job.Job.Name)], "jobs pause", out meant))
            yield return new Failure(failure);
        if (meant.IsEmpty)
            yield break;
        var pause = new PauseJobs(meant, By(invocation), invocation.Read(Reason), invocation.Read(For));
        var (kept, refused) = await Question.TryAsync<HoldsKept>(manager, pause, "jobs pause", cancellationToken);
        foreach (var line in Done(kept, refused, $"{Some(meant, "job")} paused{(pause.For is { } time ? $" for {DurationText.Print(time)}" : "")}."))
            yield return line;
    }

    private static async IAsyncEnumerable<ShellOutput> ResumeAsync(IActorRef manager, ShellInvocation invocation, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (jobs, problem) = await Question.TryAsync<JobRefs>(manager, GetJobs.Instance, "jobs resume", cancellationToken);
        var (holds, second) = jobs is null ? (null, problem) : await Question.TryAsync<HoldState>(manager, GetHolds.Instance, "jobs resume", cancellationToken);
        if (jobs is null || holds is null)
        {
            yield return new Failure(second!);
            yield break;
        }

        // A pause may outlive its job.
        ImmutableArray<string> names = [.. jobs.Jobs.Select(job => job.Job.Job.Name).Concat(holds.Jobs.Keys).Distinct()];
        ImmutableArray<string> meant = [];
        foreach (var failure in Meant(invocation, names, "jobs resume", out meant))
            yield return new Failure(failure);
        if (meant.IsEmpty)
            yield break;
        ImmutableArray<string> paused = [.. meant.Where(holds.Jobs.ContainsKey)];
        if (paused.IsEmpty)
        {
            yield return new TextLine(meant.Length == 1 ? $"{meant[0]} is not paused." : $"None of {meant.Length:N0} jobs is paused.");
            yield break;
        }

        var (kept, refused) = await Question.TryAsync<HoldsKept>(manager, new ResumeJobs(paused, By(invocation)), "jobs resume", cancellationToken);
        foreach (var line in Done(kept, refused, $"{Some(paused, "job")} resumed."))
            yield return line;
    }

    // Nothing is done when one of the names means nothing.
    private static ImmutableArray<string> Meant(ShellInvocation invocation, ImmutableArray<string> names, string command, out ImmutableArray<string> meant)
    {
        var typed = invocation.Read(Names);
        meant = [];
        if (invocation.Read(All) == !typed.IsEmpty)
            return [$"{command} needs {(typed.IsEmpty ? "the names of jobs, or --all" : "either names or --all")}. Try: help {command}"];
        if (typed.IsEmpty)
        {
            meant = names;
            return names.IsEmpty ? ["There are no jobs."] : [];
        }

        var (found, problems) = JobNames.Find(typed, names, "job", Listing);
        meant = problems.IsEmpty ? found : [];
        return problems;
    }

    /// <summary>What is said when a word was taken.</summary>
    public static IEnumerable<ShellOutput> Done(HoldsKept? kept, string? refused, string done)
    {
        if (refused is not null)
        {
            yield return new Failure(refused);
            yield break;
        }

        yield return new TextLine(done);
        if (kept?.Failure is { } failure)
            yield return new Failure($"It could not be written down, and a restart would forget it: {failure}.");
    }

    /// <summary>Who it is that says so.</summary>
    public static string By(ShellInvocation invocation)
        => invocation.Caller.Length == 0 ? "an operator" : invocation.Caller.Length <= Hold.MaxLength ? invocation.Caller : invocation.Caller[..Hold.MaxLength];

    private static async Task<IReadOnlyCollection<string>> PausedAsync(IActorRef manager, CancellationToken cancellationToken)
    {
        var (holds, _) = await Question.TryAsync<HoldState>(manager, GetHolds.Instance, "jobs resume", cancellationToken);
        return holds is null ? [] : [.. holds.Jobs.Keys];
    }

    private static string Some(ImmutableArray<string> names, string thing) => names.Length == 1 ? names[0] : $"{names.Length:N0} {thing}s";

    private static ShellColumn Number(string name) => new(name, ColumnKind.Number);

    private sealed record Filter(string? Name, string? Monitor, string? Service, string? State, bool Failed)
    {
        public static Filter Of(ShellInvocation invocation) => new(
            invocation.Read(JobsCommands.Name), invocation.Read(JobsCommands.Monitor), invocation.Read(JobsCommands.Service), invocation.Read(JobsCommands.State),
            invocation.Read(JobsCommands.Failed));

        public bool MayMatch(JobRef job)
            => (Name is null || JobNames.IsMeant(Name, job.Job.Job.Name))
                && (Service is null || Service.Equals(job.Job.Check.Service, StringComparison.OrdinalIgnoreCase))
                && job.Job.Monitors.Any(IsOn);

        public bool IsOn(string monitor) => Monitor is null || JobNames.IsMeant(Monitor, monitor);

        public bool Matches(LaneStatus lane)
            => IsOn(lane.Monitor)
                && (State is null || State == lane.Hold?.Cause switch { null => Running, Cause.Paused => Paused, _ => Maintenance })
                && (!Failed || lane.Last is { Outcome: not (Outcome.Up or Outcome.Degraded) });
    }
}

/// <summary>A hold as a state tells of it: <c> since 2026-11-22 10:00:00Z by alice@127.0.0.1: upgrade</c>.</summary>
internal sealed record ShownHold(Hold Hold)
{
    public string Text => $" since {(ShellValue)Hold.Since} {Hold.Text}";
}
