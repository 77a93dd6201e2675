using System.Collections.Immutable;
using System.Net;
using ActorMonitor.Probes.Icmp;

namespace ActorMonitor.Probes.RouteTrace;

/// <summary>One hop over all flows of a trace.</summary>
internal sealed class HopSummary
{
    private readonly List<(int Ordinal, TimeSpan RoundTrip)> _times = [];
    private readonly List<(IPAddress Address, int Flows)> _addresses = [];
    private readonly List<string> _words = [];
    private int _flowsAnswered;

    private HopSummary(int number) => Number = number;

    /// <summary>Which hop, from 1.</summary>
    public int Number { get; }

    /// <summary>Who answered, in order, each with the number of flows in which it did.</summary>
    public ImmutableArray<(IPAddress Address, int Flows)> Addresses => [.. _addresses];

    /// <summary>How many tries were sent to it.</summary>
    public int SentTries { get; private set; }

    /// <summary>How many of them were answered.</summary>
    public int Answered => _times.Count;

    /// <summary>An error from it other than that the hop limit was exceeded.</summary>
    public EchoAnswer? Error { get; private set; }

    /// <summary>An error of a router that ends the path.</summary>
    public EchoAnswer? Refusal { get; private set; }

    /// <summary>The MPLS labels that it saw.</summary>
    public string? Labels { get; private set; }

    /// <summary>Whether flows go different ways here, or packets of one flow do.</summary>
    public bool IsBalanced => _addresses.Count > 1 || (_addresses.Count == 1 && _addresses[0].Flows < _flowsAnswered);

    /// <summary>The hop as a line for people: number, address and times.</summary>
    public string Line => $"hop {Number}, {(_addresses.Count > 0 ? _addresses[0].Address : "unknown")} ({string.Join(' ', _words.Take(10))})";

    /// <summary>Sums a hop up.</summary>
    public static HopSummary Of(int hop, IReadOnlyList<RouteTracer> tracers)
    {
        var summary = new HopSummary(hop);
        for (var flow = 0; flow < tracers.Count; flow++)
        {
            if (hop <= tracers[flow].LastHop)
                summary.Add(tracers[flow], flow);
        }

        return summary;
    }

    /// <summary>How many tries of a hop have left.</summary>
    public static int Sent(ReadOnlySpan<HopTry> tries)
    {
        var sent = 0;
        foreach (var one in tries)
            sent += one.State != TryState.Unsent || one.Repeats > 0 ? 1 : 0;
        return sent;
    }

    /// <summary>Notes what was measured: each time with the try as ordinal, and their sums.</summary>
    public void Measure(ProbeRun run, bool withSingleTimes)
    {
        if (SentTries == 0)
            return;
        run.Measure($"hop.{Number}.sent", SentTries, "count");
        run.Measure($"hop.{Number}.loss", 100.0 * (SentTries - Answered) / SentTries, "percent");
        if (Answered == 0)
            return;
        foreach (var (ordinal, roundTrip) in withSingleTimes ? _times : [])
            run.Measure($"hop.{Number}.rtt", roundTrip, ordinal);
        run.Measure($"hop.{Number}.min", _times.Min(time => time.RoundTrip));
        run.Measure($"hop.{Number}.avg", TimeSpan.FromTicks((long)_times.Average(time => time.RoundTrip.Ticks)));
        run.Measure($"hop.{Number}.max", _times.Max(time => time.RoundTrip));
    }

    private void Add(RouteTracer tracer, int flow)
    {
        var tries = tracer.Hop(Number);
        SentTries += Sent(tries);
        var inThisFlow = new List<IPAddress>();
        var answered = false;
        for (var i = 0; i < tries.Length; i++)
        {
            if (tries[i].State != TryState.Answered)
            {
                _words.Add("*");
                continue;
            }

            answered = true;
            var answer = tries[i].Answer;
            var isArrival = tracer.IsArrival(answer);
            _times.Add(((flow * tries.Length) + i, tries[i].RoundTrip));
            _words.Add(FormattableString.Invariant($"{tries[i].RoundTrip.TotalMilliseconds:F3} ms"));
            Labels ??= answer.Labels;
            if (answer.Kind == EchoAnswerKind.Error && !tracer.IsTimeExceeded(answer))
            {
                Error ??= answer;
                if (!isArrival)
                    Refusal ??= answer;
            }

            if ((answer.From ?? (isArrival ? tracer.Target : null)) is { } from && !inThisFlow.Contains(from))
                inThisFlow.Add(from);
        }

        _flowsAnswered += answered ? 1 : 0;
        foreach (var address in inThisFlow)
        {
            var at = _addresses.FindIndex(known => known.Address.Equals(address));
            if (at < 0)
                _addresses.Add((address, 1));
            else
                _addresses[at] = (address, _addresses[at].Flows + 1);
        }
    }
}
