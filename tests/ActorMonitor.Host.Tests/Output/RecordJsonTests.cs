using System.Text.Json.Nodes;
using ActorMonitor.Configuration;
using ActorMonitor.Host.Output;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using Shouldly;
using Xunit;

namespace ActorMonitor.Host.Tests.Output;

public class RecordJsonTests
{
    private static readonly Slot Due = new(1_763_806_501_000);

    private static readonly JobDefinition Job = JobDefinition.Of(
        new CheckDefinition(new JobId("shop"), "https", "shop.example", 443, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(3), SettingMap.Empty, SettingMap.Empty), ["eu"]);

    [Fact]
    public void A_result_has_all_that_the_monitor_reported()
    {
        var result = new CheckResult(Job.Job, Due, Outcome.Down, Cause.Timeout, Due.Due, TimeSpan.FromMilliseconds(4.25), TimeSpan.FromMilliseconds(71.30149), TimeSpan.Zero, "192.0.2.1", "too \"slow\"")
        {
            Measurements = [new Measurement("rtt", 0, 71.3, "ms")],
            Attributes = [new("server", "nginx")],
        };

        var json = JsonNode.Parse(RecordJson.Of(Job, new SlotRecord(Job.Job, "eu", Due, Outcome.Down, Cause.Timeout, "too \"slow\"", result, IsLate: false)))!.AsObject();

        json.Select(pair => pair.Key).ShouldBe(["job", "service", "slot", "outcome", "cause", "elapsedMs", "queueWaitMs", "monitor", "resolvedAddress", "measurements", "attributes", "message"]);
        json["job"]!.GetValue<string>().ShouldBe("shop");
        json["service"]!.GetValue<string>().ShouldBe("https");
        json["slot"]!.GetValue<long>().ShouldBe(1_763_806_501_000);
        json["outcome"]!.GetValue<string>().ShouldBe("Down");
        json["cause"]!.GetValue<string>().ShouldBe("timeout");
        json["elapsedMs"]!.GetValue<double>().ShouldBe(71.301);
        json["queueWaitMs"]!.GetValue<double>().ShouldBe(4.25);
        json["monitor"]!.GetValue<string>().ShouldBe("eu");
        json["resolvedAddress"]!.GetValue<string>().ShouldBe("192.0.2.1");
        json["measurements"]!.ToJsonString().ShouldBe("""[{"name":"rtt","ordinal":0,"value":71.3,"unit":"ms"}]""");
        json["attributes"]!.ToJsonString().ShouldBe("""[{"name":"server","value":"nginx"}]""");
        json["message"]!.GetValue<string>().ShouldBe("too \"slow\"");
    }

    [Fact]
    public void A_slot_that_never_ran_has_the_same_fields()
    {
        var json = JsonNode.Parse(RecordJson.Of(Job, new SlotRecord(Job.Job, "eu", Due, Outcome.Skipped, Cause.NoMonitor, "eu was not connected", Result: null, IsLate: false)))!.AsObject();

        json.Count.ShouldBe(12);
        json["outcome"]!.GetValue<string>().ShouldBe("Skipped");
        json["cause"]!.GetValue<string>().ShouldBe("no-monitor");
        json["elapsedMs"]!.GetValue<double>().ShouldBe(0);
        json["resolvedAddress"].ShouldBeNull();
        json["measurements"]!.AsArray().ShouldBeEmpty();
        json["attributes"]!.AsArray().ShouldBeEmpty();
    }

    [Fact]
    public void What_is_up_has_no_cause()
        => JsonNode.Parse(RecordJson.Of(Job, new SlotRecord(Job.Job, "eu", Due, Outcome.Up, Cause.None, "1 ms", Result: null, IsLate: false)))!["cause"].ShouldBeNull();
}
