using System.Runtime.CompilerServices;
using ActorMonitor.Shell;
using ActorMonitor.Storage;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Commands;

/// <summary><c>uptime</c>: how much of a range a job's target was up, how much of it is known, and how fast it answered.</summary>
internal static class UptimeCommand
{
    public static ShellCommand Of(IActorRef manager, TimeProvider time) => new()
    {
        Palette = "uptime",
        Summary = "a job's uptime and latencies over a range; what proves neither up nor down lowers the coverage, not the uptime",
        Parameters =
        [
            ShellParameter.Argument(RangeOptions.Job), ShellParameter.Option(RangeOptions.Monitor), ShellParameter.Option(RangeOptions.Since),
            ShellParameter.Option(RangeOptions.Until),
        ],
        Run = (invocation, cancellationToken) => RunAsync(manager, time, invocation, cancellationToken),
    };

    private static async IAsyncEnumerable<ShellOutput> RunAsync(
        IActorRef manager, TimeProvider time, ShellInvocation invocation, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var (rows, problem, _) = await StoreReading.ReadAsync(
            manager,
            time,
            async (store, now, token) =>
            {
                var range = await RangeOptions.ReadAsync(store, invocation, now, token);
                var summaries = new List<(LaneKey Lane, RangeSummary Summary)>();
                foreach (var lane in range.Lanes)
                    summaries.Add((lane, await store.SummaryAsync(lane, range.From, range.To, token)));
                return summaries;
            },
            cancellationToken);
        if (rows is null)
        {
            yield return new Failure(problem!);
            yield break;
        }

        yield return new TableHeader(
            "monitor", new ShellColumn("from", ColumnKind.Instant), new ShellColumn("to", ColumnKind.Instant), Number("uptime percent"), Number("coverage percent"),
            Number("up"), Number("degraded"), Number("down"), Number("unknown"), Number("skipped"), Number("lost"), Number("not running"),
            Time("min"), Time("p50"), Time("p90"), Time("p95"), Time("p99"), Time("max"));
        foreach (var (lane, summary) in rows)
        {
            var latency = summary.Latency;
            yield return new TableRow(
                lane.Monitor, summary.From, summary.To, Percent(summary.Up + summary.Degraded, summary.Known), Percent(summary.Known, summary.Total),
                summary.Up, summary.Degraded, summary.Down, summary.Unknown, summary.Skipped, summary.Lost, summary.NotRunning,
                latency?.Min, latency?.P50, latency?.P90, latency?.P95, latency?.P99, latency?.Max);
        }
    }

    // Cut off, not rounded: 100 means that nothing at all is missing.
    private static double? Percent(long part, long whole) => whole == 0 ? null : (double)(Math.Floor(part * 100_000m / whole) / 1_000m);

    private static ShellColumn Number(string name) => new(name, ColumnKind.Number);

    private static ShellColumn Time(string name) => new(name, ColumnKind.Duration);
}
