using System.Text.Json;
using System.Text.Json.Nodes;
using Shouldly;
using Xunit;

namespace ActorMonitor.Configuration.Tests;

public class JobsSchemaTests
{
    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };
    private static readonly SchemaEvaluator Schema = new(JsonNode.Parse(JobsSchema.Generate(TestCatalog.Instance))!.AsObject());

    public static TheoryData<string> Sound =>
    [
        "[]",
        """{ "$schema": "x", "jobs": [] }""",
        """[{ "name": "a", "service": "ICMP", "host": "h", "settings": { "count": 3, "interval": "250ms", "dontFragment": true, "family": "IPV4" }, "expect": { "lossPercent": 0.5 } }]""",
        """[{ "name": "a", "service": "tcp", "host": "h", "port": 22, "expect": { "banner": { "contains": "SSH" } } }]""",
        """[{ "name": "a", "service": "HttpS", "host": "::1", "interval": 10, "timeout": "3 s", "expect": { "status": ["2xx"], "body": { "contains": "x", "matches": "y" } } }]""",
        """[{ "name": "a", "service": "ping", "host": "h", "locations": ["eu"], "labels": { "a b": "" } }]""",
        """[{ "name": "a", "service": "ping", "host": "h", "server_number": 1 }]""",
    ];

    public static TheoryData<string> Wrong =>
    [
        "5",
        """{ "job": [] }""",
        """{ "jobs": [], "extra": 1 }""",
        "[5]",
        """[{ "service": "ping", "host": "h" }]""",
        """[{ "name": "a", "service": "pong", "host": "h" }]""",
        """[{ "name": "a", "service": "ping", "host": "h", "port": 1 }]""",
        """[{ "name": "a", "service": "tcp", "host": "h" }]""",
        """[{ "name": "a", "service": "http", "host": "http://h" }]""",
        """[{ "name": "a", "service": "ping", "host": "h", "nmae": "a" }]""",
        """[{ "name": "a", "service": "ping", "host": "h", "interval": "soon" }]""",
        """[{ "name": "a", "service": "ping", "host": "h", "interval": 0.05 }]""",
        """[{ "name": "a", "service": "ping", "host": "h", "interval": null }]""",
        """[{ "name": "a", "service": "ping", "host": "h", "timeout": 601 }]""",
        """[{ "name": "a", "service": "ping", "host": "h", "settings": { "count": 21 } }]""",
        """[{ "name": "a", "service": "ping", "host": "h", "settings": { "count": 1.5 } }]""",
        """[{ "name": "a", "service": "ping", "host": "h", "settings": { "family": "ipv5" } }]""",
        """[{ "name": "a", "service": "ping", "host": "h", "settings": { "lossPercent": 1 } }]""",
        """[{ "name": "a", "service": "ping", "host": "h", "settings": { "interval": 61 } }]""",
        """[{ "name": "a", "service": "http", "host": "h", "expect": { "status": [200] } }]""",
        """[{ "name": "a", "service": "http", "host": "h", "expect": { "body": "x" } }]""",
        """[{ "name": "a", "service": "http", "host": "h", "expect": { "body.contains": "x" } }]""",
        """[{ "name": "a", "service": "ping", "host": "h", "server_number": 0 }]""",
        """[{ "name": "a", "service": "ping", "host": "h", "server_number": 1, "locations": ["eu"] }]""",
        """[{ "name": "a", "service": "ping", "host": "h", "locations": [] }]""",
        """[{ "name": "a", "service": "ping", "host": "h", "locations": ["eu", "eu"] }]""",
        """[{ "name": "a", "service": "ping", "host": "h", "labels": { "a": 1 } }]""",
        """[{ "name": "a", "service": "ping", "host": "h", "labels": { "": "" } }]""",
    ];

    [Theory]
    [MemberData(nameof(Sound))]
    public void Schema_and_reader_accept_the_same(string json)
    {
        Schema.Accepts(JsonNode.Parse(json, documentOptions: Lenient)).ShouldBeTrue();
        Reading.Jobs(json).Errors.ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Wrong))]
    public void Schema_and_reader_refuse_the_same(string json)
    {
        Schema.Accepts(JsonNode.Parse(json, documentOptions: Lenient)).ShouldBeFalse();
        Reading.Jobs(json).Errors.ShouldNotBeEmpty();
    }

    [Fact]
    public void Every_service_and_setting_is_described()
    {
        var text = JobsSchema.Generate(TestCatalog.Instance);

        foreach (var service in TestCatalog.Instance.Services)
        {
            text.ShouldContain($"\"job.{service.Name}\"");
            foreach (var setting in service.Settings.Concat(service.Expectations))
                text.ShouldContain(setting.Description);
        }
    }

    [Fact]
    public void The_text_is_the_same_each_time_and_ends_with_a_line_feed()
    {
        JobsSchema.Generate(TestCatalog.Instance).ShouldBe(JobsSchema.Generate(TestCatalog.Instance));
        JobsSchema.Generate(TestCatalog.Instance).ShouldEndWith("}\n");
        JobsSchema.Generate(TestCatalog.Instance).ShouldNotContain('\r');
    }
}
