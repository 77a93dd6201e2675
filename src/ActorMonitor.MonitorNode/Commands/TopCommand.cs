using System.Runtime.CompilerServices;
using ActorMonitor.MonitorNode.Gate;
using ActorMonitor.Shell;
using Akka.Actor;

namespace ActorMonitor.MonitorNode.Commands;

/// <summary><c>top</c>: what the monitor is at, as a live view.</summary>
internal static class TopCommand
{
    public static ShellCommand Of(IActorRef monitor, TimeProvider time) => new()
    {
        Palette = "top",
        Summary = "a live view: checks, queues, lateness, memory",
        Streams = true,
        Parameters = LiveView.Parameters,
        Run = (invocation, cancellationToken) =>
        {
            var process = new ProcessFigures(time);
            return LiveView.RunAsync(invocation, time, token => PictureAsync(monitor, process, time, token), cancellationToken);
        },
    };

    private static async IAsyncEnumerable<ShellOutput> PictureAsync(
        IActorRef monitor, ProcessFigures process, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        yield return ProcessFigures.Header;
        yield return process.Row();
        using var inquiry = new MonitorInquiry("top", monitor, time, cancellationToken);
        var parts = await inquiry.PartsAsync();
        if (parts.Failure is { } silent)
        {
            yield return silent;
            yield break;
        }

        var asked = inquiry.AskAsync<GateActor.Occupancy>(parts.Value!.Gate, GateActor.GetOccupancy.Instance);
        var reading = await inquiry.ClientsAsync(parts.Value.Clients);
        var gate = await asked;
        if (gate.Value is { } occupancy)
        {
            var lateness = parts.Value.Tallies.ReadLateness();
            yield return new TableHeader(
                new ShellColumn("probes", ColumnKind.Number), new ShellColumn("in flight", ColumnKind.Number), new ShellColumn("capacity", ColumnKind.Number),
                new ShellColumn("waiting", ColumnKind.Number), new ShellColumn("late p50", ColumnKind.Duration), new ShellColumn("late p99", ColumnKind.Duration));
            yield return new TableRow((long)occupancy.Probes, (long)occupancy.InUse, (long)occupancy.Capacity, (long)occupancy.Waiting, lateness.P50, lateness.P99);
        }

        foreach (var output in ProbesCommands.StatsTable(parts.Value.Tallies.Read()))
            yield return output;

        yield return new TableHeader(
            new ShellColumn("client"), new ShellColumn("linked", ColumnKind.Flag), new ShellColumn("waiting", ColumnKind.Number), new ShellColumn("oldest", ColumnKind.Duration),
            new ShellColumn("in flight", ColumnKind.Number), new ShellColumn("refused", ColumnKind.Number), new ShellColumn("outbox", ColumnKind.Number));
        foreach (var (_, client) in reading.Clients)
        {
            yield return new TableRow(
                client.Name, client.IsLinked, (long)client.Queued, client.OldestWaiting, (long)client.InFlight, client.Refused, client.Unacknowledged);
        }

        if (gate.Failure is { } stuck)
            yield return stuck;
        foreach (var failure in reading.Failures)
            yield return failure;
    }
}
