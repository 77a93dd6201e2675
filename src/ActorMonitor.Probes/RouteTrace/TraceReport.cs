using System.Net;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Icmp;

namespace ActorMonitor.Probes.RouteTrace;

/// <summary>Turns a trace into a result: <c>hop.N.rtt</c> with the try as ordinal, <c>hop.N.address</c>, and the verdict.</summary>
internal sealed class TraceReport
{
    private readonly ProbeRun _run;
    private readonly RouteTracer _tracer;

    public TraceReport(ProbeRun run, RouteTracer tracer) => (_run, _tracer) = (run, tracer);

    /// <summary>The result, judged by the longest path expected.</summary>
    public ProbeResult Result(int? expectedMaxHops)
    {
        TimeSpan? arrival = null;
        EchoAnswer? refusal = null;
        var lastAnswering = 0;
        for (var hop = 1; hop <= _tracer.LastHop; hop++)
        {
            if (!NoteHop(hop))
                continue;
            lastAnswering = hop;
            foreach (var one in _tracer.Hop(hop))
            {
                if (one.State != TryState.Answered || _tracer.IsTimeExceeded(one.Answer))
                    continue;
                if (!_tracer.IsArrival(one.Answer))
                    refusal = one.Answer;
                else if (arrival is null || one.RoundTrip < arrival)
                    arrival = one.RoundTrip;
            }
        }

        if (_tracer.Ignored > 0)
            _run.Note("ignored", _tracer.Ignored.ToString());
        if (arrival is { } time)
            return Arrived(time, expectedMaxHops);

        var family = _run.Address!.AddressFamily;
        var why = refusal is { } error ? $"{error.From} says {IcmpText.Describe(family, error.Type, error.Code)}" : $"no answer from it in {_tracer.LastHop} hops";
        var last = lastAnswering == 0 ? "no hop answered" : $"the last to answer is hop {lastAnswering}, {Line(lastAnswering)}";
        return _run.Ended(Outcome.Down, Cause.DestinationNotReached, $"destination not reached: {why}; {last}");
    }

    private ProbeResult Arrived(TimeSpan time, int? expectedMaxHops)
    {
        var hops = _tracer.LastHop;
        _run.Measure("hops", hops, "count");
        _run.Measure("rtt", time);
        var figure = FormattableString.Invariant($"{hops} {(hops == 1 ? "hop" : "hops")}, {time.TotalMilliseconds:F3} ms");
        return expectedMaxHops is { } maximum && hops > maximum
            ? _run.Ended(Outcome.Degraded, Cause.ExpectationFailed, $"{figure}: expected at most {maximum} hops", time)
            : _run.Ended(Outcome.Up, Cause.None, figure, time);
    }

    // Several addresses at one hop (a route that changed meanwhile) are several attributes; a silent hop is a star.
    private bool NoteHop(int hop)
    {
        var addresses = new List<IPAddress>();
        var tries = _tracer.Hop(hop);
        for (var i = 0; i < tries.Length; i++)
        {
            if (tries[i].State != TryState.Answered)
                continue;
            _run.Measure($"hop.{hop}.rtt", tries[i].RoundTrip, i);
            if (tries[i].Answer.From is { } from && !addresses.Contains(from))
                addresses.Add(from);
        }

        foreach (var address in addresses)
            _run.Note($"hop.{hop}.address", address.ToString());
        if (addresses.Count == 0)
            _run.Note($"hop.{hop}.address", "*");
        return addresses.Count > 0;
    }

    private string Line(int hop)
    {
        var times = new List<string>();
        IPAddress? address = null;
        foreach (var one in _tracer.Hop(hop))
        {
            times.Add(one.State == TryState.Answered ? FormattableString.Invariant($"{one.RoundTrip.TotalMilliseconds:F3} ms") : "*");
            address ??= one.State == TryState.Answered ? one.Answer.From : null;
        }

        return $"{address} ({string.Join(' ', times)})";
    }
}
