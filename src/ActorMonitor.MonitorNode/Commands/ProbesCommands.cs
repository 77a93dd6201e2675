using System.Collections.Immutable;
using System.Globalization;
using System.Runtime.CompilerServices;
using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Gate;
using ActorMonitor.MonitorNode.Probing;
using ActorMonitor.MonitorNode.Tallies;
using ActorMonitor.Shell;
using Akka.Actor;
using Akka.Routing;

namespace ActorMonitor.MonitorNode.Commands;

/// <summary><c>probes</c>: the probe actors, how many there are, and what their checks came to.</summary>
internal static class ProbesCommands
{
    private const string Auto = "auto";
    private const int MostCauses = 4;

    private static readonly TimeSpan SettleBound = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SettleEvery = TimeSpan.FromMilliseconds(200);

    private static readonly Setting<string> Size = Setting.Text(
        "number", "", "how many probe actors, which then stays until it is set again or the node restarts; auto lets it follow the load again", "a whole number above 0, or auto", IsSize);

    private static readonly Setting<string?> Service = Setting.OptionalText("service", "only this service");

    public static ImmutableArray<ShellCommand> Of(IActorRef monitor, TimeProvider time) =>
    [
        new()
        {
            Palette = "probes",
            Verb = "list",
            Summary = "the probe actors, and how many there may be",
            Run = (_, cancellationToken) => ListAsync(monitor, time, cancellationToken),
        },
        new()
        {
            Palette = "probes",
            Verb = "scale",
            Summary = "sets the number of probe actors, live; no check is lost, and then it no longer follows the load",
            Changes = true,
            Parameters = [ShellParameter.Argument(Size) with { Candidates = _ => Task.FromResult<IReadOnlyCollection<string>>([Auto]) }],
            Run = (invocation, cancellationToken) => ScaleAsync(monitor, time, invocation.Read(Size), cancellationToken),
        },
        new()
        {
            Palette = "probes",
            Verb = "stats",
            Summary = "the checks of each service: how many, how long they took, and why they failed",
            Parameters = [ShellParameter.Option(Service) with { Candidates = cancellationToken => ServicesAsync(monitor, time, cancellationToken) }],
            Run = (invocation, cancellationToken) => ShowStatsAsync(monitor, time, invocation.Read(Service), cancellationToken),
        },
    ];

    private static bool IsSize(string text) => text.Equals(Auto, StringComparison.OrdinalIgnoreCase) || SizeOf(text) is > 0;

    private static int? SizeOf(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var size) ? size : null;

    private static async IAsyncEnumerable<ShellOutput> ListAsync(IActorRef monitor, TimeProvider time, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var inquiry = new MonitorInquiry("probes list", monitor, time, cancellationToken);
        var parts = await inquiry.PartsAsync();
        if (parts.Failure is { } silent)
        {
            yield return silent;
            yield break;
        }

        yield return new TableHeader(
            new ShellColumn("probe"), new ShellColumn("state", ColumnKind.State), new ShellColumn("in flight", ColumnKind.Number), new ShellColumn("done", ColumnKind.Number),
            new ShellColumn("restarts", ColumnKind.Number), new ShellColumn("idle since", ColumnKind.Instant));
        foreach (var probe in parts.Value!.Board.Read())
            yield return new TableRow(probe.Name, State(probe), (long)probe.InFlight, probe.Done, (long)probe.Restarts, probe.IdleSince);

        var gate = await inquiry.AskAsync<GateActor.Occupancy>(parts.Value.Gate, GateActor.GetOccupancy.Instance);
        yield return gate.Value is { } occupancy ? new TextLine($"{Pool(occupancy)}; {occupancy.InUse} of {occupancy.Capacity} checks at a time") : gate.Failure!;
    }

    private static async IAsyncEnumerable<ShellOutput> ScaleAsync(
        IActorRef monitor, TimeProvider time, string number, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var inquiry = new MonitorInquiry("probes scale", monitor, time, cancellationToken);
        var parts = await inquiry.PartsAsync();
        var answer = parts.Value is { } found
            ? await inquiry.AskAsync<GateActor.Scaled>(found.Gate, new GateActor.Scale(SizeOf(number)))
            : new Answer<GateActor.Scaled>(null, parts.Failure);
        if (answer.Value is not { Now: var now } scaled)
        {
            yield return answer.Failure!;
            yield break;
        }

        if (!scaled.IsAccepted)
        {
            yield return new Failure($"{number} probe actors are out of bounds: expected {now.Min} to {now.Max} (actor-monitor.monitor.probes {{ min, max }}). There are still {now.Probes}.");
            yield break;
        }

        // The router answers when it has done it. Those that were taken away still work off their checks.
        var routees = await inquiry.AskAsync<Routees>(parts.Value!.Probes, GetRoutees.Instance);
        if (routees.Value is not { Members: var members })
        {
            yield return routees.Failure!;
            yield break;
        }

        var stay = members.OfType<ActorRefRoutee>().Select(routee => routee.Actor.Path.Name).ToHashSet(StringComparer.Ordinal);
        var board = parts.Value.Board;
        var started = time.GetTimestamp();
        var (first, left) = (0, 0);
        while ((left = board.Read().Where(probe => !stay.Contains(probe.Name)).Sum(probe => probe.InFlight)) > 0 && time.GetElapsedTime(started) < SettleBound)
        {
            first = Math.Max(first, left);
            yield return new Progress($"{Count(left, "check")} of probe actors that leave", 1 - ((double)left / first));
            await Task.Delay(SettleEvery, time, cancellationToken);
        }

        yield return new TextLine(scaled.Before == now.Probes ? $"{Pool(now)}." : $"{Pool(now)}; there were {scaled.Before}.");
        if (left > 0)
            yield return new TextLine($"{Count(left, "check")} of probe actors that leave still {(left == 1 ? "runs" : "run")}; no check is lost.");
    }

    private static async IAsyncEnumerable<ShellOutput> ShowStatsAsync(
        IActorRef monitor, TimeProvider time, string? service, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var inquiry = new MonitorInquiry("probes stats", monitor, time, cancellationToken);
        var parts = await inquiry.PartsAsync();
        if (parts.Failure is { } silent)
        {
            yield return silent;
            yield break;
        }

        var tallies = parts.Value!.Tallies;
        if (service is not null && !tallies.Services.Contains(service, StringComparer.OrdinalIgnoreCase))
        {
            yield return new Failure($"This monitor has no service {service}.{ClosestNames.Question(service, tallies.Services)} It has {string.Join(", ", tallies.Services)}.");
            yield break;
        }

        var readings = tallies.Read().Where(reading => service is null || reading.Service.Equals(service, StringComparison.OrdinalIgnoreCase));
        foreach (var output in StatsTable(readings))
            yield return output;
        yield return new TextLine(
            $"Since {(ShellValue)tallies.Since}; rate over the last minute; times are those of checks that were Up or Degraded in the last 5 to 10 minutes, "
            + "without those that this process was too starved to measure.");
    }

    /// <summary>What the checks of each service came to, as a table.</summary>
    public static IEnumerable<ShellOutput> StatsTable(IEnumerable<ServiceReading> readings)
    {
        yield return new TableHeader(
            new ShellColumn("service"), new ShellColumn("rate 1/s", ColumnKind.Number), new ShellColumn("count", ColumnKind.Number),
            new ShellColumn("p50", ColumnKind.Duration), new ShellColumn("p95", ColumnKind.Duration), new ShellColumn("p99", ColumnKind.Duration),
            new ShellColumn("degraded", ColumnKind.Number), new ShellColumn("failed", ColumnKind.Number), new ShellColumn("causes"));
        foreach (var reading in readings)
        {
            yield return new TableRow(
                reading.Service, Math.Round(reading.Rate, 2), reading.Count, reading.Elapsed.P50, reading.Elapsed.P95, reading.Elapsed.P99, reading.Degraded, reading.Failed,
                Causes(reading.Causes));
        }
    }

    private static ShellValue Causes(ImmutableArray<KeyValuePair<Cause, long>> causes) => causes.IsEmpty
        ? ShellValue.None
        : string.Join(", ", causes.Take(MostCauses).Select(pair => $"{pair.Key.Name()} {pair.Value}"))
            + (causes.Length > MostCauses ? $", others {causes.Skip(MostCauses).Sum(pair => pair.Value)}" : "");

    private static string State(ProbeStatus probe) => probe.IsLeaving ? "leaving" : probe.InFlight > 0 ? "working" : "idle";

    private static string Pool(GateActor.Occupancy gate)
        => $"{Count(gate.Probes, "probe actor")} ({gate.Min} to {gate.Max}), " + (gate.IsFixed ? "set by hand: probes scale auto lets it follow the load" : "following the load");

    private static string Count(int count, string thing) => count == 1 ? $"1 {thing}" : $"{count} {thing}s";

    private static async Task<IReadOnlyCollection<string>> ServicesAsync(IActorRef monitor, TimeProvider time, CancellationToken cancellationToken)
    {
        using var inquiry = new MonitorInquiry("probes", monitor, time, cancellationToken);
        return (await inquiry.PartsAsync()).Value is { Tallies: var tallies } ? tallies.Services : [];
    }
}
