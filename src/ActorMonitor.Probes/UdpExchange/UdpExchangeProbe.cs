using System.Net;

namespace ActorMonitor.Probes.UdpExchange;

/// <summary>
/// Sends datagrams and judges what comes back. Only an answer or an ICMP message proves anything: silence is what a
/// firewall, a lost packet and most healthy services have in common.
/// </summary>
internal sealed class UdpExchangeProbe(ProbeEnvironment environment) : IProbe
{
    private readonly KeptPlans<UdpPlan> _plans = new(UdpPlan.Of);

    public Task<ProbeResult> ProbeAsync(ProbeRequest request, CancellationToken cancellationToken)
        => ProbeRun.RunAsync(environment, request, (run, timeout) => CheckAsync(run, timeout, cancellationToken), cancellationToken);

    private async Task<ProbeResult> CheckAsync(ProbeRun run, CancellationToken timeout, CancellationToken cancellationToken)
    {
        var plan = _plans.Of(run.Request);
        plan.RefuseTimeout(run.Request.Timeout);
        var address = plan.Socket.Reachable(await run.ResolveAllAsync(timeout))[0];
        run.Address = address;
        var endpoint = new IPEndPoint(address, run.Request.Port);
        run.Waiting = $"sending to {endpoint}";
        if (plan.Count > 1)
        {
            var shots = await UdpShooter.ShootAllAsync(run, plan, endpoint, timeout);
            cancellationToken.ThrowIfCancellationRequested();
            return UdpVerdict.OfMany(run, plan, endpoint, shots);
        }

        var shot = await UdpShooter.ShootAsync(run, plan, endpoint, timeout);
        cancellationToken.ThrowIfCancellationRequested();
        return shot switch
        {
            { IsUnreachable: true } => UdpVerdict.Unreachable(run, endpoint),
            { RoundTrip: { } roundTrip } => UdpVerdict.Answered(run, plan, shot, roundTrip),
            _ => UdpVerdict.Silent(run, plan),
        };
    }
}
