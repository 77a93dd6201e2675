using System.Collections.Immutable;
using System.Net;
using ActorMonitor.Messages;
using ActorMonitor.Probes.Icmp;

namespace ActorMonitor.Probes.RouteTrace;

/// <summary>
/// Turns a trace into a result: for each hop <c>hop.N.address</c>, loss and times over all flows, the path with its hash,
/// and the verdict. What matters most is noted first, and all of it fits into a result's bounds.
/// </summary>
internal sealed class TraceReport
{
    // With 5 numbers for each of 64 hops this stays below what one message takes.
    private const int MostSingleTimes = 96;
    private const int MostPaths = 8;
    private const int MostAttributes = 220;
    private const int MostAttributeBytes = 10_000;

    private readonly ProbeRun _run;
    private readonly IReadOnlyList<RouteTracer> _tracers;
    private readonly ImmutableArray<FlowPath> _paths;
    private readonly ImmutableArray<HopSummary> _hops;
    private readonly string _hash;
    private int _attributesLeft = MostAttributes;
    private int _bytesLeft = MostAttributeBytes;

    public TraceReport(ProbeRun run, IReadOnlyList<RouteTracer> tracers, ImmutableArray<FlowPath> paths)
    {
        (_run, _tracers, _paths) = (run, tracers, paths);
        _hops = [.. Enumerable.Range(1, tracers.Max(tracer => tracer.LastHop)).Select(hop => HopSummary.Of(hop, tracers))];
        _hash = FlowPath.HashOf(paths);
    }

    /// <summary>Everybody who answered, in the order of the hops.</summary>
    public IReadOnlyCollection<IPAddress> Addresses => [.. _hops.SelectMany(hop => hop.Addresses.Select(address => address.Address)).Distinct()];

    /// <summary>The result.</summary>
    /// <param name="expected">What the job expects.</param>
    /// <param name="before">The paths of the check before; null when they are not known.</param>
    /// <param name="names">The names of addresses, as far as known.</param>
    public ProbeResult Result(RouteTraceExpectations expected, ImmutableArray<FlowPath>? before, IReadOnlyDictionary<IPAddress, string> names)
    {
        var change = ChangeSince(before);
        NotePaths(change, before);
        NoteHops(names);
        if (_tracers.Sum(tracer => tracer.Ignored) is > 0 and var ignored)
            _run.Note("ignored", ignored.ToString());

        var arrivals = Arrivals();
        return arrivals.Count > 0 ? Arrived(arrivals, expected, change) : NotReached(expected);
    }

    private List<TimeSpan> Arrivals()
    {
        var times = new List<TimeSpan>();
        foreach (var tracer in _tracers)
        {
            foreach (var one in tracer.Hop(tracer.LastHop))
            {
                if (one.State == TryState.Answered && tracer.IsArrival(one.Answer))
                    times.Add(one.RoundTrip);
            }
        }

        return times;
    }

    private ProbeResult Arrived(List<TimeSpan> arrivals, RouteTraceExpectations expected, string? change)
    {
        var reached = _paths.Where(path => path.IsReached).ToList();
        var (shortest, longest, time) = (reached.Min(path => path.Hops.Length), reached.Max(path => path.Hops.Length), arrivals.Min());
        var loss = 100.0 * (1 - ((double)arrivals.Count / _tracers.Sum(tracer => Math.Max(1, HopSummary.Sent(tracer.Hop(tracer.LastHop))))));
        _run.Measure("hops", longest, "count");
        _run.Measure("rtt", time);
        _run.Measure("loss", loss, "percent");
        if (_paths.Length > 1)
            _run.Measure("flows.reached", reached.Count, "count");

        var figure = FormattableString.Invariant($"{longest} {(longest == 1 ? "hop" : "hops")}, {time.TotalMilliseconds:F3} ms, path {_hash[..8]}");
        if (_paths.Length > 1)
            figure += $", {reached.Count} of {_paths.Length} flows over {reached.DistinctBy(path => path.ToString()).Count()} paths";
        if (!expected.Reached)
            return _run.Ended(Outcome.Down, Cause.ExpectationFailed, $"{figure}: expected not to be reached", time);

        var faults = expected.Judge(longest, time, loss, _hash, Addresses, _run.JudgesLatency).ToList();
        var cause = faults.Count > 0 ? Cause.ExpectationFailed : Cause.None;
        if (expected.PathStable && change is not null)
        {
            faults.Insert(0, $"the path has changed: {change}");
            cause = Cause.PathChanged;
        }

        if (reached.Count < _paths.Length)
        {
            faults.Insert(0, $"{_paths.Length - reached.Count} of {_paths.Length} flows do not reach it");
            cause = Cause.DestinationNotReached;
        }

        return cause == Cause.None
            ? _run.Ended(Outcome.Up, Cause.None, figure, time)
            : _run.Ended(Outcome.Degraded, cause, $"{figure}: {string.Join("; ", faults)}", time);
    }

    private ProbeResult NotReached(RouteTraceExpectations expected)
    {
        var (cause, why) = Obstacle();
        var lastAnswering = _hops.LastOrDefault(hop => hop.Answered > 0);
        if (!expected.Reached)
        {
            return lastAnswering is null
                ? _run.Ended(Outcome.Unknown, Cause.NoAnswer, "no hop answered at all, which does not prove that the destination cannot be reached")
                : _run.Ended(Outcome.Up, Cause.None, $"not reached, as expected: {why}; the last to answer is {lastAnswering.Line}");
        }

        var last = lastAnswering is null ? "no hop answered" : $"the last to answer is {lastAnswering.Line}";
        return _run.Ended(Outcome.Down, cause, $"destination not reached: {why}; {last}");
    }

    private (Cause Cause, string Why) Obstacle()
    {
        var family = _run.Address!.AddressFamily;
        if (_hops.Select(hop => hop.Refusal).FirstOrDefault(refusal => refusal is not null) is { } error)
        {
            _run.Note("icmp.type", error.Type.ToString());
            _run.Note("icmp.code", error.Code.ToString());
            if (error.From is { } from)
                _run.Note("icmp.from", from.ToString());
            var why = $"{error.From?.ToString() ?? "a router"} says {IcmpText.Describe(family, error.Type, error.Code)}";
            if (!IcmpPacket.IsTooBig(family, error.Type, error.Code))
                return (Cause.IcmpUnreachable, why);
            if (error.Mtu > 0)
                _run.Note("mtu", error.Mtu.ToString());
            return (Cause.PacketTooBig, error.Mtu > 0 ? $"{why} for its link of {error.Mtu} bytes" : why);
        }

        foreach (var path in _paths)
        {
            if (path.Loop() is not var (hop, routers))
                continue;
            var circle = string.Join(" - ", routers);
            _run.Note("loop", circle);
            _run.Note("loop.hop", hop.ToString());
            return (Cause.TtlExceeded, routers.Length == 1 ? $"{circle} answers for every hop from {hop} on" : $"a routing loop from hop {hop} on: {circle}");
        }

        return (Cause.DestinationNotReached, $"no answer from it in {_tracers.Max(tracer => tracer.LastHop)} hops");
    }

    private string? ChangeSince(ImmutableArray<FlowPath>? before)
    {
        if (before is not { } known)
            return null;
        for (var flow = 0; flow < _paths.Length; flow++)
        {
            if (_paths[flow].IsReached && known[flow].IsReached && _paths[flow].DifferenceFrom(known[flow]) is { } difference)
                return _paths.Length > 1 ? $"{difference} in flow {flow + 1}" : difference;
        }

        return null;
    }

    private void NotePaths(string? change, ImmutableArray<FlowPath>? before)
    {
        _run.Note("path.hash", _hash);
        var distinct = _paths.Select((path, flow) => (Text: path.ToString(), Flow: flow + 1)).GroupBy(one => one.Text, StringComparer.Ordinal).ToList();
        foreach (var group in distinct.Take(MostPaths))
        {
            Note("path", group.Key.Length > 0 ? group.Key : FlowPath.Silent);
            if (_paths.Length > 1)
                Note("path.flows", string.Join(' ', group.Select(one => one.Flow)));
        }

        if (change is null)
            return;
        Note("path.changed", change);
        foreach (var text in before!.Value.Select(path => path.ToString()).Distinct(StringComparer.Ordinal).Take(MostPaths))
            Note("path.before", text);
    }

    private void NoteHops(IReadOnlyDictionary<IPAddress, string> names)
    {
        var times = _hops.Sum(hop => hop.Answered);
        foreach (var hop in _hops)
        {
            hop.Measure(_run, withSingleTimes: times <= MostSingleTimes);
            Note($"hop.{hop.Number}.address", hop.Addresses.IsEmpty ? FlowPath.Silent : hop.Addresses[0].Address.ToString());
        }

        // Several addresses at one hop are several attributes.
        foreach (var hop in _hops)
        {
            foreach (var (address, _) in hop.Addresses.Skip(1))
                Note($"hop.{hop.Number}.address", address.ToString());
        }

        var balanced = _hops.Where(hop => hop.IsBalanced).ToList();
        if (balanced.Count > 0)
            Note("balanced", string.Join(' ', balanced.Select(hop => hop.Number)));
        foreach (var hop in balanced)
            Note($"hop.{hop.Number}.flows", string.Join(", ", hop.Addresses.Select(address => $"{address.Address} {address.Flows}")));
        foreach (var hop in _hops)
        {
            if (hop.Error is { } error)
                Note($"hop.{hop.Number}.icmp", $"{IcmpText.Describe(_run.Address!.AddressFamily, error.Type, error.Code)} ({error.Type}/{error.Code})");
            if (hop.Labels is { } labels)
                Note($"hop.{hop.Number}.mpls", labels);
            foreach (var (address, _) in hop.Addresses)
            {
                if (names.TryGetValue(address, out var name))
                    Note($"hop.{hop.Number}.name", hop.Addresses.Length > 1 ? $"{address} {name}" : name);
            }
        }
    }

    private void Note(string name, string value)
    {
        var bytes = 10 + name.Length + Math.Min(value.Length, 512);
        if (_attributesLeft == 0 || bytes > _bytesLeft)
            return;
        _attributesLeft--;
        _bytesLeft -= bytes;
        _run.Note(name, value);
    }
}
