using System.Net;
using System.Net.Sockets;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes.UdpExchange;

/// <summary>What a check's datagrams say of their target.</summary>
internal static class UdpVerdict
{
    public static ProbeResult Answered(ProbeRun run, UdpPlan plan, UdpShot shot, TimeSpan roundTrip)
    {
        run.Measure("rtt", roundTrip);
        NoteAnswer(run, shot);
        if (plan.WantsSilence)
            return run.Ended(Outcome.Down, Cause.ExpectationFailed, $"an answer of {shot.Size} bytes came where silence is expected", roundTrip);
        if (shot.Miss is { } miss)
            return run.Ended(Outcome.Down, Cause.ExpectationFailed, $"the answer of {shot.Size} bytes {miss}", roundTrip);
        return IsSlow(run, plan, roundTrip) ? Slow(run, plan, roundTrip) : run.Up(roundTrip);
    }

    public static ProbeResult Unreachable(ProbeRun run, IPEndPoint endpoint)
    {
        // The system reports no other ICMP message by this error: RFC 792 type 3 code 3, RFC 4443 type 1 code 4.
        var (type, code) = endpoint.AddressFamily == AddressFamily.InterNetwork ? ("3", "3") : ("1", "4");
        run.Note("icmp.type", type);
        run.Note("icmp.code", code);
        return run.Ended(Outcome.Down, Cause.IcmpUnreachable, $"{endpoint} answered with ICMP port unreachable");
    }

    public static ProbeResult Silent(ProbeRun run, UdpPlan plan)
        => plan.WantsSilence
            ? run.Ended(Outcome.Up, Cause.None, $"silent for {DurationText.Print(run.Request.Timeout)}, as expected")
            : run.Ended(
                Outcome.Unknown,
                Cause.NoAnswer,
                $"no answer within {DurationText.Print(run.Request.Timeout)}, which proves nothing over UDP; "
                + "let `payload` be something that the service answers, or expect `silence`");

    /// <summary>The verdict on several datagrams; the ordinal of <c>rtt</c> is the datagram's number, from 1.</summary>
    public static ProbeResult OfMany(ProbeRun run, UdpPlan plan, IPEndPoint endpoint, UdpShot[] shots)
    {
        var answered = Array.FindAll(shots, shot => shot.RoundTrip is not null);
        var loss = 100.0 * (shots.Length - answered.Length) / shots.Length;
        run.Measure("loss", loss, "percent");
        run.Measure("sent", shots.Length, "datagrams");
        run.Measure("answered", answered.Length, "datagrams");
        if (answered.Length == 0)
            return Array.Exists(shots, shot => shot.IsUnreachable) ? Unreachable(run, endpoint) : Silent(run, plan);

        var roundTrips = Array.ConvertAll(answered, shot => shot.RoundTrip!.Value);
        var mean = TimeSpan.FromTicks((long)roundTrips.Average(time => time.Ticks));
        Measure(run, shots, roundTrips, mean);
        NoteAnswer(run, Array.Find(answered, shot => shot.Miss is not null) ?? answered[0]);
        var count = $"{answered.Length} of {shots.Length} answered";
        if (plan.WantsSilence)
            return run.Ended(Outcome.Down, Cause.ExpectationFailed, $"{count} where silence is expected", mean);
        var misses = Array.FindAll(answered, shot => shot.Miss is not null);
        if (misses.Length > 0)
            return run.Ended(Outcome.Down, Cause.ExpectationFailed, $"{count}, {misses.Length} of them not as expected: an answer of {misses[0].Size} bytes {misses[0].Miss}", mean);
        if (loss > plan.LossPercent)
            return run.Ended(Outcome.Degraded, Cause.ExpectationFailed, FormattableString.Invariant($"{count}: {loss:0.#}% lost, expected {plan.LossPercent:0.#}% at most"), mean);
        return IsSlow(run, plan, mean) ? Slow(run, plan, mean) : run.Up(mean, count);
    }

    private static void Measure(ProbeRun run, UdpShot[] shots, TimeSpan[] roundTrips, TimeSpan mean)
    {
        for (var i = 0; i < shots.Length; i++)
        {
            if (shots[i].RoundTrip is { } roundTrip)
                run.Measure("rtt", roundTrip, i + 1);
        }

        run.Measure("rtt.min", roundTrips.Min());
        run.Measure("rtt.mean", mean);
        run.Measure("rtt.max", roundTrips.Max());
        if (roundTrips.Length > 1)
        {
            // The mean difference between neighbours, as ping reports it.
            run.Measure("jitter", TimeSpan.FromTicks((long)roundTrips.Zip(roundTrips.Skip(1), (one, next) => Math.Abs((next - one).Ticks)).Average()));
        }
    }

    private static void NoteAnswer(ProbeRun run, UdpShot shot)
    {
        run.Measure("answer.size", shot.Size, "bytes");
        run.Note("udp.answer", Convert.ToHexStringLower(shot.Head));
        foreach (var (name, value) in shot.Captures)
            run.Note($"capture.{name}", value);
    }

    private static bool IsSlow(ProbeRun run, UdpPlan plan, TimeSpan mean) => run.JudgesLatency && mean.TotalMilliseconds > plan.RttMilliseconds;

    private static ProbeResult Slow(ProbeRun run, UdpPlan plan, TimeSpan mean)
        => run.Ended(Outcome.Degraded, Cause.ExpectationFailed, FormattableString.Invariant($"the round trip took {mean.TotalMilliseconds:F3} ms, expected {plan.RttMilliseconds} ms at most"), mean);
}
