using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ActorMonitor.Messages;
using ActorMonitor.Shell;
using ActorMonitor.Storage;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Commands;

/// <summary><c>ledger</c>: whether every slot that came due has its one record.</summary>
internal static class LedgerCommand
{
    private static readonly Setting<string?> Job = Setting.OptionalText("job", "one job; without it all", "a job's name", JobId.IsValid);

    public static ShellCommand Of(IActorRef manager, TimeProvider time) => new()
    {
        Palette = "ledger",
        Summary = "every slot that came due and what became of it; exit code 1 when one is not accounted for",
        Parameters = [ShellParameter.OptionalArgument(Job)],
        Run = (invocation, cancellationToken) => RunAsync(manager, time, invocation.Read(Job), cancellationToken),
    };

    private static async IAsyncEnumerable<ShellOutput> RunAsync(IActorRef manager, TimeProvider time, string? job, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        JobId? only = job is null ? null : new JobId(job);
        var (read, problem, outage) = await StoreReading.ReadAsync(manager, time, (store, now, token) => RowsAsync(store, only, now, token), cancellationToken);
        if (read is not { Rows: var rows })
        {
            yield return new Failure(problem!);
            yield break;
        }

        yield return new TableHeader(
            "job", "monitor", Number("due"), Number("open"), Number("up"), Number("degraded"), Number("down"), Number("unknown"), Number("skipped"),
            Number("lost"), Number("not running"), Number("difference"), new ShellColumn("since", ColumnKind.Instant));
        foreach (var row in rows)
        {
            yield return new TableRow(
                row.Lane.Job.Name, row.Lane.Monitor, row.Due, row.Open, row.Up, row.Degraded, row.Down, row.Unknown, row.Skipped, row.Lost, row.NotRunning,
                row.Difference, row.From);
        }

        if (rows.Length > 1)
            yield return new TextLine(Totals(rows));
        if (outage is not null)
            yield return new TextLine($"The store takes nothing at present ({outage}): what waits for it is not in these books.");
        foreach (var failure in Differences(rows))
            yield return failure;
    }

    private static async Task<LedgerReading> RowsAsync(IStore store, JobId? job, DateTimeOffset now, CancellationToken cancellationToken)
    {
        var rows = await store.LedgerAsync(job, now, cancellationToken);
        if (job is { } named && rows.IsEmpty)
        {
            // A job that has lanes and nothing to count is no mistake.
            var lanes = await store.LanesAsync(cancellationToken);
            if (!lanes.Any(lane => lane.Key.Job == named))
                throw StoreReading.UnknownJob(named, lanes.Select(lane => lane.Key));
        }

        return new LedgerReading([.. rows.OrderBy(row => row.Lane.Job.Name, StringComparer.Ordinal).ThenBy(row => row.Lane.Monitor, StringComparer.Ordinal)]);
    }

    private static string Totals(ImmutableArray<LedgerRow> rows)
        => $"{rows.Length} lanes: {rows.Sum(row => row.Due)} due = {rows.Sum(row => row.Open)} open + {rows.Sum(row => row.Up)} up + {rows.Sum(row => row.Degraded)} degraded"
            + $" + {rows.Sum(row => row.Down)} down + {rows.Sum(row => row.Unknown)} unknown + {rows.Sum(row => row.Skipped)} skipped + {rows.Sum(row => row.Lost)} lost"
            + $" + {rows.Sum(row => row.NotRunning)} not running; difference {rows.Sum(row => row.Difference)}";

    // Differences of opposite sign must not cancel each other out.
    private static IEnumerable<Failure> Differences(ImmutableArray<LedgerRow> rows)
    {
        const int most = 10;
        var wrong = rows.Where(row => row.Difference != 0).ToArray();
        foreach (var row in wrong.Take(most))
        {
            yield return new Failure(row.Difference > 0
                ? $"{row.Lane.Job} on {row.Lane.Monitor}: {row.Difference} of {row.Due} slots have no record."
                : $"{row.Lane.Job} on {row.Lane.Monitor}: {-row.Difference} records more than slots.");
        }

        if (wrong.Length > most)
            yield return new Failure($"and {wrong.Length - most} lanes more.");
    }

    private static ShellColumn Number(string name) => new(name, ColumnKind.Number);

    private sealed record LedgerReading(ImmutableArray<LedgerRow> Rows);
}
