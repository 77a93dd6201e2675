using System.Collections.Immutable;
using ActorMonitor.Messages;
using ActorMonitor.Storage;

namespace ActorMonitor.Bench.Store;

/// <summary>Results as the probe of https reports them, lane after lane, slot after slot; one in a thousand is Down.</summary>
internal sealed class HttpsLoad
{
    private const int Kinds = 4096;
    private const int DaysAt = 3;
    private readonly CheckResult[] _kinds = new CheckResult[Kinds];
    private readonly LaneKey[] _lanes;
    private readonly long _intervalMilliseconds;
    private readonly DateTimeOffset _start;
    private readonly DateTimeOffset _expires;
    private readonly Random _random = new(1);
    private long _made;

    public HttpsLoad(int lanes, int intervalSeconds, DateTimeOffset start)
    {
        _start = start;
        _expires = start.AddDays(73);
        _intervalMilliseconds = intervalSeconds * 1000;
        _lanes = [.. Enumerable.Range(0, lanes).Select(Lane)];
        for (var i = 0; i < Kinds; i++)
            _kinds[i] = Kind();
    }

    /// <summary>The due instant of the slots that come next.</summary>
    public DateTimeOffset Now => _start.AddMilliseconds(_made / _lanes.Length * _intervalMilliseconds);

    public static LaneKey Lane(int number) => new(new JobId($"job-{number}"), "eu");

    public IEnumerable<StoreWrite> Schedules()
        => _lanes.Select((lane, number) => new SetSchedule(lane, new LaneSchedule(_start, _intervalMilliseconds, PhaseOf(number), TimeSpan.FromSeconds(10))));

    public ImmutableArray<StoreWrite> Next(int count)
    {
        var writes = ImmutableArray.CreateBuilder<StoreWrite>(count);
        for (var i = 0; i < count; i++)
        {
            var number = (int)(_made % _lanes.Length);
            var due = Now.AddMilliseconds(PhaseOf(number));
            _made++;
            var kind = _kinds[_random.Next(Kinds)];
            // A kind starts at the epoch, so that what it holds of instants is its distance from the slot.
            var started = due + (kind.Started - DateTimeOffset.UnixEpoch);
            writes.Add(new KeepResult(
                _lanes[number],
                kind with
                {
                    Job = _lanes[number].Job,
                    Slot = new Slot(due.ToUnixTimeMilliseconds()),
                    Started = started,
                    Measurements = kind.Measurements.SetItem(DaysAt, new("certificate.days", 0, (_expires - started - kind.Elapsed).TotalDays, "days")),
                    Attempts = [kind.Attempts[0] with { Started = started }],
                },
                1));
        }

        return writes.MoveToImmutable();
    }

    private long PhaseOf(int number) => number * 7919L % _intervalMilliseconds;

    private CheckResult Kind()
    {
        var isDown = _random.Next(1000) == 0;
        // Numbers of ticks, a fifth of each is noise; on the wire all else is in microseconds.
        var ticks = new[] { 2.1, 11.7, 24.3, 31.9, 4.4 }.Select(mean => (long)(mean * TimeSpan.TicksPerMillisecond * Math.Exp(0.2 * Normal()))).ToArray();
        var elapsed = TimeSpan.FromMicroseconds(ticks.Sum() / TimeSpan.TicksPerMicrosecond);
        var started = DateTimeOffset.UnixEpoch.AddMicroseconds(_random.Next(200, 3000));
        var (outcome, cause) = isDown ? (Outcome.Down, Cause.HttpStatus) : (Outcome.Up, Cause.None);
        return new CheckResult(
            default,
            default,
            outcome,
            cause,
            started,
            TimeSpan.FromMicroseconds(_random.Next(20, 90)),
            elapsed,
            TimeSpan.FromMicroseconds(_random.Next(180, 260)),
            "192.0.2.17",
            isDown ? "the status is 503, not 2xx" : FormattableString.Invariant($"{TimeSpan.FromTicks(ticks.Sum()).TotalMilliseconds:F3} ms, status 200"))
        {
            Measurements =
            [
                new("dns", 0, Milliseconds(ticks[0]), "ms"),
                new("tcp", 0, Milliseconds(ticks[1]), "ms"),
                new("tls", 0, Milliseconds(ticks[2]), "ms"),
                new("certificate.days", 0, 0, "days"),
                new("ttfb", 0, Milliseconds(ticks[3]), "ms"),
                new("transfer", 0, Milliseconds(ticks[4]), "ms"),
                new("body.size", 0, 18_734, "bytes"),
            ],
            Attributes =
            [
                new("tls.version", "Tls13"),
                new("certificate.expires", "2027-02-03T04:05:06Z"),
                new("certificate.subject", "CN=shop.example"),
                new("certificate.issuer", "CN=Example Issuing Authority R12, O=Example Trust Services, C=US"),
                new("http.status", isDown ? "503" : "200"),
                new("http.version", "2.0"),
            ],
            Attempts = [new Attempt(started, elapsed, outcome, cause)],
        };
    }

    private static double Milliseconds(long ticks) => TimeSpan.FromTicks(ticks).TotalMilliseconds;

    private double Normal() => Math.Sqrt(-2 * Math.Log(1 - _random.NextDouble())) * Math.Cos(2 * Math.PI * _random.NextDouble());
}

/// <summary>A wall clock that stands until it is moved; elapsed times are real.</summary>
internal sealed class StandingTime(DateTimeOffset now) : TimeProvider
{
    private DateTimeOffset _now = now;

    public override DateTimeOffset GetUtcNow() => _now;

    public void MoveTo(DateTimeOffset now) => _now = now;
}
