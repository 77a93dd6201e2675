using System.Security.Cryptography.X509Certificates;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>
/// Fetches a page over HTTP or HTTPS, every request on a new connection, redirects followed by itself so that each is held
/// against the monitor's targets.
/// </summary>
/// <param name="environment">What the probes of this monitor share.</param>
/// <param name="service">The service, whose name is the scheme.</param>
/// <param name="trustedRoots">The roots to trust; null for the system's.</param>
internal sealed class HttpFetchProbe(ProbeEnvironment environment, ServiceDefinition service, X509Certificate2Collection? trustedRoots = null) : IProbe
{
    public Task<ProbeResult> ProbeAsync(ProbeRequest request, CancellationToken cancellationToken)
        => ProbeRun.RunAsync(environment, request, CheckAsync, cancellationToken);

    private async Task<ProbeResult> CheckAsync(ProbeRun run, CancellationToken cancellationToken)
    {
        try
        {
            return await FetchAsync(run, HttpPlan.Of(run.Request, service.Name, trustedRoots), cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException && (cancellationToken.IsCancellationRequested || HttpFailure.Of(e) is not null))
        {
            // What was cancelled may fail in any way on its way out.
            cancellationToken.ThrowIfCancellationRequested();
            var (outcome, cause, message) = HttpFailure.Of(e)!.Value;
            return run.Ended(outcome, cause, e is FetchException or TargetException ? message : $"{message} while {run.Waiting}");
        }
    }

    private async Task<ProbeResult> FetchAsync(ProbeRun run, HttpPlan plan, CancellationToken cancellationToken)
    {
        var target = plan.Start;
        var findings = new List<Finding>();
        var sawTls = false;
        for (var hop = 0; ; hop++)
        {
            using var exchange = await HttpExchange.SendAsync(run, plan, target, hop, cancellationToken);
            if (exchange.Tls is not null)
            {
                sawTls = true;
                findings.AddRange(exchange.Tls.Judge(run));
            }

            if (plan.Redirects == 0 || !HttpRedirect.Is(exchange.Status) || plan.Expected.NamesExactly(exchange.Status))
            {
                if (plan.Tls.Expected.IsAny && !sawTls)
                    findings.Add(Finding.Down(Cause.ExpectationFailed, "there was no certificate to judge: the exchange was not over TLS"));
                return await JudgeAsync(run, plan, exchange, hop, findings, cancellationToken);
            }

            var (next, problem) = HttpRedirect.Follow(target, exchange.Status, Location(exchange.Response));
            if (next is null)
                return run.Ended(Outcome.Down, Cause.HttpRedirect, $"a redirect ({exchange.Status}) {problem}");
            run.Note("http.redirect", $"{exchange.Status} {next.Uri}");
            if (hop == plan.Redirects)
                return run.Ended(Outcome.Down, Cause.HttpRedirect, $"more than {plan.Redirects} redirects, the last to {next.Uri}");
            target = next;
        }
    }

    private static async Task<ProbeResult> JudgeAsync(
        ProbeRun run, HttpPlan plan, HttpExchange exchange, int hop, List<Finding> findings, CancellationToken cancellationToken)
    {
        run.Note("http.status", exchange.Status.ToString());
        run.Note("http.version", exchange.Response.Version.ToString());
        run.Waiting = "reading the body";
        var started = run.Elapsed;
        var body = await HttpBody.ReadAsync(exchange.Response.Content, plan.MaxBodyBytes, plan.Expected.LookAtBody, cancellationToken);
        run.Measure("transfer", run.Elapsed - started, hop);
        run.Measure("body.size", body.Length, "bytes");
        if (body.IsCut)
            run.Note("body.cut", "true");

        var elapsed = run.Elapsed;
        findings.AddRange(plan.Expected.Judge(new HttpObservation(exchange.Status, plan.Expected.LookAtBody ? body : null, elapsed)));
        return findings.MaxBy(finding => finding.Weight) is { } worst
            ? run.Ended(worst.Outcome, worst.Cause, string.Join("; ", findings.OrderByDescending(finding => finding.Weight).Select(finding => finding.Message)), elapsed)
            : run.Up(elapsed, $"status {exchange.Status}");
    }

    // Read as text: what is no URI at all is still evidence.
    private static string? Location(HttpResponseMessage response)
        => response.Headers.NonValidated.TryGetValues("Location", out var values) ? values.FirstOrDefault() : null;
}
