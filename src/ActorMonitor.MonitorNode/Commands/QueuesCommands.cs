using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ActorMonitor.MonitorNode.Gate;
using ActorMonitor.Shell;
using Akka.Actor;

namespace ActorMonitor.MonitorNode.Commands;

/// <summary><c>queues list</c> and <c>outbox</c>: what waits on its way in, and on its way out.</summary>
internal static class QueuesCommands
{
    public static ImmutableArray<ShellCommand> Of(IActorRef monitor, TimeProvider time) =>
    [
        new()
        {
            Palette = "queues",
            Verb = "list",
            Summary = "each manager's queue, the checks that run, and how full the monitor is",
            Aliases = ["list_all_queues"],
            Run = (_, cancellationToken) => ListAsync(monitor, time, cancellationToken),
        },
        new()
        {
            Palette = "outbox",
            Summary = "what is kept on disk for each manager until it has stored it, and what it may run by itself",
            Run = (_, cancellationToken) => ShowOutboxAsync(monitor, time, cancellationToken),
        },
    ];

    /// <summary>How full the monitor is, in a line.</summary>
    public static string Text(GateActor.Occupancy gate)
        => $"{gate.Probes} probe actors; {gate.InUse} of {gate.Capacity} checks at a time; {gate.Waiting} waiting";

    private static async IAsyncEnumerable<ShellOutput> ListAsync(IActorRef monitor, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var inquiry = new MonitorInquiry("queues list", monitor, time, cancellationToken);
        var parts = await inquiry.PartsAsync();
        if (parts.Failure is { } silent)
        {
            yield return silent;
            yield break;
        }

        var asked = inquiry.AskAsync<GateActor.Occupancy>(parts.Value!.Gate, GateActor.GetOccupancy.Instance);
        var reading = await inquiry.ClientsAsync(parts.Value.Clients);
        yield return new TableHeader(
            new ShellColumn("client"), new ShellColumn("waiting", ColumnKind.Number), new ShellColumn("bound", ColumnKind.Number),
            new ShellColumn("oldest", ColumnKind.Duration), new ShellColumn("in flight", ColumnKind.Number), new ShellColumn("refused", ColumnKind.Number),
            new ShellColumn("repeated", ColumnKind.Number), new ShellColumn("late answers", ColumnKind.Number), new ShellColumn("wrong key", ColumnKind.Number));
        foreach (var (_, client) in reading.Clients)
        {
            yield return new TableRow(
                client.Name, (long)client.Queued, (long)client.QueueBound, client.OldestWaiting, (long)client.InFlight, client.Refused, client.RepeatedSlots,
                client.LateAnswers, client.WrongKey);
        }

        foreach (var failure in reading.Failures)
            yield return failure;
        var gate = await asked;
        yield return gate.Value is { } occupancy ? new TextLine(Text(occupancy)) : gate.Failure!;
    }

    private static async IAsyncEnumerable<ShellOutput> ShowOutboxAsync(IActorRef monitor, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var inquiry = new MonitorInquiry("outbox", monitor, time, cancellationToken);
        var parts = await inquiry.PartsAsync();
        if (parts.Failure is { } silent)
        {
            yield return silent;
            yield break;
        }

        var reading = await inquiry.ClientsAsync(parts.Value!.Clients);
        yield return new TableHeader(
            new ShellColumn("client"), new ShellColumn("unacknowledged", ColumnKind.Number), new ShellColumn("bytes", ColumnKind.Number),
            new ShellColumn("oldest", ColumnKind.Instant), new ShellColumn("dropped", ColumnKind.Number), new ShellColumn("credit", ColumnKind.Number),
            new ShellColumn("granted jobs", ColumnKind.Number), new ShellColumn("granted until", ColumnKind.Instant), new ShellColumn("journal", ColumnKind.State));
        foreach (var (_, client) in reading.Clients)
        {
            yield return new TableRow(
                client.Name, client.Unacknowledged, client.OutboxBytes, client.OldestDue, client.Dropped, client.CreditBytes, (long)client.Grants, client.GrantsEnd,
                client.DiskFailure is { } failure ? $"failed: {failure}" : "ok");
        }

        foreach (var failure in reading.Failures)
            yield return failure;
    }
}
