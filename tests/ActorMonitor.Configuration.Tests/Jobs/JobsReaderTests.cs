using ActorMonitor.Messages;
using Shouldly;
using Xunit;

namespace ActorMonitor.Configuration.Tests;

public class JobsReaderTests
{
    [Fact]
    public void The_form_of_the_first_version_is_read()
    {
        var job = Reading.Job("""{ "name": "google", "service": "HTTPS", "host": "www.google.com", "port": 443, "interval": 10, "server_number": 1 }""");

        job.Check.ShouldBe(new CheckDefinition(
            new JobId("google"), "https", "www.google.com", 443, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(5), SettingMap.Empty, SettingMap.Empty));
        job.Monitors.ShouldBe(["eu-1"]);
        job.Labels.ShouldBeEmpty();
    }

    [Fact]
    public void Nested_settings_and_expectations_become_dotted_names()
    {
        var job = Reading.Job("""
            { "name": "shop", "service": "https", "host": "shop.example", "interval": "15s", "timeout": "3s",
              "settings": { "path": "/health" }, "expect": { "status": ["2xx"], "body": { "contains": "ok" }, "certificateDays": 14 },
              "locations": ["eu", "us"], "labels": { "team": "web" } }
            """);

        job.Check.Port.ShouldBe(443);
        job.Check.Interval.ShouldBe(TimeSpan.FromSeconds(15));
        job.Check.Timeout.ShouldBe(TimeSpan.FromSeconds(3));
        job.Check.Settings.ShouldBe(SettingMap.Empty.With("path", "/health"));
        job.Check.Expectations.ShouldBe(SettingMap.Empty.With("status", SettingValue.ListOf(["2xx"])).With("body.contains", "ok").With("certificateDays", "14"));
        job.Labels.ShouldHaveSingleItem().ShouldBe(new KeyValuePair<string, string>("team", "web"));
    }

    [Fact]
    public void A_bare_list_and_an_object_with_jobs_are_the_same()
    {
        const string list = """[{ "name": "a", "service": "ping", "host": "::1" }]""";

        var bare = Reading.Jobs(list).File!;
        var wrapped = Reading.Jobs($$"""{ "$schema": "./jobs.schema.json", "jobs": {{list}} }""").File!;

        wrapped.Jobs.ShouldHaveSingleItem().Check.ShouldBe(bare.Jobs.ShouldHaveSingleItem().Check);
    }

    [Fact]
    public void Comments_trailing_commas_and_a_byte_order_mark_are_allowed()
    {
        var reading = Reading.Jobs([0xEF, 0xBB, 0xBF, .. "/* a */ [ // b\n { \"name\": \"a\", \"service\": \"ping\", \"host\": \"h\", }, ]\n// c"u8]);

        reading.Errors.ShouldBeEmpty();
        reading.File!.Jobs.Length.ShouldBe(1);
    }

    [Fact]
    public void No_jobs_are_no_mistake() => Reading.Jobs("[]").File!.Jobs.ShouldBeEmpty();

    [Fact]
    public void What_a_job_leaves_out_has_its_default()
    {
        var check = Reading.Job("""{ "name": "a", "service": "ping", "host": "h" }""").Check;

        check.Port.ShouldBe(0);
        check.Interval.ShouldBe(TimeSpan.FromSeconds(60));
        check.Timeout.ShouldBe(TimeSpan.FromSeconds(5));
    }

    [Fact]
    public void The_default_timeout_is_never_longer_than_the_interval()
        => Reading.Job("""{ "name": "a", "service": "ping", "host": "h", "interval": "1500ms" }""").Check.Timeout.ShouldBe(TimeSpan.FromMilliseconds(1500));

    [Theory]
    [InlineData("ICMP", "ping")]
    [InlineData("Ping", "ping")]
    [InlineData("hTTp", "http")]
    public void Services_are_found_in_any_case_and_by_alias(string written, string service)
        => Reading.Job($$"""{ "name": "a", "service": "{{written}}", "host": "h" }""").Check.Service.ShouldBe(service);

    [Theory]
    [InlineData("", "eu-1")]
    [InlineData(""", "server_number": 3""", "us-1")]
    [InlineData(""", "locations": ["us"]""", "us-1")]
    [InlineData(""", "locations": ["us", "eu-2"]""", "eu-2 us-1")]
    [InlineData(""", "locations": ["eu", "eu-1"]""", "eu-1 eu-2")]
    public void Jobs_run_on_the_first_monitor_on_a_numbered_one_or_at_locations(string key, string monitors)
        => string.Join(' ', Reading.Job($$"""{ "name": "a", "service": "ping", "host": "h"{{key}} }""").Monitors).ShouldBe(monitors);

    [Fact]
    public void Without_monitors_where_a_job_runs_stays_open()
    {
        var reading = JobsReader.Parse(
            """[{ "name": "a", "service": "ping", "host": "h", "server_number": 7 }, { "name": "b", "service": "ping", "host": "h", "locations": ["x"] }]"""u8.ToArray(),
            "jobs.json", TestCatalog.Instance, []);

        reading.Errors.ShouldBeEmpty();
        reading.File!.Jobs.ShouldAllBe(job => job.Monitors.IsEmpty);
    }

    [Theory]
    [InlineData("count", "3", "3")]
    [InlineData("count", "3.0", "3")]
    [InlineData("interval", "0.25", "250ms")]
    [InlineData("interval", "\"1m\"", "60000ms")]
    [InlineData("interval", "\"12.5ms\"", "12.5ms")]
    [InlineData("dontFragment", "true", "true")]
    [InlineData("family", "\"IPv4\"", "ipv4")]
    public void Settings_travel_in_one_form(string name, string written, string travelling)
        => Reading.Job($$"""{ "name": "a", "service": "ping", "host": "h", "settings": { "{{name}}": {{written}} } }""")
            .Check.Settings.ShouldBe(SettingMap.Empty.With(name, travelling));

    [Fact]
    public void Implied_settings_are_taken_on_unless_the_job_names_them()
    {
        Reading.Job("""{ "name": "www.example.com", "service": "dns", "host": "127.0.0.1" }""").Check.Settings.ShouldBe(SettingMap.Empty.With("query", "www.example.com"));
        Reading.Job("""{ "name": "www.example.com", "service": "dns", "host": "127.0.0.1", "settings": { "query": "a.example" } }""").Check.Settings.ShouldBe(SettingMap.Empty.With("query", "a.example"));
    }

    [Theory]
    [InlineData("example.com")]
    [InlineData("example.com.")]
    [InlineData("my_host")]
    [InlineData("bücher.example")]
    [InlineData("127.0.0.1")]
    [InlineData("::1")]
    [InlineData("[2001:db8::1]")]
    public void Names_and_addresses_are_hosts(string host)
        => Reading.Job($$"""{ "name": "a", "service": "ping", "host": "{{host}}" }""").Check.Host.ShouldBe(host);

    [Fact]
    public void Ten_thousand_jobs_are_read()
    {
        var json = "[" + string.Join(",", Enumerable.Range(0, 10_000).Select(i => $$"""{ "name": "job-{{i}}", "service": "https", "host": "h{{i}}.example", "interval": 10, "expect": { "status": ["2xx"] } }""")) + "]";

        Reading.Jobs(json).File!.Jobs.Length.ShouldBe(10_000);
    }

    [Fact]
    public void A_file_is_read_as_its_text_is()
    {
        using var folder = new TemporaryFolder();
        var file = Path.Combine(folder.Path, "jobs.json");
        File.WriteAllText(file, """[{ "name": "a", "service": "ping", "host": "h" }]""");

        JobsReader.Read(file, TestCatalog.Instance, Reading.Monitors).File!.Jobs.Length.ShouldBe(1);
    }

    [Fact]
    public void A_missing_file_is_one_mistake()
        => JobsReader.Read("no/such.json", TestCatalog.Instance, Reading.Monitors).Errors.ShouldHaveSingleItem().ToString().ShouldBe("no/such.json: there is no such file");

    [Fact]
    public void A_folder_is_no_file()
        => JobsReader.Read(Path.GetTempPath(), TestCatalog.Instance, Reading.Monitors).Errors.Length.ShouldBe(1);
}
