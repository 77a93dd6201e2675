using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using ActorMonitor.EndToEnd.Processes;
using Shouldly;
using Xunit;

namespace ActorMonitor.EndToEnd;

/// <summary>Mistakes of configuration, as an operator meets them: each with its place and its remedy, and nothing starts.</summary>
public sealed class ConfigurationE2E : IDisposable
{
    private const string TenMistakes = """
        // Ten mistakes.
        { "jobs": [
          { "name": "a", "service": "htps", "host": "h" },
          { "name": "b", "service": "tcp", "host": "h" },
          { "name": "c", "service": "http", "host": "http://h/" },
          { "name": "d", "service": "ping", "host": "h", "interval": "soon" },
          { "name": "e", "service": "ping", "host": "h", "interval": 5, "timeout": 6 },
          { "name": "f", "service": "ping", "host": "h", "settings": { "cuont": 3 } },
          { "name": "g", "service": "ping", "host": "h", "settings": { "count": 1000 } },
          { "name": "h", "service": "https", "host": "h", "expect": { "status": ["9xx"] } },
          { "name": "a", "service": "ping", "host": "h" },
          { "name": "j", "service": "ping", "host": "h", "server_number": 2 },
        ] }
        """;

    private static readonly (int Line, string Path, string Accepted)[] Places =
    [
        (3, "$.jobs[0].service", "expected one of http, https, tcp"),
        (4, "$.jobs[1]", "\"port\" is missing: expected a whole number from 1 to 65535"),
        (5, "$.jobs[2].host", "expected"),
        (6, "$.jobs[3].interval", "expected a duration from 100ms to 1d"),
        (7, "$.jobs[4].timeout", "expected a duration from 10ms to 5s"),
        (8, "$.jobs[5].settings.cuont", "did you mean \"count\""),
        (9, "$.jobs[6].settings.count", "expected a whole number from 1 to 100"),
        (10, "$.jobs[7].expect.status", "expected"),
        (11, "$.jobs[8].name", "expected a name of its own"),
        (12, "$.jobs[9].server_number", "expected a whole number from 1 to 1"),
    ];

    private readonly TestFolder _folder = new();

    [Fact]
    public async Task Check_config_prints_ten_errors_for_ten_mistakes()
    {
        var jobs = _folder.Write("jobs.json", TenMistakes);
        await using var check = ProgramUnderTest.Node(_folder, "check-config", "--jobs", jobs);

        (await check.ExitAsync()).ShouldBe(2, check.Transcript());

        check.Output.ShouldBeEmpty();
        check.Errors.Count.ShouldBe(11, check.Transcript());
        check.Errors[10].ShouldBe("10 mistakes");
        foreach (var (error, place) in check.Errors.Zip(Places))
        {
            error.ShouldStartWith(string.Create(CultureInfo.InvariantCulture, $"{jobs}:{place.Line}: {place.Path}"));
            error.ShouldContain(place.Accepted);
        }
    }

    [Theory]
    [InlineData("up")]
    [InlineData("run-once")]
    public async Task Nothing_starts_while_there_is_a_mistake(string command)
    {
        var jobs = _folder.Write("jobs.json", TenMistakes);
        await using var run = ProgramUnderTest.Node(_folder, [command, "--jobs", jobs, .. NodeUnderTest.FreePorts]);

        (await run.ExitAsync()).ShouldBe(2, run.Transcript());

        run.Output.ShouldBeEmpty();
        run.Errors.Count.ShouldBe(10, run.Transcript());
        Directory.Exists(_folder.Data("data")).ShouldBeFalse();
    }

    [Theory]
    [InlineData("hocon/up.hocon", "as up$", "^monitor.outbox.age .* is less than")]
    [InlineData("hocon/manager.hocon", "as manager; .*jobs.json: 4 jobs$", "^not checked here: each monitor's")]
    [InlineData("hocon/monitor.hocon", "as monitor$", "^not checked here: each manager's", "--role", "monitor")]
    public async Task The_samples_have_no_mistakes(string sample, string says, string retention, params string[] more)
    {
        await using var check = ProgramUnderTest.Node(_folder, ["check-config", "--config", Programs.Sample(sample), .. more]);

        (await check.ExitAsync()).ShouldBe(0, check.Transcript());

        check.Errors.ShouldBeEmpty();
        check.Output.Count.ShouldBe(2);
        check.Output[0].ShouldMatch("no mistakes, " + says);
        check.Output[1].ShouldMatch(retention);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_named()
    {
        await ShouldRefuseAsync(@"^nowhere\.hocon: there is no such file$", "up", "--config", "nowhere.hocon");
        await ShouldRefuseAsync(@"^nowhere\.json: there is no such file$", "up", "--jobs", "nowhere.json");
    }

    [Fact]
    public async Task An_unknown_key_is_named_with_its_line_and_what_was_meant()
    {
        var config = _folder.Write("node.hocon", "actor-monitor {\n  monitor { quue = 5 }\n}\n");

        await ShouldRefuseAsync(@"node\.hocon:2: actor-monitor\.monitor\.quue: unknown key; did you mean ""queue""\?$", "monitor", "--config", config);
        await ShouldRefuseAsync(@"^--set: actor-monitor\.consol: unknown key; did you mean ""console""\?$", "monitor", "--set", "actor-monitor.consol=off");
    }

    [Fact]
    public async Task A_manager_without_monitors_or_jobs_says_what_it_lacks()
    {
        await ShouldRefuseAsync(@"actor-monitor\.manager\.monitors: a manager needs a monitor: expected \[\{ name = NAME, address = ""HOST:PORT"" \}\]$", "manager");
        await ShouldRefuseAsync(
            "^actormonitor: there are no jobs: name a file with --jobs FILE or actor-monitor.manager.jobs",
            "manager", "--set", "actor-monitor.manager.monitors=[{ name = a, address = \"127.0.0.1:8091\" }]");
    }

    [Fact]
    public async Task A_remoting_port_that_is_taken_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        await ShouldRefuseAsync($"^actormonitor: .*{port}.*", "monitor", "--set", $"akka.remote.dot-netty.tcp.port={port}", "--set", "actor-monitor.pbm.port=0");
    }

    [Fact]
    public async Task A_pbm_port_that_is_taken_is_named()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var port = ((IPEndPoint)taken.LocalEndpoint).Port;

        await ShouldRefuseAsync(
            $"^actormonitor: pbm cannot listen on 127.0.0.1:{port}: the port is taken, perhaps by another node. Set actor-monitor.pbm.port to a free port.$",
            "monitor", "--set", $"actor-monitor.pbm.port={port}", "--set", "akka.remote.dot-netty.tcp.port=0");
    }

    [Theory]
    [InlineData("up", "--nope")]
    [InlineData("down")]
    [InlineData("up", "--output", "xml")]
    [InlineData("up", "--for", "soon")]
    [InlineData("up", "--for", "100d")]
    [InlineData("monitor", "--jobs", "jobs.json")]
    public async Task What_is_not_understood_ends_with_2_and_says_where_help_is(params string[] arguments)
    {
        await using var run = ProgramUnderTest.Node(_folder, arguments);

        (await run.ExitAsync()).ShouldBe(2, run.Transcript());

        run.Output.ShouldBeEmpty();
        run.Errors[^1].ShouldBe("Try: actormonitor --help");
        arguments.ShouldContain(argument => run.Errors[0].Contains(argument, StringComparison.Ordinal), run.Errors[0]);
    }

    [Theory]
    [InlineData("up", "manager", "monitor", "run-once", "check-config", "--config", "--jobs", "--set", "--output", "--for", "--help")]
    [InlineData("--config", "--jobs", "--set", "--output", "--for", "up --help")]
    [InlineData("--config", "--jobs", "--set", "--output", "--for", "manager --help")]
    [InlineData("--config", "--set", "--output", "--for", "monitor --help")]
    [InlineData("--config", "--jobs", "--set", "--output", "run-once --help")]
    [InlineData("--config", "--jobs", "--set", "--role", "check-config --help")]
    public async Task Every_command_has_help(params string[] namesAndArguments)
    {
        await using var help = ProgramUnderTest.Node(_folder, namesAndArguments[^1].Split(' '));

        (await help.ExitAsync()).ShouldBe(0, help.Transcript());

        foreach (var name in namesAndArguments[..^1])
            help.Output.ShouldContain(line => Regex.IsMatch(line, $"^  {name} ", RegexOptions.None, TimeSpan.FromSeconds(5)), $"{name} in\n{help.Transcript()}");
    }

    public void Dispose() => _folder.Dispose();

    private async Task ShouldRefuseAsync(string pattern, params string[] arguments)
    {
        await using var run = ProgramUnderTest.Node(_folder, arguments);

        (await run.ExitAsync()).ShouldBe(2, run.Transcript());

        run.Output.ShouldBeEmpty();
        run.Errors.ShouldHaveSingleItem().ShouldMatch(pattern);
    }
}
