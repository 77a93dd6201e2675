using System.Net;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Icmp;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.IcmpEcho;

/// <summary><c>ping</c>: ICMP echo (RFC 792, RFC 4443) with round-trip time, loss, and the error that a router sent instead.</summary>
internal sealed class IcmpEchoProbe : IProbe
{
    private static readonly Setting<int> Count = Setting.Integer("count", 1, 1, 20, "How many echoes a check sends.");
    private static readonly Setting<int> Size = Setting.Integer("size", 56, EchoPayload.MinimumBytes, 1472, "The payload of an echo, in bytes.");
    private static readonly Setting<TimeSpan?> Interval = Setting.OptionalDuration("interval", TimeSpan.FromMilliseconds(10), TimeSpan.FromMinutes(1), "The time from echo to echo; 200ms when left out.");
    private static readonly Setting<int?> Ttl = Setting.OptionalInteger("ttl", 1, 255, "The hop limit of the echoes; the system's when left out.");
    private static readonly Setting<bool> DontFragment = Setting.Flag("dontFragment", false, "Forbid fragments, so that an echo larger than the path's MTU fails.");
    private static readonly Setting<double?> RttMs = Setting.OptionalNumber("rttMs", 0.001, 600_000, "The longest mean round trip in milliseconds; a longer one makes it Degraded.");
    private static readonly Setting<double?> LossPercent = Setting.OptionalNumber("lossPercent", 0, 100, "The greatest share of echoes without a reply, in percent; a greater one makes it Degraded.");

    private static readonly TimeSpan DefaultInterval = TimeSpan.FromMilliseconds(200);

    private readonly ProbeEnvironment _environment;
    private readonly IcmpSocketSource _sockets;

    public IcmpEchoProbe(ProbeEnvironment environment)
        : this(environment, new IcmpSocketSource())
    {
    }

    internal IcmpEchoProbe(ProbeEnvironment environment, IcmpSocketSource sockets) => (_environment, _sockets) = (environment, sockets);

    /// <summary>The service.</summary>
    public static ServiceDefinition Definition { get; } = new(
        "ping",
        "Sends ICMP echo requests and measures the round trip and the loss.",
        DefaultPort: null,
        [Count, Size, Interval, Ttl, DontFragment, TargetResolver.Family],
        [RttMs, LossPercent])
    {
        Aliases = ["icmp"],
    };

    /// <inheritdoc/>
    public Task<ProbeResult> ProbeAsync(ProbeRequest request, CancellationToken cancellationToken)
        => ProbeRun.RunAsync(_environment, request, (run, bounded) => CheckAsync(run, bounded, cancellationToken), cancellationToken);

    // Silence is a finding (loss), so the exchange keeps the deadline itself and listens to the caller's token only.
    private async Task<ProbeResult> CheckAsync(ProbeRun run, CancellationToken bounded, CancellationToken cancellationToken)
    {
        var settings = run.Request.Settings;
        var count = Count.Read(settings);
        var interval = Interval.Read(settings) ?? DefaultInterval;
        var size = Size.Read(settings);
        var dontFragment = DontFragment.Read(settings);
        if (interval * (count - 1) >= run.Request.Timeout)
            throw new SettingException($"{count} echoes, one each {DurationText.Print(interval)}, do not fit into the timeout of {DurationText.Print(run.Request.Timeout)}");

        var address = EchoChannels.Plain(await run.ResolveAsync(bounded));
        run.Address = address;
        run.Waiting = "opening an ICMP socket";
        using var channel = EchoChannels.Open(_sockets, address, size, dontFragment, run.Remaining, _environment.Time);
        run.Waiting = "waiting for the echo reply";
        var exchange = new EchoExchange(channel, _environment.Time, new EchoOptions(count, interval, Ttl.Read(settings), dontFragment));
        await exchange.RunAsync(run.Remaining, cancellationToken);
        return Judge(run, exchange, address);
    }

    private static ProbeResult Judge(ProbeRun run, EchoExchange exchange, IPAddress address)
    {
        var echoes = exchange.Echoes;
        var replies = 0;
        var total = TimeSpan.Zero;
        EchoState failed = default;
        for (var i = 0; i < echoes.Length; i++)
        {
            if (echoes[i].RoundTrip is not { } roundTrip)
            {
                if (echoes[i].IsSettled)
                    failed = echoes[i];
                continue;
            }

            if (replies++ == 0 && echoes[i].Ttl is { } ttl)
                run.Measure("ttl", ttl, "count");
            total += roundTrip;
            run.Measure("rtt", roundTrip, i);
        }

        var loss = 100.0 * (echoes.Length - replies) / echoes.Length;
        run.Measure("loss", loss, "percent");
        if (exchange.Ignored > 0)
            run.Note("ignored", exchange.Ignored.ToString());
        if (failed.Error is { } error)
            NoteError(run, error);
        return replies == 0 ? NoReply(run, failed, echoes.Length, address) : Answered(run, total / replies, loss, replies, echoes.Length);
    }

    private static ProbeResult Answered(ProbeRun run, TimeSpan mean, double loss, int replies, int count)
    {
        var expected = run.Request.Expectations;
        var figure = FormattableString.Invariant($"{mean.TotalMilliseconds:F3} ms") + (count > 1 ? $", {replies} of {count} answered" : "");
        if (LossPercent.Read(expected) is { } maximumLoss && loss > maximumLoss)
            return run.Ended(Outcome.Degraded, Cause.ExpectationFailed, FormattableString.Invariant($"{figure}: {loss:0.#}% lost, expected at most {maximumLoss}%"), mean);
        if (RttMs.Read(expected) is { } maximum && mean.TotalMilliseconds > maximum)
            return run.Ended(Outcome.Degraded, Cause.ExpectationFailed, FormattableString.Invariant($"{figure}: expected at most {maximum} ms"), mean);
        return run.Ended(Outcome.Up, Cause.None, figure, mean);
    }

    private static ProbeResult NoReply(ProbeRun run, EchoState failed, int count, IPAddress address)
    {
        if (failed.SendFailure is { } failure)
        {
            var (outcome, cause) = failure.SocketErrorCode == System.Net.Sockets.SocketError.MessageSize
                ? (Outcome.Unknown, Cause.BadSettings)
                : SocketFailure.Of(failure.SocketErrorCode);
            return run.Ended(outcome, cause, $"{SocketFailure.Describe(failure)} while sending the echo");
        }

        if (failed.Error is not { } error)
        {
            var what = count == 1 ? "the echo reply" : $"a reply to {count} echoes";
            return run.Ended(Outcome.Down, Cause.Timeout, $"timed out after {DurationText.Print(run.Request.Timeout)} while waiting for {what}");
        }

        var family = address.AddressFamily;
        var text = IcmpText.Describe(family, error.Type, error.Code);
        return run.Ended(
            Outcome.Down,
            IcmpPacket.IsTimeExceeded(family, error.Type) ? Cause.TtlExceeded : Cause.IcmpUnreachable,
            error.From is null ? text : $"{text}, says {error.From}");
    }

    private static void NoteError(ProbeRun run, EchoAnswer error)
    {
        run.Note("icmp.type", error.Type.ToString());
        run.Note("icmp.code", error.Code.ToString());
        if (error.From is { } from)
            run.Note("icmp.from", from.ToString());
    }
}
