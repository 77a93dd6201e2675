using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using ActorMonitor.MonitorNode.Gate;
using ActorMonitor.MonitorNode.Sessions;
using ActorMonitor.Shell;
using Akka.Actor;

namespace ActorMonitor.MonitorNode.Commands;

/// <summary>What an operator may ask a monitor node.</summary>
public static class MonitorCommands
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(5);

    /// <summary>The commands over a monitor's supervisor.</summary>
    /// <param name="monitor">The supervisor.</param>
    /// <param name="health">The node's board.</param>
    public static ImmutableArray<ShellCommand> Of(IActorRef monitor, NodeHealth health) =>
    [
        new()
        {
            Palette = "clients",
            Verb = "list",
            Summary = "the managers that this monitor works for",
            Aliases = ["list_clients"],
            Run = (_, cancellationToken) => ListClientsAsync(monitor, cancellationToken),
        },
        new()
        {
            Palette = "queues",
            Verb = "list",
            Summary = "each manager's queue, the checks that run, and how full the monitor is",
            Aliases = ["list_all_queues"],
            Run = (_, cancellationToken) => ListQueuesAsync(monitor, cancellationToken),
        },
        new()
        {
            Palette = "outbox",
            Summary = "what is kept on disk for each manager until it has stored it, and what it may run by itself",
            Run = (_, cancellationToken) => ShowOutboxAsync(monitor, cancellationToken),
        },
        HealthCommand.Of(health),
    ];

    private static async IAsyncEnumerable<ShellOutput> ListClientsAsync(IActorRef monitor, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new TableHeader(
            new ShellColumn("name"), new ShellColumn("address"), new ShellColumn("linked", ColumnKind.Flag), new ShellColumn("epoch", ColumnKind.Number),
            new ShellColumn("results", ColumnKind.Number), new ShellColumn("unacknowledged", ColumnKind.Number), new ShellColumn("dropped", ColumnKind.Number),
            new ShellColumn("clock error", ColumnKind.Duration), new ShellColumn("id"));
        foreach (var client in await ClientsAsync(monitor, cancellationToken))
        {
            yield return new TableRow(
                client.Name, client.Address, client.IsLinked, client.Epoch.Value, client.Completed, (long)client.Unacknowledged, client.Dropped,
                client.IsLinked ? client.ClockError : ShellValue.None, client.Manager.ToString());
        }
    }

    private static async IAsyncEnumerable<ShellOutput> ListQueuesAsync(IActorRef monitor, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new TableHeader(
            new ShellColumn("client"), new ShellColumn("queued", ColumnKind.Number), new ShellColumn("bound", ColumnKind.Number), new ShellColumn("in flight", ColumnKind.Number),
            new ShellColumn("repeated", ColumnKind.Number), new ShellColumn("late answers", ColumnKind.Number), new ShellColumn("wrong key", ColumnKind.Number));
        foreach (var client in await ClientsAsync(monitor, cancellationToken))
        {
            yield return new TableRow(
                client.Name, (long)client.Queued, (long)client.QueueBound, (long)client.InFlight, client.RepeatedSlots, client.LateAnswers, client.WrongKey);
        }

        var gate = await monitor.Ask<GateActor.Occupancy>(GateActor.GetOccupancy.Instance, AskTimeout, cancellationToken);
        yield return new TextLine($"{gate.Probes} probe actors; {gate.InUse} of {gate.Capacity} checks at a time; {gate.Waiting} waiting");
    }

    private static async IAsyncEnumerable<ShellOutput> ShowOutboxAsync(IActorRef monitor, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return new TableHeader(
            new ShellColumn("client"), new ShellColumn("unacknowledged", ColumnKind.Number), new ShellColumn("bytes", ColumnKind.Number),
            new ShellColumn("oldest", ColumnKind.Instant), new ShellColumn("dropped", ColumnKind.Number), new ShellColumn("credit", ColumnKind.Number),
            new ShellColumn("granted jobs", ColumnKind.Number), new ShellColumn("granted until", ColumnKind.Instant), new ShellColumn("journal"));
        foreach (var client in await ClientsAsync(monitor, cancellationToken))
        {
            yield return new TableRow(
                client.Name, client.Unacknowledged, client.OutboxBytes, client.OldestDue, client.Dropped, client.CreditBytes, (long)client.Grants, client.GrantsEnd,
                client.DiskFailure ?? "written");
        }
    }

    private static async Task<IReadOnlyList<ClientStatus>> ClientsAsync(IActorRef monitor, CancellationToken cancellationToken)
    {
        var sessions = await monitor.Ask<ClientsActor.Sessions>(ClientsActor.GetSessions.Instance, AskTimeout, cancellationToken);
        var clients = await Task.WhenAll(sessions.Refs.Select(session => session.Ask<ClientStatus>(GetClientStatus.Instance, AskTimeout, cancellationToken)));
        return [.. clients.OrderBy(client => client.Name, StringComparer.Ordinal)];
    }
}
