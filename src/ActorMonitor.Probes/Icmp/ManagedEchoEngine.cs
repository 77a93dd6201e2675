using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.Icmp;

/// <summary>The exchanges by the system's own ping service, one channel each, for platforms whose sockets we do not speak to.</summary>
internal sealed class ManagedEchoEngine : IEchoEngine
{
    private readonly TimeProvider _time;

    public ManagedEchoEngine(TimeProvider time) => _time = time;

    /// <inheritdoc/>
    public async Task RunAsync(EchoPlan plan, EchoLog log, CancellationToken cancellationToken)
    {
        if (plan.Dscp is not null || plan.Source is not null)
            throw new TargetException(Outcome.Unknown, Cause.Unsupported, "ping takes dscp and source on Linux only");
        log.HasKernelTime = false;
        using var channel = new ManagedEchoChannel(plan.Target, plan.Size, plan.DontFragment, plan.Wait ?? plan.AtMost, _time);
        await new EchoExchange(channel, _time, plan, log).RunAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Each channel ends with its check.
    }
}
