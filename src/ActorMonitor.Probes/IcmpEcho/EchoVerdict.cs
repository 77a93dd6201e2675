using System.Net.Sockets;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Icmp;

namespace ActorMonitor.Probes.IcmpEcho;

/// <summary>Turns what became of a check's echoes into its result.</summary>
internal sealed class EchoVerdict
{
    // Below these a percentile is the longest round trip under another name.
    private const int FewestForMedian = 3;
    private const int FewestForP90 = 10;
    private const int FewestForP95 = 20;
    private const int FewestForP99 = 100;

    private readonly ProbeRun _run;
    private readonly EchoPlan _plan;
    private readonly EchoLog _log;
    private readonly EchoStatistics? _trips;
    private readonly double _lossPercent;

    public EchoVerdict(ProbeRun run, EchoPlan plan, EchoLog log)
    {
        (_run, _plan, _log, _trips) = (run, plan, log, EchoStatistics.Of(log));
        _lossPercent = 100.0 * (plan.Count - log.Answered) / plan.Count;
    }

    /// <summary>The result, with all that was measured.</summary>
    public ProbeResult Result()
    {
        if (_trips is not null && _log.HasKernelTime)
            _run.TimestampSource = "kernel";
        _run.Slip(_log.Slip);
        Measure();
        Note();
        if (_trips is not null)
            return Answered(_trips);
        if (_log.Overrun > 0)
            return _run.Ended(Outcome.Unknown, Cause.LocalResource, $"this monitor dropped {_log.Overrun} packets for want of room, perhaps the reply among them");
        if (_log.SendFailure is { } failure)
            return NotSent(failure);
        return _log.Error is { } error ? Refused(error) : Silent();
    }

    private void Measure()
    {
        foreach (ref var echo in _log.Echoes)
        {
            if (echo.Status != EchoStatus.Answered || echo.Ttl == 0)
                continue;
            _run.Measure("ttl", echo.Ttl, "count");
            break;
        }

        for (var i = 0; i < _plan.Count; i++)
        {
            if (_log.Echoes[i].Status == EchoStatus.Answered)
                _run.Measure("rtt", _log.Echoes[i].RoundTrip, i);
        }

        _run.Measure("loss", _lossPercent, "percent");
        if (_plan.Count > 1)
            MeasureTogether();
    }

    private void MeasureTogether()
    {
        if (_trips is not null)
        {
            _run.Measure("rtt.min", _trips.Minimum, "ms");
            _run.Measure("rtt.mean", _trips.Mean, "ms");
            _run.Measure("rtt.max", _trips.Maximum, "ms");
            MeasurePercentile("rtt.p50", 50, FewestForMedian);
            MeasurePercentile("rtt.p90", 90, FewestForP90);
            MeasurePercentile("rtt.p95", 95, FewestForP95);
            MeasurePercentile("rtt.p99", 99, FewestForP99);
        }

        if (_trips is { Count: > 1 })
        {
            _run.Measure("rtt.stddev", _trips.Deviation, "ms");
            _run.Measure("jitter", _trips.Jitter, "ms");
        }

        _run.Measure("reordered", _log.Reordered, "count");
        _run.Measure("duplicates", _log.Duplicates, "count");
        if (_plan.Wait is not null)
            _run.Measure("late", _log.Late, "count");
    }

    private void MeasurePercentile(string name, int percent, int fewest)
    {
        if (_trips!.Count >= fewest)
            _run.Measure(name, _trips.Percentile(percent), "ms");
    }

    private void Note()
    {
        if (_log.Ignored > 0)
            _run.Note("ignored", _log.Ignored.ToString());
        if (_log.Overrun > 0)
            _run.Note("overrun", _log.Overrun.ToString());
        if (_log.SendFailure is { } failure)
            _run.Note("send.failed", SocketFailure.Describe(failure));
        if (_log.Error is not { } error)
            return;
        _run.Note("icmp.type", error.Type.ToString());
        _run.Note("icmp.code", error.Code.ToString());
        if (error.From is { } from)
            _run.Note("icmp.from", from.ToString());
        if (error.Mtu > 0)
            _run.Note("icmp.mtu", error.Mtu.ToString());
    }

    private ProbeResult Answered(EchoStatistics trips)
    {
        var mean = TimeSpan.FromMilliseconds(trips.Mean);
        var figure = FormattableString.Invariant($"{trips.Mean:F3} ms") + (_plan.Count > 1 ? $", {_log.Answered} of {_plan.Count} answered" : "");
        if (Miss(trips) is not { } miss)
            return _run.Ended(Outcome.Up, Cause.None, figure, mean);
        // What this monitor dropped itself is no loss of the target's.
        return miss.IsLoss && _log.Overrun > 0
            ? _run.Ended(Outcome.Unknown, Cause.LocalResource, $"{figure}: this monitor dropped {_log.Overrun} packets for want of room, perhaps replies among them", mean)
            : _run.Ended(Outcome.Degraded, Cause.ExpectationFailed, $"{figure}: {miss.Text}", mean);
    }

    private (string Text, bool IsLoss)? Miss(EchoStatistics trips)
    {
        var expected = _run.Request.Expectations;
        if (expected.Count == 0)
            return null;
        if (IcmpEchoSettings.LossPercent.Read(expected) is { } loss && _lossPercent > loss)
            return (FormattableString.Invariant($"{_lossPercent:0.#}% lost, expected at most {loss}%"), true);
        return (MissOfTime(expected, trips) ?? MissOfOrder(expected) ?? MissOfTtl(expected)) is { } text ? (text, false) : null;
    }

    private string? MissOfTime(SettingMap expected, EchoStatistics trips)
    {
        if (!_run.JudgesLatency)
            return null;
        if (IcmpEchoSettings.RttMs.Read(expected) is { } mean && trips.Mean > mean)
            return FormattableString.Invariant($"expected at most {mean} ms");
        if (IcmpEchoSettings.RttMaxMs.Read(expected) is { } longest && trips.Maximum > longest)
            return FormattableString.Invariant($"the longest took {trips.Maximum:F3} ms, expected at most {longest} ms");
        if (IcmpEchoSettings.RttP95Ms.Read(expected) is { } p95 && trips.Percentile(95) > p95)
            return FormattableString.Invariant($"95% took {trips.Percentile(95):F3} ms, expected at most {p95} ms");
        return IcmpEchoSettings.JitterMs.Read(expected) is { } jitter && trips.Jitter > jitter
            ? FormattableString.Invariant($"jitter {trips.Jitter:F3} ms, expected at most {jitter} ms")
            : null;
    }

    private string? MissOfOrder(SettingMap expected)
    {
        if (IcmpEchoSettings.Reordered.Read(expected) is { } reordered && _log.Reordered > reordered)
            return $"{_log.Reordered} reordered, expected at most {reordered}";
        return IcmpEchoSettings.Duplicates.Read(expected) is { } duplicates && _log.Duplicates > duplicates
            ? $"{_log.Duplicates} came twice, expected at most {duplicates}"
            : null;
    }

    private string? MissOfTtl(SettingMap expected)
    {
        var (exact, least) = (IcmpEchoSettings.ReplyTtl.Read(expected), IcmpEchoSettings.ReplyTtlMin.Read(expected));
        if (exact is null && least is null)
            return null;
        foreach (ref var echo in _log.Echoes)
        {
            if (echo.Status != EchoStatus.Answered)
                continue;
            if (exact is { } wanted && echo.Ttl != wanted)
                return $"a reply has the hop limit {echo.Ttl}, expected {wanted}";
            if (least is { } minimum && echo.Ttl < minimum)
                return $"a reply has the hop limit {echo.Ttl}, expected at least {minimum}";
        }

        return null;
    }

    private ProbeResult NotSent(SocketException failure)
    {
        if (failure.SocketErrorCode == SocketError.AddressNotAvailable && _plan.Source is { } source)
            return _run.Ended(Outcome.Unknown, Cause.BadSettings, $"source = {source}: this monitor has no such address");
        var (outcome, cause) = failure.SocketErrorCode == SocketError.MessageSize ? (Outcome.Unknown, Cause.BadSettings) : SocketFailure.Of(failure.SocketErrorCode);
        return _run.Ended(outcome, cause, $"{SocketFailure.Describe(failure)} while sending the echo");
    }

    private ProbeResult Refused(EchoError error)
    {
        var family = _plan.Target.AddressFamily;
        var text = IcmpText.Describe(family, error.Type, error.Code);
        if (error.Mtu > 0)
            text += $" (MTU {error.Mtu})";
        var cause = Cause.IcmpUnreachable;
        if (IcmpPacket.IsTimeExceeded(family, error.Type))
            cause = Cause.TtlExceeded;
        else if (IcmpPacket.IsTooBig(family, error.Type, error.Code))
            cause = Cause.PacketTooBig;
        return _run.Ended(Outcome.Down, cause, error.From is null ? text : $"{text}, says {error.From}");
    }

    private ProbeResult Silent()
    {
        var what = _plan.Count == 1 ? "the echo reply" : $"a reply to {_plan.Count} echoes";
        // Where each echo has its own time, the check may end long before its timeout.
        var patience = _plan.Wait is { } wait && _run.Elapsed < _run.Request.Timeout ? wait : _run.Request.Timeout;
        return _run.Ended(Outcome.Down, Cause.Timeout, $"timed out after {DurationText.Print(patience)} while waiting for {what}");
    }
}
