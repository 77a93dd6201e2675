using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Shouldly;
using Xunit;

namespace ActorMonitor.Configuration.Tests;

public class SamplesTests
{
    private static readonly string Folder = Path.Combine(AppContext.BaseDirectory, "samples");

    private static readonly JsonDocumentOptions Lenient = new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true };

    private static readonly string[] Keys =
    [
        "data", "console", "log",
        "monitor.name", "monitor.location", "monitor.domain", "monitor.labels", "monitor.token", "monitor.checks-per-probe", "monitor.queue", "monitor.max-clients",
        "monitor.outbox.size", "monitor.outbox.age", "monitor.probes.min", "monitor.probes.max", "monitor.targets.allow", "monitor.targets.deny",
        "monitor.resolver.servers", "monitor.resolver.cache-size", "monitor.resolver.max-ttl",
        "manager.name", "manager.monitors", "manager.jobs", "manager.token", "manager.autonomy",
        "manager.watch-jobs", "manager.store.max-size", "manager.store.raw", "manager.store.five-minutes", "manager.store.one-hour",
        "pbm.host", "pbm.port", "pbm.token", "pbm.tls.certificate", "pbm.tls.key",
    ];

    [Theory]
    [InlineData("up.hocon", NodeRole.Up)]
    [InlineData("manager.hocon", NodeRole.Manager)]
    [InlineData("monitor.hocon", NodeRole.Monitor)]
    public void Every_sample_is_read_and_shows_the_defaults(string name, NodeRole role)
    {
        var defaults = SettingsReader.Read(null, [], NodeRole.Up).Settings!;

        var reading = SettingsReader.Read(Path.Combine(Folder, name), [], role);

        reading.Errors.ShouldBeEmpty();
        var settings = reading.Settings!;
        (settings.Data, settings.Console, settings.Log).ShouldBe((defaults.Data, defaults.Console, defaults.Log));
        settings.Monitor.ShouldBe(defaults.Monitor with { Labels = settings.Monitor.Labels, Targets = settings.Monitor.Targets, Resolver = settings.Monitor.Resolver });
        settings.Monitor.Resolver.ShouldSatisfyAllConditions(
            resolver => resolver.Servers.ShouldBeEmpty(),
            resolver => (resolver.CacheSize, resolver.MaxTtl).ShouldBe((defaults.Monitor.Resolver.CacheSize, defaults.Monitor.Resolver.MaxTtl)));
        settings.Monitor.Labels.ShouldBeEmpty();
        settings.Monitor.Targets.Allow.ShouldBeEmpty();
        settings.Monitor.Targets.Deny.ShouldBeNull();
        settings.Manager.ShouldBe(defaults.Manager with { Monitors = settings.Manager.Monitors, Jobs = settings.Manager.Jobs });
        settings.Pbm.ShouldBe(defaults.Pbm with { Port = settings.Pbm.Port });

        var nodeDefaults = NodeHocon.For(role);
        foreach (var path in new[] { "akka.actor.deployment./probes.nr-of-instances", "akka.remote.dot-netty.tcp.port", "akka.remote.dot-netty.tcp.hostname" })
            reading.Hocon.GetString(path).ShouldBe(nodeDefaults.GetString(path));
    }

    [Theory]
    [InlineData("manager.hocon", PbmSettings.DefaultManagerPort)]
    [InlineData("monitor.hocon", PbmSettings.DefaultMonitorPort)]
    public void The_shells_port_is_the_default(string name, int port)
        => SettingsReader.Read(Path.Combine(Folder, name), [], NodeRole.Up).Settings!.Pbm.Port.ShouldBe(port);

    [Fact]
    public void The_samples_show_every_key()
    {
        // Keys whose default is no constant stand in comments: without the mark they are read as well.
        var shown = string.Concat(new[] { "manager.hocon", "monitor.hocon" }.Select(name => Regex.Replace(File.ReadAllText(Path.Combine(Folder, name)), "^(?<indent> *)# (?=[a-z.-]+ = )", "${indent}", RegexOptions.Multiline, TimeSpan.FromSeconds(5)) + "\n"));
        var lines = HoconLines.Of(shown);

        Keys.Where(key => !lines.Has("actor-monitor." + key)).ShouldBeEmpty();
    }

    [Fact]
    public void The_list_of_keys_in_this_test_is_whole()
    {
        // Unknown keys at each level are answered with the keys known there.
        var known = new List<string>();
        foreach (var section in new[] { "", "monitor.", "monitor.probes.", "monitor.outbox.", "monitor.targets.", "monitor.resolver.", "manager.", "manager.store.", "pbm.", "pbm.tls." })
        {
            var message = Reading.SettingsMistakes($"actor-monitor.{section}no-such-key-at-all = 1").Single(mistake => mistake.Contains("unknown key", StringComparison.Ordinal));
            known.AddRange(message[(message.IndexOf(" has ", StringComparison.Ordinal) + 5)..].Split(", ").Select(key => section + key));
        }

        known.Where(key => !Keys.Any(each => each.StartsWith(key + ".", StringComparison.Ordinal))).ShouldBe(Keys, ignoreOrder: true);
    }

    [Fact]
    public void Every_reference_within_the_samples_leads_to_a_file()
    {
        var jobs = SettingsReader.Read(Path.Combine(Folder, "manager.hocon"), [], NodeRole.Manager).Settings!.Manager.Jobs!;

        File.Exists(jobs).ShouldBeTrue();
        var schema = JsonNode.Parse(File.ReadAllText(jobs), documentOptions: Lenient)!["$schema"]!.GetValue<string>();
        File.Exists(Path.Combine(Folder, schema)).ShouldBeTrue();
    }

    [Fact]
    public void The_sample_jobs_are_read_and_fit_the_schema()
    {
        var monitors = SettingsReader.Read(Path.Combine(Folder, "manager.hocon"), [], NodeRole.Manager).Settings!.Manager.Monitors;

        var reading = JobsReader.Read(Path.Combine(Folder, "jobs.json"), TestCatalog.Instance, monitors);

        reading.Errors.ShouldBeEmpty();
        reading.File!.Jobs.Length.ShouldBeGreaterThan(3);
        ShouldFitTheSchema(File.ReadAllText(Path.Combine(Folder, "jobs.json")));
    }

    [Fact]
    public void The_classic_jobs_in_comments_are_right_too_and_show_every_service()
    {
        var text = File.ReadAllText(Path.Combine(Folder, "jobs.json")).Replace("// {", "{", StringComparison.Ordinal);

        var reading = JobsReader.Parse(Encoding.UTF8.GetBytes(text), "jobs.json", TestCatalog.Instance, []);

        reading.Errors.ShouldBeEmpty();
        reading.File!.Jobs.Select(job => job.Check.Service).Distinct().ShouldBe(TestCatalog.Instance.Services.Select(service => service.Name), ignoreOrder: true);
        ShouldFitTheSchema(text);
    }

    private static void ShouldFitTheSchema(string jobs)
    {
        var schema = new SchemaEvaluator(JsonNode.Parse(JobsSchema.Generate(TestCatalog.Instance))!.AsObject());
        schema.Accepts(JsonNode.Parse(jobs, documentOptions: Lenient)).ShouldBeTrue();
    }
}
