using System.Buffers.Binary;
using System.Net;
using System.Security.Cryptography;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.DnsQuery;

/// <summary>
/// Asks the DNS server that is the job's host one question: over UDP, over TCP when the answer was truncated. The elapsed
/// time runs from the first query to the last answer.
/// </summary>
internal sealed class DnsProbe : IProbe
{
    internal static readonly ServiceDefinition Definition = new(
        "dns", "Asks a DNS server for a record.", 53, DnsSettings.All, DnsExpectations.All)
    {
        ImpliedSettings = (job, _) => DnsSettings.Implied(job.Name),
    };

    // RFC 1035 section 4.2.1: what a server may send to a query without EDNS.
    private const int PlainPayloadBytes = 512;
    private const int NotedAnswers = 64;

    private readonly ProbeEnvironment _environment;

    internal DnsProbe(ProbeEnvironment environment) => _environment = environment;

    public Task<ProbeResult> ProbeAsync(ProbeRequest request, CancellationToken cancellationToken)
        => ProbeRun.RunAsync(_environment, request, CheckAsync, cancellationToken);

    private async Task<ProbeResult> CheckAsync(ProbeRun run, CancellationToken cancellationToken)
    {
        var settings = DnsSettings.Read(run.Request.Settings, run.Request.Job);
        var expectations = DnsExpectations.Read(run.Request.Expectations);
        var server = new IPEndPoint(await run.ResolveAsync(cancellationToken), run.Request.Port);
        run.Note("dns.question", settings.Question.ToString());

        var started = run.Environment.Time.GetTimestamp();
        try
        {
            var answer = await AskAsync(run, server, settings, expectations, cancellationToken);
            var elapsed = run.Environment.Time.GetElapsedTime(started);
            Note(run, answer);
            var (outcome, cause, text) = expectations.Judge(settings.Question, answer);
            return outcome == Outcome.Up ? run.Up(elapsed, text) : run.Ended(outcome, cause, text, elapsed);
        }
        catch (DnsFormatException e)
        {
            return run.Ended(Outcome.Down, Cause.ProtocolError, $"{server} answered, but {e.Message}");
        }
    }

    private static async Task<DnsMessage> AskAsync(
        ProbeRun run, IPEndPoint server, DnsSettings settings, DnsExpectations expectations, CancellationToken cancellationToken)
    {
        if (settings.Transport != DnsSettings.Tcp)
        {
            var answer = await AskDatagramAsync(run, server, settings, cancellationToken);
            if (!answer.Flags.HasFlag(DnsFlags.Truncated) || settings.Transport == DnsSettings.Udp)
            {
                run.Note("dns.transport", DnsSettings.Udp);
                return answer.Flags.HasFlag(DnsFlags.Truncated) && !expectations.Flags.Contains("tc") ? throw Truncated(settings) : answer;
            }
        }

        run.Note("dns.transport", DnsSettings.Tcp);
        return await AskStreamAsync(run, server, settings, cancellationToken);
    }

    private static TargetException Truncated(DnsSettings settings)
        => new(Outcome.Down, Cause.Oversize, $"the answer is truncated: it does not fit in {settings.PayloadBytes ?? PlainPayloadBytes} bytes over UDP, and transport is {DnsSettings.Udp}");

    private static async Task<DnsMessage> AskDatagramAsync(ProbeRun run, IPEndPoint server, DnsSettings settings, CancellationToken cancellationToken)
    {
        run.Waiting = $"waiting for the answer of {server} over UDP";
        var ask = new DnsAsk(server, settings.Question.Encode(0, settings.Recursion, settings.PayloadBytes, settings.Dnssec))
        {
            Largest = settings.PayloadBytes ?? PlainPayloadBytes,
            SendAgainAfter = settings.Retransmit ? run.Remaining / 2 : null,
        };
        try
        {
            var datagram = await run.Environment.Dns.AskAsync(ask, cancellationToken);
            if (datagram.IsOversize)
                throw new TargetException(Outcome.Down, Cause.Oversize, $"{server} answered with more than the {ask.Largest} bytes allowed over UDP");
            var answer = Checked(DnsMessage.Read(datagram.Bytes));
            if (!RefusesEdns(answer, settings))
                return answer;
        }
        finally
        {
            if (ask.Ignored > 0)
                run.Note("ignored", ask.Ignored.ToString());
            if (ask.OtherSender is { } other)
                run.Note("dns.other_sender", other.ToString());
            if (ask.Sent > 1)
                run.Note("sent", ask.Sent.ToString());
        }

        run.Note("dns.edns", "refused");
        return await AskDatagramAsync(run, server, settings with { PayloadBytes = null }, cancellationToken);
    }

    private static async Task<DnsMessage> AskStreamAsync(ProbeRun run, IPEndPoint server, DnsSettings settings, CancellationToken cancellationToken)
    {
        var id = NewId();
        var query = settings.Question.Encode(id, settings.Recursion, settings.PayloadBytes, settings.Dnssec);
        var answer = await DnsStream.AskAsync(run, server, query, bytes => AnswerIn(bytes, id, settings.Question), cancellationToken);
        if (!RefusesEdns(answer, settings))
            return answer;
        run.Note("dns.edns", "refused");
        return await AskStreamAsync(run, server, settings with { PayloadBytes = null }, cancellationToken);
    }

    // A server from before EDNS answers FORMERR, or NOTIMP, and without an OPT record (RFC 6891 section 7).
    private static bool RefusesEdns(DnsMessage answer, DnsSettings settings)
        => settings is { PayloadBytes: not null, Dnssec: false }
            && !answer.HasEdns
            && answer.Rcode is DnsCodes.FormatError or DnsCodes.NotImplemented;

    /// <summary>
    /// The answer in a message; null when it carries another id or another question, which is not for us to judge
    /// (RFC 5452 section 9.1). With our id it has to be well formed.
    /// </summary>
    private static DnsMessage? AnswerIn(ReadOnlySpan<byte> bytes, ushort id, DnsQuestion question)
    {
        if (!HasId(bytes, id))
            return null;
        var message = DnsMessage.Read(bytes);

        // A server that could not read the query may leave the question out.
        var isHeaderOnly = message.Question is null && message.Rcode is not (DnsCodes.NoError or DnsCodes.NameError);
        if (!isHeaderOnly && message.Question != question)
            return null;
        return Checked(message);
    }

    private static DnsMessage Checked(DnsMessage message)
    {
        if (!message.Flags.HasFlag(DnsFlags.Response))
            throw new DnsFormatException("with a query, not a response");
        if (message.Opcode != 0)
            throw new DnsFormatException($"the response has opcode {message.Opcode}, not that of the query");
        return message;
    }

    private static bool HasId(ReadOnlySpan<byte> bytes, ushort id)
        => bytes.Length >= DnsMessage.HeaderLength && BinaryPrimitives.ReadUInt16BigEndian(bytes) == id;

    private static void Note(ProbeRun run, DnsMessage answer)
    {
        run.Note("dns.rcode", DnsCodes.RcodeName(answer.Rcode));
        run.Note("dns.flags", string.Join(' ', DnsCodes.NamesOf(answer.Flags)));
        foreach (var error in answer.ExtendedErrors)
            run.Note("dns.extended_error", error);
        run.Measure("dns.answers", answer.Answers.Length, "count");
        for (var i = 0; i < Math.Min(answer.Answers.Length, NotedAnswers); i++)
        {
            var record = answer.Answers[i];
            run.Note("dns.answer", record.ToString());
            run.Measure("dns.ttl", record.TtlSeconds, "s", i);
            if (record.Serial is { } serial)
                run.Measure("dns.serial", serial, "count", i);
        }
    }

    // From a CSPRNG: whoever cannot see the query cannot guess the id (RFC 5452 section 9.2).
    private static ushort NewId() => (ushort)RandomNumberGenerator.GetInt32(ushort.MaxValue + 1);
}
