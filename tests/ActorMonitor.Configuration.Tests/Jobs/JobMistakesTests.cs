using Shouldly;
using Xunit;

namespace ActorMonitor.Configuration.Tests;

public class JobMistakesTests
{
    [Fact]
    public void Ten_mistakes_give_ten_errors()
    {
        var reading = Reading.Jobs("""
            [
              { "name": "", "service": "ping", "host": "h" },
              { "name": "b", "service": "htp", "host": "h" },
              { "name": "c", "service": "http", "host": "http://h" },
              { "name": "d", "service": "http", "host": "h", "port": 70000 },
              { "name": "e", "service": "http", "host": "h", "interval": "soon" },
              { "name": "f", "service": "http", "host": "h", "interval": 1, "timeout": 2 },
              { "name": "g", "service": "http", "host": "h", "server_number": 4 },
              { "name": "h", "service": "http", "host": "h", "locations": ["mars"] },
              { "name": "i", "service": "http", "host": "h", "settings": { "paht": "/" } },
              { "name": "j", "service": "http", "host": "h", "expect": { "status": "200" } },
            ]
            """);

        reading.File.ShouldBeNull();
        reading.Errors.Select(error => $"{error.Line} {error.Path}").ShouldBe(
        [
            "2 $[0].name", "3 $[1].service", "4 $[2].host", "5 $[3].port", "6 $[4].interval", "7 $[5].timeout",
            "8 $[6].server_number", "9 $[7].locations[0]", "10 $[8].settings.paht", "11 $[9].expect.status",
        ]);
    }

    [Theory]
    [InlineData("99ms", false)]
    [InlineData("100ms", true)]
    [InlineData("1d", true)]
    [InlineData("25h", false)]
    [InlineData("100.5ms", false)]
    [InlineData("-1s", false)]
    [InlineData("", false)]
    [InlineData("5 parsecs", false)]
    public void Intervals_have_bounds(string interval, bool isAccepted)
        => Reading.Jobs($$"""[{ "name": "a", "service": "ping", "host": "h", "interval": "{{interval}}" }]""").Errors.IsEmpty.ShouldBe(isAccepted);

    [Theory]
    [InlineData("0", false)]
    [InlineData("0.009", false)]
    [InlineData("0.01", true)]
    [InlineData("600", true)]
    [InlineData("600.001", false)]
    [InlineData("-1", false)]
    [InlineData("1e999", false)]
    [InlineData("true", false)]
    [InlineData("null", false)]
    [InlineData("[]", false)]
    public void Timeouts_have_bounds(string timeout, bool isAccepted)
        => Reading.Jobs($$"""[{ "name": "a", "service": "ping", "host": "h", "interval": "1h", "timeout": {{timeout}} }]""").Errors.IsEmpty.ShouldBe(isAccepted);

    [Theory]
    [InlineData("0", false)]
    [InlineData("1", true)]
    [InlineData("65535", true)]
    [InlineData("65536", false)]
    [InlineData("80.5", false)]
    [InlineData("\"80\"", false)]
    [InlineData("1e400", false)]
    [InlineData("4294967376", false)]
    public void Ports_have_bounds(string port, bool isAccepted)
        => Reading.Jobs($$"""[{ "name": "a", "service": "http", "host": "h", "port": {{port}} }]""").Errors.IsEmpty.ShouldBe(isAccepted);

    [Theory]
    [InlineData(128, true)]
    [InlineData(129, false)]
    public void Names_have_bounds(int length, bool isAccepted)
        => Reading.Jobs($$"""[{ "name": "{{new string('n', length)}}", "service": "ping", "host": "h" }]""").Errors.IsEmpty.ShouldBe(isAccepted);

    [Theory]
    [InlineData("https://h")]
    [InlineData("h:80")]
    [InlineData("h/path")]
    [InlineData("h h")]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData("-a")]
    [InlineData("[::1")]
    [InlineData("[1.2.3.4]")]
    [InlineData("user@h")]
    [InlineData("h\\u0000")]
    public void Hosts_have_neither_scheme_port_nor_path(string host)
        => Reading.JobMistake($$"""{ "name": "a", "service": "ping", "host": "{{host}}" }""").ShouldStartWith("jobs.json:1: $[0].host: expected a host name or an address, without scheme, port or path, found ");

    [Theory]
    [InlineData(64, true)]
    [InlineData(65, false)]
    public void Labels_have_bounds(int count, bool isAccepted)
    {
        var labels = string.Join(",", Enumerable.Range(0, count).Select(i => $"\"l{i}\": \"v\""));
        Reading.Jobs($$"""[{ "name": "a", "service": "ping", "host": "h", "labels": { {{labels}} } }]""").Errors.IsEmpty.ShouldBe(isAccepted);
    }

    [Fact]
    public void Settings_fit_a_message()
    {
        var path = "/" + new string('p', JobBounds.MaxSettingsBytes - "path".Length - 1);

        Reading.Job($$"""{ "name": "a", "service": "http", "host": "h", "settings": { "path": "{{path}}" } }""").ShouldNotBeNull();
        Reading.JobMistake($$"""{ "name": "a", "service": "http", "host": "h", "settings": { "path": "{{path}}x" } }""")
            .ShouldBe("jobs.json:1: $[0]: settings and expect hold 32769 bytes: expected at most 32768");
    }

    [Fact]
    public void Too_many_jobs_are_one_mistake()
        => Reading.Mistake("[" + string.Join(",", Enumerable.Repeat("1", JobsFile.MaxJobs + 1)) + "]").ShouldBe("jobs.json:1: $: expected at most 100000 jobs, found 100001");

    [Fact]
    public void Mistakes_beyond_the_bound_are_counted()
    {
        var errors = Reading.Jobs("[" + string.Join(",\n", Enumerable.Repeat("1", 1_500)) + "]").Errors;

        errors.Length.ShouldBe(ErrorList.MaxErrors + 1);
        errors[^1].ToString().ShouldBe("jobs.json: 500 more mistakes are not listed");
    }

    [Fact]
    public void Lines_and_columns_count_characters_after_a_byte_order_mark()
    {
        var reading = Reading.Jobs([0xEF, 0xBB, 0xBF, .. "[\r\n{ \"name\": \"äöü\", \"service\": 5, \"host\": \"h\" }]"u8]);

        var error = reading.Errors.ShouldHaveSingleItem();
        (error.Line, error.Column).ShouldBe((2, 29));
    }
}
