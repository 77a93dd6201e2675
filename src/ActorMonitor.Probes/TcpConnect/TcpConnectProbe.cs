using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.TcpConnect;

/// <summary>Opens a TCP connection, and plays a dialogue over it when the job has one.</summary>
/// <param name="environment">What the probes of this monitor share.</param>
/// <param name="trustedRoots">The roots to trust; null for the job's or the system's.</param>
internal sealed class TcpConnectProbe(ProbeEnvironment environment, X509Certificate2Collection? trustedRoots = null) : IProbe
{
    private readonly KeptPlans<TcpPlan> _plans = new(TcpPlan.Of);

    public Task<ProbeResult> ProbeAsync(ProbeRequest request, CancellationToken cancellationToken)
        => ProbeRun.RunAsync(environment, request, (run, timeout) => CheckAsync(run, timeout, cancellationToken), cancellationToken);

    private async Task<ProbeResult> CheckAsync(ProbeRun run, CancellationToken timeout, CancellationToken cancellationToken)
    {
        var plan = _plans.Of(run.Request);
        if (trustedRoots is not null && plan.Tls is not null)
            plan = plan with { Tls = plan.Tls with { Roots = trustedRoots } };
        var addresses = await run.ResolveAllAsync(timeout);
        if (plan.Closed is not null)
            return await ClosedPort.CheckAsync(run, plan.Closed, addresses, timeout, cancellationToken);

        var started = run.Elapsed;
        using var socket = await TargetDialler.ConnectAsync(run, addresses, run.Request.Port, ordinal: 0, timeout);
        var connected = run.Elapsed - started;
        return plan.HasDialogue ? await TalkAsync(run, plan, socket, started, connected, timeout) : Judge(run, plan, connected, connected, []);
    }

    private static async Task<ProbeResult> TalkAsync(
        ProbeRun run, TcpPlan plan, Socket socket, TimeSpan started, TimeSpan connected, CancellationToken cancellationToken)
    {
        using var wire = new TcpWire(run, socket);
        if (plan.IsTlsFirst)
            await wire.StartTlsAsync(plan.Tls!, cancellationToken);
        if (plan.Starttls is { } protocol)
        {
            var asked = run.Elapsed;
            await protocol.AskAsync(run, wire, cancellationToken);
            run.Measure("starttls", run.Elapsed - asked);
            wire.RefuseUnprotected();
            await wire.StartTlsAsync(plan.Tls!, cancellationToken);
        }

        await new TcpDialogue(run, wire, plan.Tls).PlayAsync(plan.Steps, cancellationToken);
        return Judge(run, plan, connected, run.Elapsed - started, wire.Tls?.Judge(run) ?? []);
    }

    private static ProbeResult Judge(ProbeRun run, TcpPlan plan, TimeSpan connected, TimeSpan elapsed, IEnumerable<Finding> ofTls)
    {
        Finding[] findings = [.. ofTls, .. run.JudgesLatency ? JudgeTimes(plan, connected, elapsed) : []];
        if (findings.MaxBy(finding => finding.Weight) is not { } worst)
            return run.Up(elapsed);
        return run.Ended(worst.Outcome, worst.Cause, string.Join("; ", findings.OrderByDescending(finding => finding.Weight).Select(finding => finding.Message)), elapsed);
    }

    private static IEnumerable<Finding> JudgeTimes(TcpPlan plan, TimeSpan connected, TimeSpan elapsed)
    {
        if (connected.TotalMilliseconds > plan.ConnectMilliseconds)
            yield return Finding.Degraded(FormattableString.Invariant($"connecting took {connected.TotalMilliseconds:F3} ms, expected {plan.ConnectMilliseconds} ms at most"));
        if (elapsed.TotalMilliseconds > plan.ResponseMilliseconds)
            yield return Finding.Degraded(FormattableString.Invariant($"took {elapsed.TotalMilliseconds:F3} ms, expected {plan.ResponseMilliseconds} ms at most"));
    }
}
