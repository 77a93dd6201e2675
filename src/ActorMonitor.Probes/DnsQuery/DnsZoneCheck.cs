using System.Globalization;
using System.Net;
using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.DnsQuery;

/// <summary>
/// Asks a server for the name servers of a zone, then each address of each for the zone's SOA. A server that does not answer
/// for the zone with authority is lame (RFC 1912 section 2.8); all have to hold the same serial, or nearly.
/// </summary>
internal static class DnsZoneCheck
{
    private const int MaxNameServers = 16;
    private const int MaxAddresses = 32;

    // Each name server has this share of what is left of the timeout, so that the result can say which one is silent.
    private const double Share = 0.75;

    private static readonly DnsExpectations Records = DnsExpectations.Read(SettingMap.Empty);

    internal static async Task<ProbeResult> RunAsync(ProbeRun run, IPEndPoint server, DnsPlan plan, CancellationToken cancellationToken)
    {
        var time = run.Environment.Time;
        var listing = plan.Settings with { Question = plan.Settings.Question with { Type = (ushort)DnsType.NS } };
        var listed = await DnsExchange.AskAsync(run, server, plan, listing, 0, cancellationToken);
        var (outcome, cause, text) = Records.Judge(listing.Question, listed.Message, time.GetUtcNow());
        if (outcome != Outcome.Up)
            return run.Ended(outcome, cause, text);

        var views = new List<View>();
        var names = listed.Message.Answers.Where(record => record.IsOf(listing.Question)).Select(record => record.Data).Distinct(StringComparer.OrdinalIgnoreCase).Take(MaxNameServers);
        foreach (var (index, name) in names.Index())
            views.AddRange(await ResolveAsync(run, plan, name, index + 1, cancellationToken));
        run.Waiting = $"waiting for the answers of {views.Count} name servers";
        var patience = run.Remaining * Share;
        await Task.WhenAll(views.Take(MaxAddresses).Where(view => view.Problem is null).Select(view => AskAsync(run.Environment, plan, view, server.Port, patience, cancellationToken)));

        Compare(views, plan.Expectations.SerialTolerance);
        for (var i = 0; i < views.Count; i++)
            Note(run, views[i], i);
        var last = views.Select(view => view.Reply?.ArrivedAt ?? 0).Append(listed.ArrivedAt).Max();
        return Judge(run, plan, views, time.GetElapsedTime(listed.StartedAt, last));
    }

    private static async Task<IEnumerable<View>> ResolveAsync(ProbeRun run, DnsPlan plan, string name, int ordinal, CancellationToken cancellationToken)
    {
        run.Waiting = $"resolving the name server {name}";
        try
        {
            var found = await run.ResolveAllAsync(name.TrimEnd('.'), ordinal, cancellationToken);
            return plan.Settings.Sockets.Reachable(found).Select(address => new View(name, address));
        }
        catch (TargetException e)
        {
            // Of a delegation to a name without an address, the zone is told; of a failure of our own resolver, it is not.
            var finding = e.Cause is Cause.Nxdomain or Cause.NoAddress ? Finding.Down(Cause.DnsLame, $"the name server {name} has no address: {e.Message}") : new Finding(e.Outcome, e.Cause, e.Message);
            return [new View(name, null) { Problem = finding }];
        }
    }

    private static async Task AskAsync(ProbeEnvironment environment, DnsPlan plan, View view, int port, TimeSpan patience, CancellationToken cancellationToken)
    {
        var settings = plan.Settings with { Recursion = false };
        using var limit = new CancellationTokenSource(patience, environment.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            var endpoint = new IPEndPoint(view.Address!, port);
            var reply = await DnsDatagrams.AskAsync(environment, endpoint, settings, patience, learned: null, both.Token);
            if (DnsReply.RefusesEdns(reply.Message, settings))
                reply = await DnsDatagrams.AskAsync(environment, endpoint, settings with { PayloadBytes = null }, patience, learned: null, both.Token);
            view.Reply = reply;
            view.Problem = Judge(plan, view, reply.Message, environment.Time.GetUtcNow());
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            view.Problem = Finding.Down(Cause.Timeout, $"{view} did not answer within {DurationText.Print(patience)}");
        }
        catch (DnsFormatException e)
        {
            view.Problem = Finding.Down(Cause.ProtocolError, $"{view} answered, but {e.Message}");
        }
        catch (TargetException e)
        {
            view.Problem = new Finding(e.Outcome, e.Cause, e.Message);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.NetworkUnreachable or SocketError.AddressFamilyNotSupported or SocketError.AddressNotAvailable)
        {
            // This monitor has no route to an address of that family, which says nothing of the server.
            view.IsOutOfReach = true;
        }
        catch (SocketException e)
        {
            var (outcome, cause) = SocketFailure.Of(e.SocketErrorCode);
            view.Problem = new Finding(outcome, cause, $"{view}: {SocketFailure.Describe(e)}");
        }
    }

    private static Finding? Judge(DnsPlan plan, View view, DnsMessage answer, DateTimeOffset now)
    {
        var question = plan.Settings.Question;
        if (answer.Rcode != DnsCodes.NoError)
            return Finding.Down(Cause.DnsLame, $"{view} does not serve {question.Name}: it answers {DnsCodes.RcodeName(answer.Rcode)}");
        if (!answer.Flags.HasFlag(DnsFlags.Authoritative))
            return Finding.Down(Cause.DnsLame, $"{view} does not serve {question.Name}: it answers without authority");
        var start = answer.Answers.FirstOrDefault(record => record.Serial is not null && record.Name.Equals(question.Name));
        if (start is null)
            return Finding.Down(Cause.DnsLame, $"{view} does not serve {question.Name}: its answer has no SOA of it");
        view.Serial = start.Serial;
        var (outcome, cause, text) = plan.Expectations.Judge(question, answer, now);
        return outcome == Outcome.Up ? null : new Finding(outcome, cause, $"{view}: {text}");
    }

    // RFC 1982 section 3.2: a serial is newer when it is less than half of all numbers ahead.
    private static void Compare(List<View> views, int tolerance)
    {
        var known = views.Where(view => view.Serial is not null).ToList();
        if (known.Count == 0)
            return;
        var newest = known.Aggregate((a, b) => (int)(b.Serial!.Value - a.Serial!.Value) > 0 ? b : a);
        foreach (var view in known)
        {
            var behind = newest.Serial!.Value - view.Serial!.Value;
            if (behind > (uint)tolerance)
                view.Problem ??= Finding.Down(Cause.DnsSerialMismatch, $"{view} has serial {view.Serial}, {newest} has {newest.Serial}");
        }
    }

    private static void Note(ProbeRun run, View view, int index)
    {
        var time = view.Reply is { } reply ? run.Environment.Time.GetElapsedTime(reply.StartedAt, reply.ArrivedAt) : (TimeSpan?)null;
        if (time is { } took)
            run.Measure("wait", took, index + 1);
        if (view.Serial is { } serial)
            run.Measure("dns.serial", serial, "count", index);
        run.Note(
            "dns.name_server",
            string.Create(CultureInfo.InvariantCulture, $"{view}: {(view.Serial is { } number ? $"serial {number}" : view.IsOutOfReach ? "out of this monitor's reach" : view.Problem?.Message ?? "not asked")}{(time is { } ms ? $", {ms.TotalMilliseconds:F3} ms" : "")}"));
    }

    private static ProbeResult Judge(ProbeRun run, DnsPlan plan, List<View> views, TimeSpan elapsed)
    {
        // A server that is broken is told before one that is behind, and both before what is not known.
        var worst = views.Select(view => view.Problem).OfType<Finding>().OrderByDescending(finding => (finding.Weight, finding.Cause != Cause.DnsSerialMismatch)).FirstOrDefault();
        if (worst is not null)
            return run.Ended(worst.Outcome, worst.Cause, worst.Message, elapsed);
        var known = views.Where(view => view.Serial is not null).ToList();
        if (known.Count == 0)
            return run.Ended(Outcome.Unknown, Cause.NetworkUnreachable, $"none of the {views.Count} addresses of the name servers of {plan.Settings.Question.Name} can be reached from here", elapsed);
        if (run.JudgesLatency && plan.Expectations.JudgeTime(known.Max(view => run.Environment.Time.GetElapsedTime(view.Reply!.StartedAt, view.Reply.ArrivedAt))) is { } slow)
            return run.Ended(Outcome.Degraded, Cause.ExpectationFailed, slow, elapsed);
        return run.Up(elapsed, $"{plan.Settings.Question.Name} has serial {known[0].Serial} on {known.Select(view => view.Name).Distinct(StringComparer.OrdinalIgnoreCase).Count()} name servers");
    }

    /// <summary>One address of a name server, and what it answered.</summary>
    private sealed class View(string name, IPAddress? address)
    {
        internal string Name => name;

        internal IPAddress? Address => address;

        internal DnsReply? Reply { get; set; }

        internal uint? Serial { get; set; }

        internal Finding? Problem { get; set; }

        internal bool IsOutOfReach { get; set; }

        public override string ToString() => address is null ? name : $"{name} ({address})";
    }
}
