using System.Text.Json.Nodes;
using ActorMonitor.EndToEnd.Processes;
using Shouldly;
using Xunit;

namespace ActorMonitor.EndToEnd;

/// <summary>A monitor and a manager, each a process, and what pbm says of them.</summary>
public sealed class TwoProcessesE2E(TwoProcessesE2E.Nodes nodes) : IClassFixture<TwoProcessesE2E.Nodes>
{
    [Fact]
    public async Task Results_flow_from_the_monitor_to_the_managers_console()
    {
        _ = await nodes.Manager.Program.LineAsync(@"\[client\] \[True\] \[connected to eu-1 at 127\.0\.0\.1:[0-9]+\]$");
        _ = await nodes.Monitor.Program.LineAsync(@"\[client\] \[True\] \[boss connected from akka\.tcp://manager@127\.0\.0\.1:[0-9]+\]$");
        _ = await nodes.Manager.Program.LineAsync(@"\[tcp\] \[True\] \[tcp-1: 127\.0\.0\.1 - [0-9.]+ ms\]$");
        nodes.Monitor.Program.Errors.ShouldBeEmpty();
        nodes.Manager.Program.Errors.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("clients", "list")]
    [InlineData("list_clients")]
    public async Task The_monitor_lists_its_clients(params string[] command)
    {
        var clients = await PbmCalls.RowsUntilAsync(nodes.Monitor.Pbm, command, rows => rows.Any(row => row["results"]!.GetValue<long>() > 0));

        var client = clients.ShouldHaveSingleItem();
        client["name"]!.GetValue<string>().ShouldBe("boss");
        client["address"]!.GetValue<string>().ShouldBe($"akka.tcp://manager@{nodes.Manager.Remoting}");
        client["linked"]!.GetValue<bool>().ShouldBeTrue();
        client["epoch"]!.GetValue<long>().ShouldBeGreaterThan(1_000_000_000);
    }

    [Theory]
    [InlineData("queues", "list")]
    [InlineData("list_all_queues")]
    public async Task The_monitor_lists_the_length_of_each_queue(params string[] command)
    {
        var queue = (await PbmCalls.RowsUntilAsync(nodes.Monitor.Pbm, command, rows => rows.Count == 1)).ShouldHaveSingleItem();

        queue["client"]!.GetValue<string>().ShouldBe("boss");
        queue["waiting"]!.GetValue<long>().ShouldBeInRange(0, 1024);
        queue["bound"]!.GetValue<long>().ShouldBe(1024);
    }

    [Theory]
    [InlineData("jobs", "list")]
    [InlineData("list_jobs")]
    public async Task The_manager_lists_its_jobs_and_their_slots_add_up(params string[] command)
    {
        var job = (await PbmCalls.RowsUntilAsync(nodes.Manager.Pbm, command, rows => rows[0].Counts().Up > 0)).ShouldHaveSingleItem();

        job["job"]!.GetValue<string>().ShouldBe("tcp-1");
        job["service"]!.GetValue<string>().ShouldBe("tcp");
        job["target"]!.GetValue<string>().ShouldBe($"127.0.0.1:{nodes.Target.Port}");
        job["interval"]!.GetValue<string>().ShouldBe("1s");
        job["monitor"]!.GetValue<string>().ShouldBe("eu-1");
        job.Counts().AddUp.ShouldBeTrue();
    }

    [Theory]
    [InlineData("monitors", "list")]
    [InlineData("list_monitors")]
    public async Task The_manager_lists_its_monitors(params string[] command)
    {
        var monitor = (await PbmCalls.RowsUntilAsync(nodes.Manager.Pbm, command, rows => rows[0]["state"]!.GetValue<string>() == "up" && rows[0]["roundTrip"] is not null)).ShouldHaveSingleItem();

        monitor["name"]!.GetValue<string>().ShouldBe("eu-1");
        monitor["address"]!.GetValue<string>().ShouldBe(nodes.Monitor.Remoting);
        monitor["roundTrip"]!.GetValue<double>().ShouldBeInRange(0, 5);
    }

    [Fact]
    public async Task Pbm_prints_a_table_for_people()
    {
        _ = await PbmCalls.RowsUntilAsync(nodes.Monitor.Pbm, ["clients", "list"], rows => rows.Count == 1);
        await using var pbm = ProgramUnderTest.Pbm(nodes.Folder, nodes.Monitor.Pbm, "clients", "list");

        (await pbm.ExitAsync()).ShouldBe(0, pbm.Transcript());

        pbm.Output[0].ShouldStartWith("NAME  ADDRESS");
        pbm.Output[1].ShouldStartWith("boss  akka.tcp://manager@127.0.0.1:");
        pbm.Output.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Pbm_prints_json_for_programs()
    {
        await using var pbm = ProgramUnderTest.Pbm(nodes.Folder, nodes.Manager.Pbm, "jobs", "list", "--output", "json");

        (await pbm.ExitAsync()).ShouldBe(0, pbm.Transcript());

        JsonNode.Parse(pbm.Output.ShouldHaveSingleItem())!["job"]!.GetValue<string>().ShouldBe("tcp-1");
    }

    [Fact]
    public async Task Pbm_without_a_command_runs_the_lines_of_its_input()
    {
        await using var pbm = ProgramUnderTest.Pbm(nodes.Folder, nodes.Manager.Pbm);

        await pbm.Input.WriteAsync("# what runs here?\njobs list\nmonitors list --output json\nno-such-command\nexit\njobs list\n");
        pbm.Input.Close();

        // The first line that failed decides.
        (await pbm.ExitAsync()).ShouldBe(2, pbm.Transcript());
        pbm.Output.Count(line => line.StartsWith("JOB ", StringComparison.Ordinal)).ShouldBe(1);
        pbm.Output.ShouldContain(line => line.StartsWith("{\"name\":\"eu-1\"", StringComparison.Ordinal));
        pbm.Errors.ShouldHaveSingleItem().ShouldContain("no-such-command");
    }

    [Fact]
    public async Task A_monitors_command_at_a_manager_is_sent_to_the_right_port()
    {
        await using var pbm = ProgramUnderTest.Pbm(nodes.Folder, nodes.Manager.Pbm, "clients", "list");

        (await pbm.ExitAsync()).ShouldBe(2, pbm.Transcript());

        pbm.Errors.ShouldHaveSingleItem().ShouldMatch("monitor.*9111");
    }

    [Fact]
    public async Task A_managers_command_at_a_monitor_is_sent_to_the_right_port()
    {
        await using var pbm = ProgramUnderTest.Pbm(nodes.Folder, nodes.Monitor.Pbm, "jobs", "list");

        (await pbm.ExitAsync()).ShouldBe(2, pbm.Transcript());

        pbm.Errors.ShouldHaveSingleItem().ShouldMatch("manager.*9110");
    }

    [Fact]
    public async Task Pbm_says_that_nobody_is_there()
    {
        await using var pbm = ProgramUnderTest.Pbm(nodes.Folder, "127.0.0.1:1", "jobs", "list");

        (await pbm.ExitAsync()).ShouldBe(3, pbm.Transcript());

        pbm.Errors.ShouldHaveSingleItem().ShouldContain("connection refused");
    }

    public sealed class Nodes : IAsyncLifetime
    {
        internal TestFolder Folder { get; } = new();

        internal CountingTarget Target { get; } = new();

        internal NodeUnderTest Monitor { get; private set; } = null!;

        internal NodeUnderTest Manager { get; private set; } = null!;

        public async Task InitializeAsync()
        {
            Monitor = await NodeUnderTest.MonitorAsync(Folder, "eu-1");
            Manager = await NodeUnderTest.ManagerAsync(Folder, Folder.ManagerHocon("boss", Folder.TcpJobs(Target.Port), "", ("eu-1", Monitor.Remoting)));
        }

        public async Task DisposeAsync()
        {
            if (Manager is not null)
                await Manager.DisposeAsync();
            if (Monitor is not null)
                await Monitor.DisposeAsync();
            await Target.DisposeAsync();
            Folder.Dispose();
        }
    }
}
