using System.Net;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Icmp;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.RouteTrace;

/// <summary><c>traceroute</c>: the routers on the way to a target, with their times, over one constant flow.</summary>
internal sealed class RouteTraceProbe : IProbe
{
    private const int PayloadBytes = 32;

    private static readonly Setting<int> MaxHops = Setting.Integer("maxHops", 30, 1, 64, "The farthest hop to ask.");
    private static readonly Setting<int> Tries = Setting.Integer("tries", 3, 1, 10, "Probes a hop.");
    private static readonly Setting<string> Method = Setting.Choice("method", "auto", "What is sent: auto takes ICMP echoes where the monitor may send them, else UDP.", "auto", "icmp", "udp");
    private static readonly Setting<int> Port = Setting.Integer("port", 33434, 1, 65535, "The port that UDP probes go to.");
    private static readonly Setting<TimeSpan?> HopTimeout = Setting.OptionalDuration("hopTimeout", TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1), "How long a hop's answer is waited for; when left out, up to 1s so that the trace ends within the job's timeout.");
    private static readonly Setting<int?> ExpectedMaxHops = Setting.OptionalInteger("maxHops", 1, 64, "The longest path; a longer one makes it Degraded.");

    private readonly ProbeEnvironment _environment;
    private readonly IcmpSocketSource _sockets;

    public RouteTraceProbe(ProbeEnvironment environment)
        : this(environment, new IcmpSocketSource())
    {
    }

    internal RouteTraceProbe(ProbeEnvironment environment, IcmpSocketSource sockets) => (_environment, _sockets) = (environment, sockets);

    /// <summary>The service.</summary>
    public static ServiceDefinition Definition { get; } = new(
        "traceroute",
        "Finds the routers on the way to a host and the time to each.",
        DefaultPort: null,
        [MaxHops, Tries, Method, Port, HopTimeout, TargetResolver.Family],
        [ExpectedMaxHops])
    {
        Aliases = ["trace"],
    };

    /// <inheritdoc/>
    public Task<ProbeResult> ProbeAsync(ProbeRequest request, CancellationToken cancellationToken)
        => ProbeRun.RunAsync(_environment, request, (run, bounded) => CheckAsync(run, bounded, cancellationToken), cancellationToken);

    // A path that is known in part is a finding, so the trace keeps the deadline itself and listens to the caller's token only.
    private async Task<ProbeResult> CheckAsync(ProbeRun run, CancellationToken bounded, CancellationToken cancellationToken)
    {
        var settings = run.Request.Settings;
        var (maxHops, tries, port, hopTimeout) = (MaxHops.Read(settings), Tries.Read(settings), Port.Read(settings), HopTimeout.Read(settings));
        var target = EchoChannels.Plain(await run.ResolveAsync(bounded));
        run.Address = target;
        run.Waiting = "opening a socket";
        var plan = TracePlan.Within(run.Remaining, maxHops, tries, hopTimeout);
        using var channel = Open(run, Method.Read(settings), target, port, plan);
        run.Waiting = "tracing the route";
        var tracer = new RouteTracer(channel, _environment.Time, target, plan);
        await tracer.RunAsync(run.Remaining, cancellationToken);
        return new TraceReport(run, tracer).Result(ExpectedMaxHops.Read(run.Request.Expectations));
    }

    private IEchoChannel Open(ProbeRun run, string method, IPAddress target, int port, TracePlan plan)
    {
        var time = _environment.Time;
        var echoes = method switch
        {
            "udp" => null,
            "icmp" => EchoChannels.Open(_sockets, target, PayloadBytes, dontFragment: false, plan.HopTimeout, time),
            _ => EchoChannels.TryOpen(_sockets, target, PayloadBytes, plan.HopTimeout, time),
        };
        run.Note("method", echoes is null ? "udp" : "icmp");
        if (echoes is not null)
            return echoes;
        if (!OperatingSystem.IsLinux())
            throw new TargetException(Outcome.Unknown, Cause.Unsupported, "method udp needs Linux; this monitor traces with method icmp");
        return UdpTraceChannel.Over(_sockets.OpenUdp(target.AddressFamily), target, port, time);
    }
}
