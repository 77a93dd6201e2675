using System.Net;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.DnsQuery;

/// <summary>A question and its answer over the transport that a job wants, with what a check tells of it.</summary>
internal static class DnsExchange
{
    /// <summary>Asks a server: over UDP, over TCP when the answer was truncated, without EDNS when it was refused.</summary>
    /// <param name="run">The check; one exchange of it at a time.</param>
    /// <param name="server">Whom.</param>
    /// <param name="plan">How the job asks.</param>
    /// <param name="settings">What.</param>
    /// <param name="ordinal">The first number of the measurements.</param>
    /// <param name="cancellationToken">Ends it.</param>
    internal static async Task<DnsReply> AskAsync(ProbeRun run, IPEndPoint server, DnsPlan plan, DnsSettings settings, int ordinal, CancellationToken cancellationToken)
    {
        long? started = null;
        DnsReply reply;
        if (settings.Transport is not (DnsSettings.Tcp or DnsSettings.OverTls))
        {
            reply = await AskDatagramAsync(run, server, settings, ordinal, cancellationToken);
            started = reply.StartedAt;
            if (DnsReply.RefusesEdns(reply.Message, settings))
            {
                settings = WithoutEdns(run, settings);
                reply = await AskDatagramAsync(run, server, settings, ++ordinal, cancellationToken);
            }

            var isTruncated = reply.Message.Flags.HasFlag(DnsFlags.Truncated);
            if (!isTruncated || settings.Transport == DnsSettings.Udp)
            {
                run.Note("dns.transport", DnsSettings.Udp);
                return isTruncated && !plan.Expectations.Flags.Contains("tc") ? throw Truncated(settings) : reply with { StartedAt = started.Value };
            }

            ordinal++;
        }

        run.Note("dns.transport", plan.Tls is null ? DnsSettings.Tcp : DnsSettings.OverTls);
        reply = await DnsStream.AskAsync(run, server, settings, plan.Tls, ordinal, cancellationToken);
        started ??= reply.StartedAt;
        if (DnsReply.RefusesEdns(reply.Message, settings))
            reply = await DnsStream.AskAsync(run, server, WithoutEdns(run, settings), plan.Tls, ++ordinal, cancellationToken);
        return reply with { StartedAt = started.Value };
    }

    private static async Task<DnsReply> AskDatagramAsync(ProbeRun run, IPEndPoint server, DnsSettings settings, int ordinal, CancellationToken cancellationToken)
    {
        run.Waiting = $"waiting for the answer of {server} over UDP";
        var reply = await DnsDatagrams.AskAsync(run.Environment, server, settings, run.Remaining, ask => Note(run, ask), cancellationToken);
        if (reply.IsKernelTime)
            run.TimestampSource = "kernel";
        run.Measure("wait", run.Environment.Time.GetElapsedTime(reply.StartedAt, reply.ArrivedAt), ordinal);
        return reply;
    }

    private static DnsSettings WithoutEdns(ProbeRun run, DnsSettings settings)
    {
        run.Note("dns.edns", "refused");
        return settings with { PayloadBytes = null };
    }

    private static TargetException Truncated(DnsSettings settings) => new(
        Outcome.Down, Cause.Oversize,
        $"the answer is truncated: it does not fit in {settings.PayloadBytes ?? DnsDatagrams.PlainPayloadBytes} bytes over UDP, and transport is {DnsSettings.Udp}");

    private static void Note(ProbeRun run, DnsAsk ask)
    {
        if (ask.Ignored > 0)
            run.Note("ignored", ask.Ignored.ToString());
        if (ask.OtherSender is { } other)
            run.Note("dns.other_sender", other.ToString());
        if (ask.Sent > 1)
            run.Note("sent", ask.Sent.ToString());
    }
}
