using System.Runtime.CompilerServices;
using ActorMonitor.Messages;
using ActorMonitor.Shell;
using ActorMonitor.Storage;
using Akka.Actor;

namespace ActorMonitor.ManagerNode.Commands;

/// <summary><c>history</c>: the records of a job, or how its target's state changed.</summary>
internal static class HistoryCommand
{
    private const int MostTransitions = 10_000;

    private static readonly Setting<int> Limit = Setting.Integer("limit", 100, 1, 10_000, "the most rows, the newest of them");
    private static readonly Setting<bool> Failed = Setting.Flag("failed", false, "only records that are not Up");
    private static readonly Setting<bool> Changes = Setting.Flag("changes", false, "the changes between Up, Degraded and Down in place of the records");

    public static ShellCommand Of(IActorRef manager, TimeProvider time) => new()
    {
        Palette = "history",
        Summary = "a job's records, newest first",
        Parameters =
        [
            ShellParameter.Argument(RangeOptions.Job), ShellParameter.Option(RangeOptions.Monitor), ShellParameter.Option(RangeOptions.Since),
            ShellParameter.Option(RangeOptions.Until), ShellParameter.Option(Limit), ShellParameter.Option(Failed), ShellParameter.Option(Changes),
        ],
        Run = (invocation, cancellationToken) => invocation.Read(Changes)
            ? TransitionsAsync(manager, time, invocation, cancellationToken)
            : RecordsAsync(manager, time, invocation, cancellationToken),
    };

    private static async IAsyncEnumerable<ShellOutput> RecordsAsync(
        IActorRef manager, TimeProvider time, ShellInvocation invocation, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var limit = invocation.Read(Limit);
        var onlyFailed = invocation.Read(Failed);
        var (rows, problem, _) = await StoreReading.ReadAsync(
            manager,
            time,
            async (store, now, token) =>
            {
                var range = await RangeOptions.ReadAsync(store, invocation, now, token);
                var records = LaneHistory.NewestFirstAsync(store, range.Lanes, range.From, range.To, limit, onlyFailed, token);
                return await records.Take(limit).ToListAsync(token);
            },
            cancellationToken);
        if (rows is null)
        {
            yield return new Failure(problem!);
            yield break;
        }

        yield return new TableHeader(
            new ShellColumn("slot", ColumnKind.Instant), "monitor", "outcome", "cause", new ShellColumn("elapsed", ColumnKind.Duration), "address", "message",
            new ShellColumn("late", ColumnKind.Flag));
        foreach (var (lane, record) in rows)
        {
            yield return new TableRow(
                record.Slot.Due, lane.Monitor, record.Outcome.ToString(), CauseOf(record.Cause), record.Result?.Elapsed, record.Result?.ResolvedAddress, record.Message,
                record.IsLate);
        }
    }

    private static async IAsyncEnumerable<ShellOutput> TransitionsAsync(
        IActorRef manager, TimeProvider time, ShellInvocation invocation, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (invocation.Read(Failed))
        {
            yield return new Failure("--failed goes with records, not with --changes: a change to Up is as much of a change as one from it.");
            yield break;
        }

        var limit = invocation.Read(Limit);
        var (rows, problem, _) = await StoreReading.ReadAsync(
            manager,
            time,
            async (store, now, token) =>
            {
                var range = await RangeOptions.ReadAsync(store, invocation, now, token);
                var all = new List<(LaneKey Lane, StateTransition Transition, TimeSpan Lasted)>();
                foreach (var lane in range.Lanes)
                {
                    var transitions = await store.TransitionsAsync(lane, range.From, range.To, MostTransitions, token);
                    var end = range.To < now ? range.To : now;
                    for (var i = 0; i < transitions.Length; i++)
                        all.Add((lane, transitions[i], (i + 1 < transitions.Length ? transitions[i + 1].Slot.Due : end) - transitions[i].Slot.Due));
                }

                return all.OrderByDescending(each => each.Transition.Slot).ThenBy(each => each.Lane.Monitor, StringComparer.Ordinal).Take(limit).ToList();
            },
            cancellationToken);
        if (rows is null)
        {
            yield return new Failure(problem!);
            yield break;
        }

        yield return new TableHeader(
            new ShellColumn("slot", ColumnKind.Instant), "monitor", "from", "to", new ShellColumn("lasted", ColumnKind.Duration), "cause", "message");
        foreach (var (lane, transition, lasted) in rows)
        {
            yield return new TableRow(
                transition.Slot.Due, lane.Monitor, transition.From?.ToString(), transition.To.ToString(), lasted, CauseOf(transition.Cause), transition.Message);
        }
    }

    private static string? CauseOf(Cause cause) => cause == Cause.None ? null : cause.Name();
}
