using System.Globalization;
using System.Net;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.NtpQuery;

/// <summary>
/// Asks a time server as an SNTP client (RFC 5905 section 14), once or several times. The sample with the least delay counts
/// (section 10), as the least of it is the path's. The elapsed time is its delay: the round trip without the time that the
/// server took.
/// </summary>
internal sealed class NtpProbe : IProbe
{
    private static readonly TimeSpan DefaultGap = TimeSpan.FromMilliseconds(200);

    private static readonly Setting<int> Version = Setting.Integer("version", 4, 3, 4, "The protocol version of the query.");

    private static readonly Setting<int> Samples = Setting.Integer(
        "samples", 1, 1, 16, "How many times to ask; the sample with the least delay counts, and what the others differ from it is the jitter.");

    private static readonly Setting<TimeSpan?> Gap = Setting.OptionalDuration(
        "gap", TimeSpan.Zero, TimeSpan.FromMinutes(1), "The time from one query to the next, by default 200ms. Public servers want 2s, and a timeout that holds them.");

    private static readonly Setting<bool> Retransmit = Setting.Flag("retransmit", true, "Of one sample: ask once more when half the timeout has passed.");

    internal static readonly ServiceDefinition Definition = new(
        "ntp",
        "Asks an NTP server for the time. A server that answers DENY or RSTR is left alone for 15 minutes, one that answers RATE for 30 seconds and then longer; its jobs are Down meanwhile.",
        123,
        [Version, Samples, Gap, Retransmit, .. SocketSettings.All, .. TargetResolver.Settings],
        NtpVerdict.All)
    {
        Examples = NtpExamples.All,
    };

    private readonly ProbeEnvironment _environment;
    private readonly NtpKisses _kisses;

    internal NtpProbe(ProbeEnvironment environment) => (_environment, _kisses) = (environment, new NtpKisses(environment.Time));

    public Task<ProbeResult> ProbeAsync(ProbeRequest request, CancellationToken cancellationToken)
        => ProbeRun.RunAsync(_environment, request, CheckAsync, cancellationToken);

    private async Task<ProbeResult> CheckAsync(ProbeRun run, CancellationToken cancellationToken)
    {
        var settings = run.Request.Settings;
        var samples = Samples.Read(settings);
        var version = Version.Read(settings);
        var gap = Gap.Read(settings) ?? DefaultGap;
        var retransmit = samples == 1 && Retransmit.Read(settings);
        var sockets = SocketSettings.Read(settings);
        var verdict = NtpVerdict.Read(run.Request.Expectations);
        if (verdict.JitterMilliseconds is not null && samples == 1)
            throw new SettingException("jitterMs: expected settings with samples of 2 or more");

        var address = sockets.Reachable(await run.ResolveAllAsync(cancellationToken))[0];
        run.Address = address;
        var server = new IPEndPoint(address, run.Request.Port);
        if (_kisses.Of(server, out var left) is { } kiss)
            return Held(run, kiss, left);

        using var socket = new NtpSocket(server, sockets, run.Environment.Time);
        var exchange = new NtpExchange(run, server, socket, version);
        var burst = new NtpBurst();
        try
        {
            await AskAsync(run, exchange, burst, samples, gap, retransmit, cancellationToken);
        }
        catch (NtpFormatException e)
        {
            return run.Ended(Outcome.Down, Cause.ProtocolError, $"{server} answered, but {e.Message}");
        }
        catch (OperationCanceledException) when (burst.Count > 0 && run.Remaining == TimeSpan.Zero)
        {
            // The time is over, and there are samples to judge.
        }
        finally
        {
            if (exchange.Ignored > 0)
                run.Note("ignored", exchange.Ignored.ToString(CultureInfo.InvariantCulture));
            if (exchange.Sent > 1)
                run.Note("sent", exchange.Sent.ToString(CultureInfo.InvariantCulture));
        }

        return Judge(run, server, exchange, burst, verdict);
    }

    private static async Task AskAsync(ProbeRun run, NtpExchange exchange, NtpBurst burst, int samples, TimeSpan gap, bool retransmit, CancellationToken cancellationToken)
    {
        var began = run.Elapsed;
        for (var sample = 0; sample < samples; sample++)
        {
            if (sample > 0)
                await PaceAsync(run, began + (gap * sample), cancellationToken);

            // One that is lost leaves time for the others; the last has all that is left.
            var isLast = sample == samples - 1;
            TimeSpan? wait = retransmit ? run.Remaining / 2 : isLast ? null : run.Remaining / (samples - sample);
            var answer = await AskOnceAsync(run, exchange, wait, cancellationToken);
            if (answer is null && retransmit)
                answer = await AskOnceAsync(run, exchange, null, cancellationToken);

            // A kiss, or an answer that is no sample, ends the asking.
            if (answer is not null && !burst.Add(answer))
                return;
        }
    }

    private static async Task PaceAsync(ProbeRun run, TimeSpan due, CancellationToken cancellationToken)
    {
        if (due > run.Elapsed)
            await Task.Delay(due - run.Elapsed, run.Environment.Time, cancellationToken);
        run.Slip(run.Elapsed - due);
    }

    private static async ValueTask<NtpAnswer?> AskOnceAsync(ProbeRun run, NtpExchange exchange, TimeSpan? wait, CancellationToken cancellationToken)
    {
        if (wait is null)
        {
            await exchange.SendAsync(cancellationToken);
            return await exchange.ReceiveAsync(cancellationToken);
        }

        using var limit = new CancellationTokenSource(wait.Value, run.Environment.Time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        await exchange.SendAsync(cancellationToken);
        try
        {
            return await exchange.ReceiveAsync(linked.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return null;
        }
    }

    private ProbeResult Judge(ProbeRun run, IPEndPoint server, NtpExchange exchange, NtpBurst burst, NtpVerdict verdict)
    {
        if (burst.IsKernelTime)
            run.TimestampSource = "kernel";
        var packet = (burst.Refused ?? burst.Best)!.Packet;
        Note(run, packet);
        if (exchange.Sent > 1)
            run.Measure("ntp.samples", burst.Count, "count");
        if (burst.Refused is not null)
            return Refused(run, server, burst);

        _kisses.Forget(server);
        var best = burst.Best!;
        var sample = burst.Sample;
        run.Measure("ntp.offset", sample.Offset);
        run.Measure("ntp.delay", sample.Delay);
        run.Measure("ntp.server_time", sample.ServerTime);
        if (burst.Jitter is { } jitter)
            run.Measure("ntp.jitter", jitter);
        if (LocalClock.StepBetween(exchange.Began, LocalClock.Read(run.Environment.Time), run.Environment.Time) is { } step)
        {
            run.Measure("clock.step", step);
            return run.Ended(
                Outcome.Unknown, Cause.LocalClock,
                string.Create(CultureInfo.InvariantCulture, $"this monitor's clock was set by {step.TotalMilliseconds:+0.000;-0.000} ms while it measured: the offset says nothing of the server"),
                sample.Delay);
        }

        var (outcome, cause, text) = verdict.Judge(best.Packet, sample, burst.Jitter, run.JudgesLatency);
        return outcome == Outcome.Up ? run.Up(sample.Delay, text) : run.Ended(outcome, cause, text, sample.Delay);
    }

    private ProbeResult Refused(ProbeRun run, IPEndPoint server, NtpBurst burst)
    {
        var answer = burst.Refused!;
        var refusal = NtpVerdict.Refusal(answer.Packet)!.Value;
        if (refusal.Cause != Cause.NtpKissOfDeath)
            return run.Ended(Outcome.Down, refusal.Cause, refusal.Text, answer.RoundTrip);

        var code = answer.Packet.ReferenceText();
        run.Note("ntp.kiss", code);
        _kisses.Note(server, code);

        // It has served before it said so: it works, and will not for long.
        var outcome = burst.Count > 0 ? Outcome.Degraded : Outcome.Down;
        return run.Ended(outcome, refusal.Cause, burst.Count > 0 ? $"{refusal.Text}, after {burst.Count} samples" : refusal.Text, answer.RoundTrip);
    }

    private static ProbeResult Held(ProbeRun run, NtpKiss kiss, TimeSpan left)
    {
        run.Note("ntp.kiss", kiss.Code);
        run.Measure("ntp.kiss_left", left.TotalSeconds, "s");
        var seconds = TimeSpan.FromSeconds(Math.Ceiling(left.TotalSeconds));
        return run.Ended(
            Outcome.Down, Cause.NtpKissOfDeath,
            $"not asked: the server refused to serve with kiss-o'-death {kiss.Code}{NtpVerdict.Advice(kiss.Code)}, and is left alone for {DurationText.Print(seconds)} more",
            TimeSpan.Zero);
    }

    private static void Note(ProbeRun run, NtpPacket packet)
    {
        run.Measure("ntp.stratum", packet.Stratum, "count");
        run.Measure("ntp.root_delay", packet.RootDelay);
        run.Measure("ntp.root_dispersion", packet.RootDispersion);
        run.Measure("ntp.root_distance", packet.RootDistance);
        run.Measure("ntp.precision", packet.Precision);
        run.Note("ntp.leap", NtpVerdict.NameOf(packet.Leap));
        run.Note("ntp.version", packet.Version == 4 ? "4" : packet.Version.ToString(CultureInfo.InvariantCulture));
        run.Note("ntp.reference", packet.ReferenceText());
        if (!packet.Reference.IsZero)
            run.Note("ntp.reference_time", packet.Reference.Near(run.Environment.Time.GetUtcNow()).ToString("O", CultureInfo.InvariantCulture));
    }
}
