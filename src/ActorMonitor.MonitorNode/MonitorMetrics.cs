using System.Diagnostics.Metrics;
using ActorMonitor.Messages;

namespace ActorMonitor.MonitorNode;

/// <summary>What a monitor counts, on the meter <see cref="MeterName"/>, which carries its name.</summary>
internal sealed class MonitorMetrics : IDisposable
{
    public const string MeterName = "ActorMonitor.Monitor";

    private readonly Meter _meter;
    private readonly Counter<long> _started;
    private readonly Counter<long> _appended;
    private readonly Counter<long> _acknowledged;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _failures;

    public MonitorMetrics(string monitor)
    {
        _meter = new Meter(new MeterOptions(MeterName) { Tags = [new KeyValuePair<string, object?>("monitor", monitor)] });
        _started = _meter.CreateCounter<long>("actormonitor.monitor.checks.started", "{check}", "Checks started, by what had them run.");
        _appended = _meter.CreateCounter<long>("actormonitor.monitor.results.appended", "{result}", "Results handed to the outbox.");
        _acknowledged = _meter.CreateCounter<long>("actormonitor.monitor.results.acknowledged", "{result}", "Results that their manager keeps.");
        _dropped = _meter.CreateCounter<long>("actormonitor.monitor.results.dropped", "{result}", "Results given up at a bound of the outbox.");
        _failures = _meter.CreateCounter<long>("actormonitor.monitor.journal.failures", "{failure}", "Times that the disk began to take no results.");
    }

    public void Started(Trigger trigger) => _started.Add(1, new KeyValuePair<string, object?>("trigger", trigger == Trigger.Grant ? "grant" : "execute"));

    public void Appended() => _appended.Add(1);

    public void Acknowledged(long results) => _acknowledged.Add(results);

    public void Dropped(long results) => _dropped.Add(results);

    public void JournalFailed() => _failures.Add(1);

    public void Dispose() => _meter.Dispose();
}
