using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Holds;
using ActorMonitor.ManagerNode.Jobs;
using ActorMonitor.Messages;
using ActorMonitor.Shell;
using ActorMonitor.Storage;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Commands;

/// <summary><c>jobs show</c>: everything about one job.</summary>
internal static class JobsShowCommand
{
    private static readonly Setting<string> Job = Setting.Text("name", "", "the job", "a job's name", JobId.IsValid);

    public static ShellCommand Of(IActorRef manager, TimeProvider time, Func<CancellationToken, Task<IReadOnlyCollection<string>>> names) => new()
    {
        Palette = "jobs",
        Verb = "show",
        Summary = "everything about a job: its definition, its times, its permissions, its last records and its books",
        Parameters = [ShellParameter.Argument(Job) with { Candidates = names }],
        Run = (invocation, cancellationToken) => RunAsync(manager, time, invocation.Read(Job), cancellationToken),
    };

    private static async IAsyncEnumerable<ShellOutput> RunAsync(IActorRef manager, TimeProvider time, string name, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (jobs, problem) = await Question.TryAsync<JobRefs>(manager, GetJobs.Instance, "jobs show", cancellationToken);
        if (jobs is null)
        {
            yield return new Failure(problem!);
            yield break;
        }

        if (jobs.Jobs.FirstOrDefault(each => each.Job.Job.Name == name) is not { } job)
        {
            yield return new Failure(JobNames.Find([name], [.. jobs.Jobs.Select(each => each.Job.Job.Name)], "job", "jobs list").Problems.FirstOrDefault() ?? $"\"{name}\" means several jobs. Try: jobs list \"{name}\"");
            yield break;
        }

        var (holds, _) = await Question.TryAsync<HoldState>(manager, GetHolds.Instance, "jobs show", cancellationToken);
        yield return new TableHeader("of the job", "value");
        foreach (var (what, value) in Definition(job.Job, holds))
            yield return new TableRow(what, value);

        var (status, silent) = await Question.TryAsync<JobStatus>(job.Ref, GetJobStatus.Instance, "jobs show", cancellationToken);
        if (status is null)
            yield return new Failure(silent!);
        foreach (var line in status is null ? [] : Lanes(status, holds))
            yield return line;

        var (read, unread, _) = await StoreReading.ReadAsync(
            manager, time, async (store, now, token) => new Read(await store.LedgerAsync(job.Job.Job, now, token)), cancellationToken);
        if (read is null)
        {
            yield return new Failure(unread!);
            yield break;
        }

        foreach (var line in Books(read.Rows))
            yield return line;
    }

    private static IEnumerable<(string What, ShellValue Value)> Definition(JobDefinition job, HoldState? holds)
    {
        var check = job.Check;
        yield return ("name", check.Job.Name);
        yield return ("state", holds?.Jobs.GetValueOrDefault(check.Job.Name) is { } paused ? $"paused since {(ShellValue)paused.Since} {paused.Text}" : "running");
        yield return ("service", check.Service);
        yield return ("target", JobsCommands.Target(check));
        yield return ("interval", DurationText.Print(check.Interval));
        yield return ("timeout", DurationText.Print(check.Timeout));
        yield return ("monitors", string.Join(", ", job.Monitors));
        yield return ("revision", $"{job.Revision:x}");
        foreach (var (name, value) in job.Labels)
            yield return ($"labels.{name}", value);
        foreach (var (name, value) in check.Settings)
            yield return ($"settings.{name}", Secrets.Shown(name, value));
        foreach (var (name, value) in check.Expectations)
            yield return ($"expect.{name}", Secrets.Shown(name, value));
    }

    private static IEnumerable<ShellOutput> Lanes(JobStatus status, HoldState? holds)
    {
        yield return new TableHeader(
            "monitor", new ShellColumn("state", ColumnKind.State), new ShellColumn("linked", ColumnKind.Flag), new ShellColumn("phase", ColumnKind.Duration),
            new ShellColumn("next slot", ColumnKind.Instant), "granted", new ShellColumn("granted until", ColumnKind.Instant));
        foreach (var lane in status.Lanes)
        {
            yield return new TableRow(
                lane.Monitor, JobsCommands.StateOf(lane, JobsCommands.HoldOf(holds, status.Job.Job, lane)), lane.IsLinked, TimeSpan.FromMilliseconds(lane.Schedule.PhaseMilliseconds),
                lane.Next.Due, Granted(lane, status.Job), lane.GrantedRevision == 0 ? ShellValue.None : lane.GrantedUntil);
        }

        yield return new TableHeader(
            "monitor", new ShellColumn("last", ColumnKind.State), new ShellColumn("slot", ColumnKind.Instant), new ShellColumn("elapsed", ColumnKind.Duration), "address", "message");
        foreach (var lane in status.Lanes)
        {
            yield return lane.Last is { } last
                ? new TableRow(lane.Monitor, JobsCommands.LastOf(lane), last.Slot.Due, last.Result?.Elapsed, last.Result?.ResolvedAddress, last.Message)
                : new TableRow(lane.Monitor, ShellValue.None, ShellValue.None, ShellValue.None, ShellValue.None, "no record yet");
        }

        if (!status.Lanes.Any(lane => lane.Last?.Result is { Measurements.Length: > 0 }))
            yield break;
        yield return new TableHeader("monitor", "measured", new ShellColumn("ordinal", ColumnKind.Number), new ShellColumn("value", ColumnKind.Number), "unit");
        foreach (var lane in status.Lanes)
        {
            foreach (var measurement in lane.Last?.Result?.Measurements ?? [])
                yield return new TableRow(lane.Monitor, measurement.Name, (long)measurement.Ordinal, measurement.Value, measurement.Unit);
        }
    }

    private static string Granted(LaneStatus lane, JobDefinition job) => lane.GrantedRevision switch
    {
        0 => "nothing",
        var held => (held == job.Revision ? "this revision" : $"revision {held:x}") + (lane.IsLinked ? ", renewed each second" : ""),
    };

    private static IEnumerable<ShellOutput> Books(ImmutableArray<LedgerRow> rows)
    {
        yield return new TableHeader(
            "books of", Number("due"), Number("open"), Number("up"), Number("degraded"), Number("down"), Number("unknown"), Number("skipped"), Number("lost"),
            Number("not running"), Number("difference"), new ShellColumn("since", ColumnKind.Instant));
        foreach (var row in rows.OrderBy(row => row.Lane.Monitor, StringComparer.Ordinal))
        {
            yield return new TableRow(
                row.Lane.Monitor, row.Due, row.Open, row.Up, row.Degraded, row.Down, row.Unknown, row.Skipped, row.Lost, row.NotRunning, row.Difference, row.From);
        }
    }

    private static ShellColumn Number(string name) => new(name, ColumnKind.Number);

    private sealed record Read(ImmutableArray<LedgerRow> Rows);
}
