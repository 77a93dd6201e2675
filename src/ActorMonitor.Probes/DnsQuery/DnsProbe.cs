using System.Collections.Immutable;
using System.Net;
using System.Runtime.CompilerServices;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes.DnsQuery;

/// <summary>
/// Asks the DNS server that is the job's host one question, or all name servers of a zone for its serial. The elapsed time
/// runs from the first query to the last answer.
/// </summary>
internal sealed class DnsProbe : IProbe
{
    internal static readonly ServiceDefinition Definition = new(
        "dns", "Asks a DNS server for a record.", DnsSettings.PlainPort, DnsSettings.All, DnsExpectations.All)
    {
        ImpliedSettings = (job, _) => DnsSettings.Implied(job.Name),
        Examples = DnsExamples.All,
    };

    private const int NotedAnswers = 64;
    private const int NotedOthers = 16;

    private readonly ProbeEnvironment _environment;

    // A job's map of settings stays the same object from check to check.
    private readonly ConditionalWeakTable<SettingMap, DnsPlan> _plans = [];

    internal DnsProbe(ProbeEnvironment environment) => _environment = environment;

    public Task<ProbeResult> ProbeAsync(ProbeRequest request, CancellationToken cancellationToken)
        => ProbeRun.RunAsync(_environment, request, CheckAsync, cancellationToken);

    private async Task<ProbeResult> CheckAsync(ProbeRun run, CancellationToken cancellationToken)
    {
        var plan = PlanOf(run.Request);
        run.Address = plan.Settings.Sockets.Reachable(await run.ResolveAllAsync(cancellationToken))[0];
        var server = new IPEndPoint(run.Address, plan.PortOf(run.Request));
        run.Note("dns.question", plan.QuestionText);
        try
        {
            if (plan.Settings.AsksNameServers)
                return await DnsZoneCheck.RunAsync(run, server, plan, cancellationToken);
            var reply = await DnsExchange.AskAsync(run, server, plan, plan.Settings, 0, cancellationToken);
            Note(run, reply);
            return Judge(run, plan, reply);
        }
        catch (DnsFormatException e)
        {
            return run.Ended(Outcome.Down, Cause.ProtocolError, $"{server} answered, but {e.Message}");
        }
    }

    private DnsPlan PlanOf(ProbeRequest request)
    {
        if (_plans.TryGetValue(request.Settings, out var known) && known.IsFor(request))
            return known;
        var plan = DnsPlan.Read(request);
        _plans.AddOrUpdate(request.Settings, plan);
        return plan;
    }

    private static ProbeResult Judge(ProbeRun run, DnsPlan plan, DnsReply reply)
    {
        var elapsed = run.Environment.Time.GetElapsedTime(reply.StartedAt, reply.ArrivedAt);
        var (outcome, cause, text) = plan.Expectations.Judge(plan.Settings.Question, reply.Message, run.Environment.Time.GetUtcNow());
        var worst = outcome == Outcome.Up ? null : new Finding(outcome, cause, text);
        foreach (var finding in reply.Findings)
        {
            if (worst is null || finding.Weight > worst.Weight)
                worst = finding;
        }

        if (worst is null && plan.Expectations.JudgeTime(elapsed) is { } slow && run.JudgesLatency)
            worst = Finding.Degraded(slow);
        return worst is null ? run.Up(elapsed, text) : run.Ended(worst.Outcome, worst.Cause, worst.Message, elapsed);
    }

    private static void Note(ProbeRun run, DnsReply reply)
    {
        var answer = reply.Message;
        run.Note("dns.rcode", DnsCodes.RcodeName(answer.Rcode));
        run.Note("dns.flags", DnsCodes.Print(answer.Flags));
        run.Measure("dns.bytes", reply.Bytes, "bytes");
        if (answer.Edns is { } edns)
        {
            run.Note("dns.edns", edns.ToString());
            if (edns.ServerId is { } id)
                run.Note("dns.nsid", id);
            foreach (var error in edns.Errors)
                run.Note("dns.extended_error", error);
        }

        run.Measure("dns.answers", answer.Answers.Length, "count");
        for (var i = 0; i < Math.Min(answer.Answers.Length, NotedAnswers); i++)
        {
            var record = answer.Answers[i];
            run.Note("dns.answer", record.ToString());
            run.Measure("dns.ttl", record.TtlSeconds, "s", i);
            if (record.Serial is { } serial)
                run.Measure("dns.serial", serial, "count", i);
        }

        Note(run, "dns.authority", answer.Authorities);
        Note(run, "dns.additional", answer.Additionals);
    }

    private static void Note(ProbeRun run, string name, ImmutableArray<DnsRecord> records)
    {
        for (var i = 0; i < Math.Min(records.Length, NotedOthers); i++)
            run.Note(name, records[i].ToString());
    }
}
