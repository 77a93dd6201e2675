using System.Text.Json.Nodes;
using ActorMonitor.EndToEnd.Processes;
using ActorMonitor.LoopbackTargets;
using Shouldly;
using Xunit;

namespace ActorMonitor.EndToEnd;

/// <summary>Every job once: for scripts, so its lines, fields and exit codes are a promise.</summary>
public sealed class RunOnceE2E : IAsyncLifetime
{
    private static readonly string[] Fields = ["job", "service", "slot", "outcome", "cause", "elapsedMs", "queueWaitMs", "monitor", "resolvedAddress", "measurements", "attributes", "message"];

    private readonly TestFolder _folder = new();
    private LoopbackServers _servers = null!;

    public async Task InitializeAsync() => _servers = await LoopbackServers.StartAsync(null, CancellationToken.None);

    public async Task DisposeAsync()
    {
        await _servers.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task It_prints_one_line_for_each_job_and_ends_with_0_when_all_are_up()
    {
        var jobs = _folder.Write("jobs.json", $$"""
            [
              { "name": "web", "service": "http", "host": "127.0.0.1", "port": {{_servers.Http.Port}}, "settings": { "path": "/health" }, "expect": { "body": { "contains": "ok" } } },
              { "name": "secure", "service": "https", "host": "127.0.0.1", "port": {{_servers.Https.Port}}, "settings": { "insecure": true } },
              { "name": "names", "service": "dns", "host": "127.0.0.1", "port": {{_servers.Dns.Port}}, "settings": { "query": "www.loopback.test" } },
              { "name": "clock", "service": "ntp", "host": "127.0.0.1", "port": {{_servers.Ntp.Port}} },
              { "name": "echo", "service": "udp", "host": "127.0.0.1", "port": {{_servers.UdpEcho.Port}} },
              { "name": "mail", "service": "tcp", "host": "127.0.0.1", "port": {{_servers.Tcp.Port}}, "expect": { "banner": { "contains": "220" } } },
            ]
            """);
        await using var run = ProgramUnderTest.Node(_folder, "run-once", "--jobs", jobs);

        (await run.ExitAsync()).ShouldBe(0, run.Transcript());

        run.Errors.ShouldBeEmpty();
        run.Output.Count.ShouldBe(6);
        foreach (var (service, job) in new[] { ("http", "web"), ("https", "secure"), ("dns", "names"), ("ntp", "clock"), ("udp", "echo"), ("tcp", "mail") })
            run.Output.Count(line => line.Contains($"] [{service}] [True] [{job}: 127.0.0.1 - ", StringComparison.Ordinal)).ShouldBe(1, run.Transcript());
        Directory.Exists(_folder.Data("data")).ShouldBeFalse("run-once keeps nothing");
    }

    [Fact]
    public async Task One_that_is_down_makes_it_1_and_json_has_just_these_fields()
    {
        var jobs = _folder.Write("jobs.json", $$"""
            [
              { "name": "web", "service": "HTTP", "host": "127.0.0.1", "port": {{_servers.Http.Port}} },
              { "name": "gone", "service": "http", "host": "127.0.0.1", "port": {{_servers.Http.Port}}, "settings": { "path": "/status/503" } },
            ]
            """);
        await using var run = ProgramUnderTest.Node(_folder, "run-once", "--jobs", jobs, "--output", "json");

        (await run.ExitAsync()).ShouldBe(1, run.Transcript());

        var results = run.Output.Select(line => JsonNode.Parse(line)!.AsObject()).ToDictionary(result => result["job"]!.GetValue<string>());
        results.Keys.ShouldBe(["web", "gone"], ignoreOrder: true);
        foreach (var result in results.Values)
        {
            result.Select(pair => pair.Key).ShouldBe(Fields);
            result["service"]!.GetValue<string>().ShouldBe("http");
            result["slot"]!.GetValue<long>().ShouldBeGreaterThan(1_700_000_000_000);
            result["resolvedAddress"]!.GetValue<string>().ShouldBe("127.0.0.1");
            result["elapsedMs"]!.GetValue<double>().ShouldBeInRange(0, 5000);
            result["measurements"]!.AsArray().ShouldNotBeEmpty();
        }

        results["web"]["outcome"]!.GetValue<string>().ShouldBe("Up");
        results["web"]["cause"].ShouldBeNull();
        results["gone"]["outcome"]!.GetValue<string>().ShouldBe("Down");
        results["gone"]["cause"]!.GetValue<string>().ShouldBe("http-status");
    }

    [Fact]
    public async Task A_bad_configuration_makes_it_2()
    {
        var jobs = _folder.Write("jobs.json", """[{ "name": "web", "service": "htp", "host": "127.0.0.1" }]""");
        await using var run = ProgramUnderTest.Node(_folder, "run-once", "--jobs", jobs);
        await using var none = ProgramUnderTest.Node(_folder, "run-once");

        (await run.ExitAsync()).ShouldBe(2, run.Transcript());
        (await none.ExitAsync()).ShouldBe(2, none.Transcript());

        run.Errors.ShouldHaveSingleItem().ShouldContain("jobs.json:1: $[0].service: expected one of http, https,");
        none.Errors.ShouldHaveSingleItem().ShouldStartWith("actormonitor: there are no jobs: name a file with --jobs FILE");
    }

    [Fact]
    public async Task With_a_configuration_it_uses_the_monitors_that_run()
    {
        await using var monitor = await NodeUnderTest.MonitorAsync(_folder, "eu-1");
        var jobs = _folder.TcpJobs(_servers.Tcp.Port, count: 3);
        var config = _folder.ManagerHocon("boss", jobs, "", ("eu-1", monitor.Remoting));
        await using var run = ProgramUnderTest.Node(_folder, "run-once", "--config", config, "--output", "json");

        (await run.ExitAsync()).ShouldBe(0, run.Transcript());

        run.Output.Select(line => JsonNode.Parse(line)!["monitor"]!.GetValue<string>()).ShouldBe(["eu-1", "eu-1", "eu-1"]);
        Directory.Exists(_folder.Data("boss")).ShouldBeFalse("run-once keeps nothing");
        _ = await monitor.Program.LineAsync(@"\[client\] \[True\] \[boss connected from");
    }

    [Fact]
    public async Task A_monitor_that_is_not_there_skips_its_jobs()
    {
        var config = _folder.ManagerHocon("boss", _folder.TcpJobs(_servers.Tcp.Port), "", ("eu-1", "127.0.0.1:1"));
        await using var run = ProgramUnderTest.Node(_folder, "run-once", "--config", config, "--output", "json");

        (await run.ExitAsync()).ShouldBe(1, run.Transcript());

        var result = JsonNode.Parse(run.Output.ShouldHaveSingleItem())!;
        result["outcome"]!.GetValue<string>().ShouldBe("Skipped");
        result["cause"]!.GetValue<string>().ShouldBe("no-monitor");
    }

    [Fact]
    public async Task A_slow_reader_gets_every_line()
    {
        // Far more than a pipe holds, and nobody reads until the checks are done.
        const int count = 800;
        await using var target = new CountingTarget();
        var jobs = _folder.TcpJobs(target.Port, count, timeout: "1s");
        await using var run = ProgramUnderTest.Unread(_folder, "run-once", "--jobs", jobs, "--output", "json");
        while (target.Connections < count)
            await Task.Delay(TimeSpan.FromMilliseconds(50), TimeProvider.System);
        await Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System);

        run.ReadOutput();

        (await run.ExitAsync()).ShouldBe(0, string.Join('\n', run.Errors));
        run.Output.Count.ShouldBe(count);
    }
}
