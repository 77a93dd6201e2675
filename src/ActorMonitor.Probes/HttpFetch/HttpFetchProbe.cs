using System.Globalization;
using System.Net;
using System.Runtime.CompilerServices;
using System.Security.Cryptography.X509Certificates;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>
/// Fetches a page over HTTP or HTTPS, every request on a new connection unless the job wants it kept, redirects followed by
/// itself so that each is held against the monitor's targets.
/// </summary>
/// <param name="environment">What the probes of this monitor share.</param>
/// <param name="service">The service, whose name is the scheme.</param>
/// <param name="trustedRoots">The roots to trust; null for the system's.</param>
internal sealed class HttpFetchProbe(ProbeEnvironment environment, ServiceDefinition service, X509Certificate2Collection? trustedRoots = null) : IProbe, IDisposable
{
    /// <summary>The measurements of the second address of a name begin at this ordinal, of the third at twice of it.</summary>
    internal const int OrdinalsPerAddress = 100;

    // A job's expectations stay the same object from check to check; what is made of them (regular expressions) is not cheap.
    private readonly ConditionalWeakTable<SettingMap, HttpExpectations> _expectations = [];
    private readonly KeptConnections _kept = new(environment.Time);

    public Task<ProbeResult> ProbeAsync(ProbeRequest request, CancellationToken cancellationToken)
        => ProbeRun.RunAsync(environment, request, CheckAsync, cancellationToken);

    public void Dispose() => _kept.Dispose();

    private Task<ProbeResult> CheckAsync(ProbeRun run, CancellationToken cancellationToken)
    {
        var expected = _expectations.GetValue(run.Request.Expectations, HttpExpectations.Of);
        var plan = HttpPlan.Of(run.Request, service.Name, expected, trustedRoots);
        return plan.IsForAllAddresses ? CheckAllAsync(run, plan, cancellationToken) : CheckOneAsync(run, plan, null, cancellationToken);
    }

    /// <summary>
    /// Checks every address of the name at the same time, each as a check of its own within what is left of the timeout. The
    /// worst outcome counts, with what it noted; of the others their measurements are kept, and their end in words.
    /// </summary>
    private async Task<ProbeResult> CheckAllAsync(ProbeRun run, HttpPlan plan, CancellationToken cancellationToken)
    {
        var started = run.Elapsed;
        var addresses = (await run.ResolveAllAsync(plan.Start.Host, 0, cancellationToken)).Take(TargetDialler.MaxAddresses).ToArray();
        var resolved = run.Ended(Outcome.Up, Cause.None, "");
        var request = run.Request with { Timeout = run.Remaining > TimeSpan.Zero ? run.Remaining : TimeSpan.FromMilliseconds(1) };
        var results = await Task.WhenAll(addresses.Select(address => ProbeRun.RunAsync(
            environment,
            request,
            (each, token) =>
            {
                each.Address = address;
                return CheckOneAsync(each, plan, address, token);
            },
            cancellationToken)));

        var worst = results.MaxBy(result => (WeightOf(result.Outcome), result.Elapsed));
        return worst! with
        {
            Elapsed = worst.Outcome == Outcome.Up ? worst.Elapsed : run.Elapsed - started,
            Message = worst.Outcome == Outcome.Up ? $"{worst.Message}, the slowest of {addresses.Length} addresses" : $"{worst.ResolvedAddress}: {worst.Message}",
            Measurements =
            [
                .. resolved.Measurements,
                .. results.SelectMany((result, i) => result.Measurements.Select(each => each with { Ordinal = each.Ordinal + (i * OrdinalsPerAddress) })),
            ],
            Attributes =
            [
                .. resolved.Attributes,
                .. results.Select((result, i) => new TextAttribute(
                    string.Create(CultureInfo.InvariantCulture, $"address.{i * OrdinalsPerAddress}"),
                    EvidenceText.Printable($"{addresses[i]} {(result.Outcome == Outcome.Up ? "up" : result.Cause.Name())}: {result.Message}", 512))),
                .. worst.Attributes,
            ],
        };
    }

    private async Task<ProbeResult> CheckOneAsync(ProbeRun run, HttpPlan plan, IPAddress? pinned, CancellationToken cancellationToken)
    {
        try
        {
            return await FetchAsync(run, plan, pinned, cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException && (cancellationToken.IsCancellationRequested || HttpFailure.Of(e) is not null))
        {
            // What was cancelled may fail in any way on its way out.
            cancellationToken.ThrowIfCancellationRequested();
            var (outcome, cause, message) = HttpFailure.Of(e)!.Value;
            return run.Ended(outcome, cause, e is TargetException ? message : $"{message} while {run.Waiting}");
        }
    }

    private async Task<ProbeResult> FetchAsync(ProbeRun run, HttpPlan plan, IPAddress? pinned, CancellationToken cancellationToken)
    {
        var target = plan.Start;
        var findings = new List<Finding>();
        var sawTls = false;
        for (var hop = 0; ; hop++)
        {
            using var exchange = await AskAsync(run, plan, target, pinned, hop, cancellationToken);
            if (exchange.Tls is not null)
            {
                sawTls = true;
                findings.AddRange(exchange.Tls.Judge(run));
            }

            if (plan.Redirects == 0 || !HttpRedirect.Is(exchange.Status) || plan.Expected.NamesExactly(exchange.Status))
            {
                if (plan.Tls.Expected.IsAny && !sawTls)
                    findings.Add(Finding.Down(Cause.ExpectationFailed, "there was no certificate to judge: the exchange was not over TLS"));
                var result = await JudgeAsync(run, plan, exchange, hop, findings, cancellationToken);
                if (plan.IsReuse && exchange.Keep() is { } connection)
                    _kept.Put(KeptConnections.KeyOf(run.Request, target, pinned), connection);
                return result;
            }

            // Read as text: what is no URI at all is still evidence.
            var (next, problem) = HttpRedirect.Follow(target, exchange.Status, exchange.Head.Headers.First("Location"), plan.CrossHost, plan.Start.Uri.IdnHost);
            if (next is null)
                return run.Ended(Outcome.Down, Cause.HttpRedirect, $"a redirect ({exchange.Status}) {problem}");
            run.Note("http.redirect", $"{exchange.Status} {next.Uri.GetComponents(UriComponents.HttpRequestUrl, UriFormat.UriEscaped)}");
            if (hop == plan.Redirects)
                return run.Ended(Outcome.Down, Cause.HttpRedirect, $"more than {plan.Redirects} redirects, the last to {next.Authority}{next.Uri.AbsolutePath}");
            target = next;
        }
    }

    private async Task<HttpExchange> AskAsync(ProbeRun run, HttpPlan plan, HttpTarget target, IPAddress? pinned, int hop, CancellationToken cancellationToken)
    {
        if (plan.IsReuse && _kept.Take(KeptConnections.KeyOf(run.Request, target, pinned)) is { } kept)
        {
            try
            {
                run.Address = kept.Address;
                var exchange = await HttpExchange.SendAsync(run, plan, target, kept, hop, cancellationToken);
                run.Note("connection", "reused");
                return exchange;
            }
            catch (StaleConnectionException)
            {
                // The server had enough of it, as it may at any time: a fresh one tells.
            }
        }

        var connection = await HttpConnection.OpenAsync(run, plan, target, pinned, hop, cancellationToken);
        return await HttpExchange.SendAsync(run, plan, target, connection, hop, cancellationToken);
    }

    private static async Task<ProbeResult> JudgeAsync(
        ProbeRun run, HttpPlan plan, HttpExchange exchange, int hop, List<Finding> findings, CancellationToken cancellationToken)
    {
        var headers = exchange.Head.Headers;
        run.Note("http.status", exchange.Status.ToString(CultureInfo.InvariantCulture));
        run.Note("http.version", exchange.Head.Version.ToString());
        run.Waiting = "reading the body";
        var isDecoded = plan.Expected.LookAtBody || plan.Compression != "none";
        var body = await HttpBody.ReadAsync(exchange.Body, headers, plan.MaxBodyBytes, plan.Expected.LookAtBody, isDecoded, cancellationToken);
        run.Measure("transfer", run.Elapsed - exchange.Begun, hop);
        run.Measure("body.size", body.Length, "bytes");
        NoteBody(run, exchange, body);

        var elapsed = run.Elapsed;
        findings.AddRange(plan.Expected.Judge(new HttpObservation(exchange.Status, headers, body, run.JudgesLatency ? elapsed : TimeSpan.Zero, run.Environment.Time.GetUtcNow())));
        if (!plan.Expected.Phases.IsEmpty && run.JudgesLatency)
            findings.AddRange(plan.Expected.JudgePhases(run.Ended(Outcome.Up, Cause.None, "").Measurements));
        return findings.MaxBy(finding => finding.Weight) is { } worst
            ? run.Ended(worst.Outcome, worst.Cause, string.Join("; ", findings.OrderByDescending(finding => finding.Weight).Select(finding => finding.Message)), elapsed)
            : run.Up(elapsed, $"status {exchange.Status}");
    }

    private static void NoteBody(ProbeRun run, HttpExchange exchange, HttpBody body)
    {
        if (body.IsCut)
            run.Note("body.cut", "true");
        if (exchange.Head.Headers.Get("Content-Encoding") is { } coding)
            run.Note("http.encoding", coding);
        if (!body.IsCut && exchange.Surplus > 0)
            run.Note("http.surplus", string.Create(CultureInfo.InvariantCulture, $"{exchange.Surplus} bytes came after the response"));
    }

    private static int WeightOf(Outcome outcome) => outcome switch { Outcome.Down => 3, Outcome.Unknown => 2, Outcome.Degraded => 1, _ => 0 };
}
