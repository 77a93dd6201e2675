using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using ActorMonitor.EndToEnd.Processes;
using Shouldly;
using Xunit;

namespace ActorMonitor.EndToEnd;

/// <summary>The first thing that anybody runs.</summary>
public sealed class UpE2E : IDisposable
{
    private const string EventPattern = @"^\[\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\] \[(?<subject>[a-z]+)\] \[(?<success>True|False)\] \[(?<details>.+)\]$";
    private static readonly string[] Services = ["http", "https", "tcp", "udp", "dns", "ntp", "ping", "traceroute"];

    private readonly TestFolder _folder = new();

    [Fact]
    public async Task Up_shows_a_result_of_every_service_and_ends_after_its_time()
    {
        await using var up = ProgramUnderTest.Node(_folder, ["up", "--for", "8s", .. NodeUnderTest.FreePorts]);

        (await up.ExitAsync()).ShouldBe(0, up.Transcript());

        up.Errors.ShouldBeEmpty();
        var events = up.Output.Where(line => line.StartsWith('[')).ToList();
        events.ShouldAllBe(line => Regex.IsMatch(line, EventPattern, RegexOptions.None, TimeSpan.FromSeconds(5)));
        foreach (var service in Services)
        {
            var wanted = IsPrivileged || service is not ("ping" or "traceroute") ? "True" : "True|False";
            events.ShouldContain(line => Regex.IsMatch(line, $@"\] \[{service}\] \[({wanted})\] \[{service}: ", RegexOptions.None, TimeSpan.FromSeconds(5)), up.Transcript());
        }

        events.ShouldContain(line => line.Contains("[client] [True] [connected to ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Without_a_command_it_is_up_and_says_where_to_look_next()
    {
        await using var up = ProgramUnderTest.Node(_folder, NodeUnderTest.FreePorts);

        _ = await up.LineAsync("^ActorMonitor [0-9.]+: manager at akka.tcp://manager@127.0.0.1:[0-9]+, monitor at akka.tcp://monitor@127.0.0.1:[0-9]+$");
        _ = await up.LineAsync("^no jobs given, so every service is shown");
        var where = await up.LineAsync("^data /.+/data \\(manager, monitor\\); pbm (?<manager>127.0.0.1:[0-9]+) jobs list; pbm (?<monitor>127.0.0.1:[0-9]+) clients list; Ctrl-C stops$");

        (await PbmCalls.RowsAsync(where.Groups["manager"].Value, "jobs", "list")).Select(job => job["service"]!.GetValue<string>()).ShouldBe(Services, ignoreOrder: true);
        (await PbmCalls.RowsUntilAsync(where.Groups["monitor"].Value, ["clients", "list"], clients => clients.Count == 1)).ShouldHaveSingleItem();
        Directory.GetDirectories(_folder.Data("data")).Select(Path.GetFileName).ShouldBe(["manager", "monitor"], ignoreOrder: true);
    }

    [Fact]
    public async Task With_json_output_every_line_is_an_event()
    {
        await using var target = new CountingTarget();
        var jobs = _folder.TcpJobs(target.Port);
        await using var up = ProgramUnderTest.Node(_folder, ["up", "--output", "json", "--jobs", jobs, .. NodeUnderTest.FreePorts]);

        _ = await up.LineAsync("\"subject\":\"tcp\",\"success\":true");
        up.Send(Signal.Terminate);
        (await up.ExitAsync()).ShouldBe(0);

        foreach (var line in up.Output)
            JsonNode.Parse(line)!.AsObject().Select(pair => pair.Key).ShouldBe(["at", "subject", "success", "details"]);
    }

    [Fact]
    public async Task The_time_to_run_begins_when_everything_runs()
    {
        await using var target = new CountingTarget();
        await using var up = ProgramUnderTest.Node(_folder, ["up", "--for", "1ms", "--jobs", _folder.TcpJobs(target.Port), .. NodeUnderTest.FreePorts]);

        (await up.ExitAsync()).ShouldBe(0);

        up.ErrorsOfItsOwn.ShouldBeEmpty();
        up.Output.ShouldContain(line => line.StartsWith("1 job from ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Three_hundred_jobs_a_second_lose_no_slot()
    {
        await using var target = new CountingTarget();
        await using var up = ProgramUnderTest.Node(
            _folder, ["up", "--set", "actor-monitor.console=off", "--jobs", _folder.TcpJobs(target.Port, count: 300, timeout: "900ms"), .. NodeUnderTest.FreePorts]);
        var manager = (await up.LineAsync("; pbm (?<manager>127.0.0.1:[0-9]+) jobs list")).Groups["manager"].Value;

        var rows = await PbmCalls.RowsUntilAsync(manager, ["jobs", "list"], jobs => jobs.All(job => job.Counts().Recorded >= 5));

        rows.Count.ShouldBe(300);
        foreach (var counts in rows.Select(PbmCalls.Counts))
        {
            counts.AddUp.ShouldBeTrue();
            counts.Lost.ShouldBe(0);
            counts.Unknown.ShouldBe(0);
            counts.Due.ShouldBeInRange(5, 60);
        }

        // Nothing was run that has no record: what reached the target is up, or open, or finished since.
        rows.Sum(row => row.Counts().Up).ShouldBeLessThanOrEqualTo(target.Connections);
    }

    public void Dispose() => _folder.Dispose();

    // Echo requests need a privilege or a group; root has it.
    private static bool IsPrivileged => Environment.IsPrivilegedProcess;
}
