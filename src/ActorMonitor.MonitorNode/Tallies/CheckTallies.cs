using System.Collections.Frozen;
using System.Collections.Immutable;
using ActorMonitor.Messages;
using ActorMonitor.Probes;

namespace ActorMonitor.MonitorNode.Tallies;

/// <summary>
/// What this monitor's checks came to, by service, and how late they started. Thread-safe: the sessions share it. A check costs a
/// lock that is nearly always free and a few increments; the memory is fixed, as a service that nobody knows is not counted.
/// </summary>
internal sealed class CheckTallies
{
    private readonly FrozenDictionary<string, ServiceTally> _services;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly Lock _latenessLock = new();
    private readonly LatencyWindow _lateness = new();

    public CheckTallies(IEnumerable<string> services, TimeProvider time)
    {
        _services = services.ToFrozenDictionary(service => service, service => new ServiceTally(service));
        Services = [.. _services.Keys.Order(StringComparer.Ordinal)];
        (_time, _origin, Since) = (time, time.GetTimestamp(), time.GetUtcNow());
    }

    /// <summary>When the counting began.</summary>
    public DateTimeOffset Since { get; }

    /// <summary>The services that this monitor can check.</summary>
    public ImmutableArray<string> Services { get; }

    private TimeSpan Now => _time.GetElapsedTime(_origin);

    /// <summary>A check has ended, or was given up.</summary>
    public void Ended(string service, ProbeResult result)
    {
        if (_services.TryGetValue(service, out var tally))
            tally.Add(Now, result);
    }

    /// <summary>A check starts so much later than its slot was due.</summary>
    public void Started(TimeSpan lateness)
    {
        lock (_latenessLock)
            _lateness.Add(Now, lateness);
    }

    /// <summary>The services that had a check, by name.</summary>
    public ImmutableArray<ServiceReading> Read()
    {
        var now = Now;
        return [.. _services.Values.Select(tally => tally.Read(now)).Where(reading => reading.Count > 0).OrderBy(reading => reading.Service, StringComparer.Ordinal)];
    }

    public LatencyReading ReadLateness()
    {
        lock (_latenessLock)
            return _lateness.Read(Now);
    }

    private sealed class ServiceTally(string service)
    {
        private readonly Lock _lock = new();
        private readonly RateWindow _rate = new();
        private readonly LatencyWindow _elapsed = new();
        private readonly Dictionary<Cause, long> _failures = [];
        private long _count;
        private long _degraded;

        public void Add(TimeSpan now, ProbeResult result)
        {
            lock (_lock)
            {
                _rate.Add(now);
                _count++;
                if (result.Outcome == Outcome.Degraded)
                    _degraded++;
                if (result.Outcome is not (Outcome.Up or Outcome.Degraded))
                    _failures[result.Cause] = _failures.GetValueOrDefault(result.Cause) + 1;
                else if (!IsStarved(result))
                    _elapsed.Add(now, result.Elapsed);
            }
        }

        public ServiceReading Read(TimeSpan now)
        {
            lock (_lock)
            {
                return new ServiceReading(
                    service, _rate.Read(now), _count, _elapsed.Read(now), _degraded, _failures.Values.Sum(),
                    [.. _failures.OrderByDescending(pair => pair.Value).ThenBy(pair => pair.Key)]);
            }
        }

        // What was measured while this process did not run is no target's.
        private static bool IsStarved(ProbeResult result)
        {
            foreach (var attribute in result.Attributes)
            {
                if (attribute.Name == QualityNames.Starved)
                    return true;
            }

            return false;
        }
    }
}

/// <summary>What the checks of a service came to.</summary>
/// <param name="Service">The service.</param>
/// <param name="Rate">Checks a second in the last minute.</param>
/// <param name="Count">Checks since the start.</param>
/// <param name="Elapsed">How long those took that were Up or Degraded, of the last five to ten minutes.</param>
/// <param name="Degraded">How many were Degraded since the start.</param>
/// <param name="Failed">How many were neither Up nor Degraded since the start.</param>
/// <param name="Causes">Why, the most frequent first.</param>
internal sealed record ServiceReading(
    string Service, double Rate, long Count, LatencyReading Elapsed, long Degraded, long Failed, ImmutableArray<KeyValuePair<Cause, long>> Causes);
