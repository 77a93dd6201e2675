using ActorMonitor.Messages;
using ActorMonitor.Probes.Icmp;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.IcmpEcho;

/// <summary>
/// <c>ping</c>: ICMP echo (RFC 792, RFC 4443) with round-trip times, loss, and the error that a router sent instead. It owns
/// the engine that all its checks share.
/// </summary>
internal sealed class IcmpEchoProbe : IProbe, IDisposable
{
    private readonly ProbeEnvironment _environment;
    private readonly IEchoEngine _engine;

    public IcmpEchoProbe(ProbeEnvironment environment)
        : this(environment, OperatingSystem.IsLinux() ? new EchoEngine(new IcmpSocketSource(), environment.Time) : new ManagedEchoEngine(environment.Time))
    {
    }

    internal IcmpEchoProbe(ProbeEnvironment environment, IEchoEngine engine) => (_environment, _engine) = (environment, engine);

    /// <summary>The service.</summary>
    public static ServiceDefinition Definition => IcmpEchoSettings.Definition;

    /// <inheritdoc/>
    public Task<ProbeResult> ProbeAsync(ProbeRequest request, CancellationToken cancellationToken)
        => ProbeRun.RunAsync(_environment, request, (run, bounded) => CheckAsync(run, bounded, cancellationToken), cancellationToken);

    /// <inheritdoc/>
    public void Dispose() => _engine.Dispose();

    // Silence is a finding (loss), so the exchange keeps the deadline itself and listens to the caller's token only.
    private async Task<ProbeResult> CheckAsync(ProbeRun run, CancellationToken bounded, CancellationToken cancellationToken)
    {
        IcmpEchoSettings.Check(run.Request);
        var address = IcmpSocketSource.Reached(SocketSettings.Read(run.Request.Settings).Reachable(await run.ResolveAllAsync(bounded))[0]);
        run.Address = address;
        run.Waiting = "waiting for the echo reply";
        var plan = IcmpEchoSettings.Plan(run.Request, address, run.Remaining);
        var log = new EchoLog(plan.Count);
        await _engine.RunAsync(plan, log, cancellationToken);
        return new EchoVerdict(run, plan, log).Result();
    }
}
