using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Icmp;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.RouteTrace;

/// <summary><c>traceroute</c>: the routers on the way to a target, with their times, over one or several constant flows.</summary>
internal sealed class RouteTraceProbe : IProbe
{
    private const int LookUpsAtATime = 16;
    private const int MostLookUps = 64;
    private const int RoundsForTheRest = 5;

    private readonly ProbeEnvironment _environment;
    private readonly IcmpSocketSource _sockets;
    private readonly IReverseLookUp _names;
    private readonly PathMemory _memory = new();

    public RouteTraceProbe(ProbeEnvironment environment)
        : this(environment, new IcmpSocketSource())
    {
    }

    internal RouteTraceProbe(ProbeEnvironment environment, IcmpSocketSource sockets, IReverseLookUp? names = null)
        => (_environment, _sockets, _names) = (environment, sockets, names ?? new ReverseLookUp(environment));

    /// <summary>The service.</summary>
    public static ServiceDefinition Definition { get; } = new(
        "traceroute",
        "Finds the routers on the way to a host and the time to each.",
        DefaultPort: null,
        RouteTraceSettings.All,
        RouteTraceExpectations.All)
    {
        Aliases = ["trace"],
        Examples = RouteTraceExamples.All,
    };

    /// <inheritdoc/>
    public Task<ProbeResult> ProbeAsync(ProbeRequest request, CancellationToken cancellationToken)
        => ProbeRun.RunAsync(_environment, request, (run, bounded) => CheckAsync(run, bounded, cancellationToken), cancellationToken);

    // A path that is known in part is a finding, so the trace keeps the deadline itself and listens to the caller's token only.
    private async Task<ProbeResult> CheckAsync(ProbeRun run, CancellationToken bounded, CancellationToken cancellationToken)
    {
        var settings = RouteTraceSettings.Read(run.Request.Settings);
        var expected = RouteTraceExpectations.Read(run.Request.Expectations);
        var target = IcmpSocketSource.Reached(settings.Sockets.Reachable(await run.ResolveAllAsync(bounded))[0]);
        run.Address = target;
        run.Waiting = "opening a socket";
        var plan = settings.Plan(run.Remaining);
        using var channels = TraceChannels.Open(_sockets, settings, run.Request.Job, target, plan.HopTimeout, _environment.Time);
        run.Note("method", channels.Method);
        run.Waiting = "tracing the route";
        ImmutableArray<RouteTracer> tracers = [.. channels.Flows.Select(channel => new RouteTracer(channel, _environment.Time, target, plan))];
        if (OperatingSystem.IsLinux())
            run.TimestampSource = "kernel";
        await TraceAsync(run, settings, tracers, cancellationToken);

        ImmutableArray<FlowPath> paths = [.. tracers.Select(FlowPath.Of)];
        var before = _memory.Exchange(new PathKey(run.Request.Job, target, channels.Method, settings.Flows), paths);
        var report = new TraceReport(run, tracers, paths);
        var names = settings.Names ? await NamesAsync(run, report.Addresses, cancellationToken) : ImmutableDictionary<IPAddress, string>.Empty;
        return report.Result(expected, before, names);
    }

    private static async Task TraceAsync(ProbeRun run, RouteTraceSettings settings, ImmutableArray<RouteTracer> tracers, CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(tracers.Select(tracer => tracer.RunAsync(run.Remaining, cancellationToken)));
            await AskForTheRestAsync(run, tracers, cancellationToken);
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.MessageSize)
        {
            throw new TargetException(Outcome.Down, Cause.PacketTooBig, $"probes with {settings.Size} bytes of payload are larger than this monitor's own link takes");
        }
    }

    // Many hosts send no more than a few ICMP errors at a time to one address, and then one a second: where some flows reach
    // the destination, the others ask it once more, one after the other, before they count as cut off.
    private static async Task AskForTheRestAsync(ProbeRun run, ImmutableArray<RouteTracer> tracers, CancellationToken cancellationToken)
    {
        var paths = tracers.Select(FlowPath.Of).ToList();
        var distances = paths.Where(path => path.IsReached).Select(path => path.Hops.Length).ToList();
        for (var round = 0; round < RoundsForTheRest && distances.Count > 0; round++)
        {
            foreach (var tracer in tracers.Where(tracer => !FlowPath.Of(tracer).IsReached))
            {
                if (run.Remaining > TimeSpan.Zero)
                    await tracer.AskAgainAsync(distances.Min(), run.Remaining, cancellationToken);
            }
        }
    }

    private async Task<IReadOnlyDictionary<IPAddress, string>> NamesAsync(ProbeRun run, IEnumerable<IPAddress> addresses, CancellationToken cancellationToken)
    {
        var names = new ConcurrentDictionary<IPAddress, string>();
        using var timeout = new CancellationTokenSource(run.Remaining * 0.9, _environment.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(timeout.Token, cancellationToken);
        var options = new ParallelOptions { MaxDegreeOfParallelism = LookUpsAtATime, CancellationToken = CancellationToken.None };
        await Parallel.ForEachAsync(addresses.Take(MostLookUps), options, async (address, _) =>
        {
            if (!either.IsCancellationRequested && await _names.NameOfAsync(address, either.Token) is { } name)
                names[address] = name;
        });
        cancellationToken.ThrowIfCancellationRequested();
        return names;
    }
}
