using System.Buffers.Binary;
using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Datagrams;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.NtpQuery;

/// <summary>
/// Asks a time server once as an SNTP client (RFC 5905 section 14). The elapsed time is the delay: the round trip without
/// the time that the server took. Timestamps are taken in this process, not in the kernel, so a busy monitor adds its own
/// scheduling to both figures.
/// </summary>
internal sealed class NtpProbe : IProbe
{
    private static readonly Setting<int> Version = Setting.Integer("version", 4, 3, 4, "The protocol version of the query.");
    private static readonly Setting<bool> Retransmit = Setting.Flag("retransmit", true, "Ask once more when half the timeout has passed.");

    internal static readonly ServiceDefinition Definition = new(
        "ntp", "Asks an NTP server for the time.", 123, [Version, Retransmit, TargetResolver.Family], NtpVerdict.All);

    // A server's extensions and authenticator are far less.
    private const int LargestAnswer = 1024;

    private readonly ProbeEnvironment _environment;

    internal NtpProbe(ProbeEnvironment environment) => _environment = environment;

    public Task<ProbeResult> ProbeAsync(ProbeRequest request, CancellationToken cancellationToken)
        => ProbeRun.RunAsync(_environment, request, CheckAsync, cancellationToken);

    private static async Task<ProbeResult> CheckAsync(ProbeRun run, CancellationToken cancellationToken)
    {
        var version = Version.Read(run.Request.Settings);
        var verdict = NtpVerdict.Read(run.Request.Expectations);
        var retransmit = Retransmit.Read(run.Request.Settings);
        var server = new IPEndPoint(await run.ResolveAsync(cancellationToken), run.Request.Port);
        try
        {
            var exchange = new Exchange(run.Environment.Time, server, version);
            var answer = await DatagramExchange.AskAsync(run, server, exchange.Send, exchange.Receive, LargestAnswer, retransmit, cancellationToken);
            Note(run, answer.Packet);
            if (NtpVerdict.Refusal(answer.Packet) is { } refusal)
                return run.Ended(Outcome.Down, refusal.Cause, refusal.Text, answer.RoundTrip);

            var sample = NtpSample.Of(answer.Sent, answer.RoundTrip, answer.Packet.Receive, answer.Packet.Transmit);
            run.Measure("ntp.offset", sample.Offset);
            run.Measure("ntp.delay", sample.Delay);
            run.Measure("ntp.server_time", sample.ServerTime);
            var (outcome, cause, text) = verdict.Judge(answer.Packet, sample);
            return outcome == Outcome.Up ? run.Up(sample.Delay, text) : run.Ended(outcome, cause, text, sample.Delay);
        }
        catch (NtpFormatException e)
        {
            return run.Ended(Outcome.Down, Cause.ProtocolError, $"{server} answered, but {e.Message}");
        }
    }

    private static void Note(ProbeRun run, NtpPacket packet)
    {
        run.Measure("ntp.stratum", packet.Stratum, "count");
        run.Measure("ntp.root_delay", packet.RootDelay);
        run.Measure("ntp.root_dispersion", packet.RootDispersion);
        run.Measure("ntp.root_distance", packet.RootDistance);
        run.Measure("ntp.precision", packet.Precision);
        run.Note("ntp.leap", packet.Leap.ToString().ToLowerInvariant());
        run.Note("ntp.version", packet.Version.ToString(CultureInfo.InvariantCulture));
        run.Note("ntp.reference", packet.ReferenceText());
        if (!packet.Reference.IsZero)
            run.Note("ntp.reference_time", packet.Reference.Near(run.Environment.Time.GetUtcNow()).ToString("O", CultureInfo.InvariantCulture));
    }

    private sealed record Answer(NtpPacket Packet, DateTimeOffset Sent, TimeSpan RoundTrip);

    /// <summary>The queries sent, each with its own nonce and instant, and the answer to one of them.</summary>
    private sealed class Exchange(TimeProvider time, IPEndPoint server, int version)
    {
        private readonly List<(NtpTimestamp Nonce, DateTimeOffset Sent, long Stamp)> _queries = [];

        internal ReadOnlyMemory<byte> Send(int sending)
        {
            Span<byte> random = stackalloc byte[8];
            RandomNumberGenerator.Fill(random);
            // Never zero, which stands for no timestamp.
            var nonce = new NtpTimestamp(BinaryPrimitives.ReadUInt64BigEndian(random) | 1);
            var query = NtpPacket.Query(version, nonce);
            _queries.Add((nonce, time.GetUtcNow(), time.GetTimestamp()));
            return query;
        }

        internal Answer? Receive(ReadOnlySpan<byte> datagram)
        {
            var now = time.GetTimestamp();
            var origin = NtpPacket.OriginOf(datagram);
            var index = _queries.FindIndex(query => query.Nonce == origin);
            if (index < 0)
                return null;
            if (datagram.Length > LargestAnswer)
                throw DatagramExchange.Oversize(server, LargestAnswer);
            var (_, sent, stamp) = _queries[index];
            return new Answer(NtpPacket.Read(datagram), sent, time.GetElapsedTime(stamp, now));
        }
    }
}
