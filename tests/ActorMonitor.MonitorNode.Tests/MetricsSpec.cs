using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.MonitorNode.Tests;

public class MetricsSpec(ITestOutputHelper output) : MonitorSpec(output, Default with { Name = "counted" })
{
    [Fact]
    public void Checks_are_counted_by_what_had_them_run_and_results_on_their_way()
    {
        var counts = new ConcurrentDictionary<string, long>();
        using var listener = new MeterListener
        {
            InstrumentPublished = (instrument, listener) =>
            {
                if (instrument.Meter.Name == MonitorMetrics.MeterName && instrument.Meter.Tags!.Any(tag => Equals(tag.Value, "counted")))
                    listener.EnableMeasurementEvents(instrument);
            },
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
            counts.AddOrUpdate(tags.Length == 0 ? instrument.Name : $"{instrument.Name} {tags[0].Value}", value, (_, known) => known + value));
        listener.Start();

        ToWholeSeconds(10);
        var manager = Connected();
        manager.Grant("granted", intervalSeconds: 10);
        manager.Execute("executed");
        NextRun().Up();
        manager.TakeResult();
        RunFor(TimeSpan.FromSeconds(12), manager).Count.ShouldBe(1);
        manager.TakeResult();
        _ = manager.Status();

        counts.ToArray().ShouldBe(
            [
                new("actormonitor.monitor.checks.started execute", 1),
                new("actormonitor.monitor.checks.started grant", 1),
                new("actormonitor.monitor.results.appended", 2),
                new("actormonitor.monitor.results.acknowledged", 2),
            ],
            ignoreOrder: true);
    }
}
