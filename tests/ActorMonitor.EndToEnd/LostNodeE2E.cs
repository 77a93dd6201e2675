using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using ActorMonitor.EndToEnd.Processes;
using Shouldly;
using Xunit;

namespace ActorMonitor.EndToEnd;

/// <summary>Nodes that are killed, that hang, and that come back.</summary>
public sealed class LostNodeE2E : IAsyncLifetime
{
    private static readonly TimeSpan LostWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan BackWithin = TimeSpan.FromSeconds(15);
    private const string Result = @"\[tcp\] \[True\] \[tcp-1: 127\.0\.0\.1 - [0-9.]+ ms\]$";

    private readonly TestFolder _folder = new();
    private readonly CountingTarget _target = new();
    private NodeUnderTest _monitor = null!;
    private NodeUnderTest _manager = null!;
    private string _config = "";

    public async Task InitializeAsync()
    {
        _monitor = await NodeUnderTest.MonitorAsync(_folder, "eu-1");
        _config = _folder.ManagerHocon("boss", _folder.TcpJobs(_target.Port), "", ("eu-1", _monitor.Remoting));
        _manager = await NodeUnderTest.ManagerAsync(_folder, _config);
        _ = await _manager.Program.LineAsync(Result);
    }

    public async Task DisposeAsync()
    {
        if (_manager is not null)
            await _manager.DisposeAsync();
        if (_monitor is not null)
            await _monitor.DisposeAsync();
        await _target.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_monitor_that_is_killed_is_missed_at_once_and_found_again_without_touching_the_manager()
    {
        var mark = _manager.Program.Mark();
        await _monitor.Program.KillAsync();
        _ = await _manager.Program.LineAsync($@"\[client\] \[False\] \[lost connection to eu-1 at {_monitor.Remoting}, reconnecting\]$", LostWithin, mark);
        // It was permitted to run by itself: only when no result has come is it known that it did not.
        _ = await _manager.Program.LineAsync(@"\[tcp\] \[False\] \[tcp-1: lost \(no-result\): the monitor did not answer\]$", from: mark);

        await _monitor.DisposeAsync();
        mark = _manager.Program.Mark();
        _monitor = await NodeUnderTest.MonitorAsync(_folder, "eu-1", like: _monitor);
        _ = await _manager.Program.LineAsync(@"\[client\] \[True\] \[connected to eu-1 at", BackWithin, mark);
        _ = await _manager.Program.LineAsync(Result, TimeSpan.FromSeconds(5), mark);

        // What was due while it was dead is lost; all have their record.
        _ = await CountsUntilAsync(counts => counts.Lost > 0);
        _manager.Program.ErrorsOfItsOwn.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_manager_that_is_killed_gets_its_session_back()
    {
        var before = (await PbmCalls.RowsAsync(_monitor.Pbm, "clients", "list")).ShouldHaveSingleItem();
        var mark = _monitor.Program.Mark();
        await _manager.Program.KillAsync();
        _ = await _monitor.Program.LineAsync(@"\[client\] \[False\] \[lost boss at akka\.tcp://manager@[0-9.:]+, running its 1 jobs until [0-9: -]+Z, keeping its results\]$", LostWithin, mark);
        (await PbmCalls.RowsAsync(_monitor.Pbm, "clients", "list")).ShouldHaveSingleItem()["linked"]!.GetValue<bool>().ShouldBeFalse();

        await _manager.DisposeAsync();
        _manager = await NodeUnderTest.ManagerAsync(_folder, _config, like: _manager);
        _ = await _manager.Program.LineAsync(Result, BackWithin);

        var after = (await PbmCalls.RowsAsync(_monitor.Pbm, "clients", "list")).ShouldHaveSingleItem();
        after["linked"]!.GetValue<bool>().ShouldBeTrue();
        after["id"]!.GetValue<string>().ShouldBe(before["id"]!.GetValue<string>());
        after["epoch"]!.GetValue<long>().ShouldBeGreaterThan(before["epoch"]!.GetValue<long>());
        after["results"]!.GetValue<long>().ShouldBeGreaterThan(before["results"]!.GetValue<long>());
        (await CountsUntilAsync(counts => counts.Up > 1)).Lost.ShouldBe(0);

        // What the monitor ran by itself meanwhile takes its slots out of the time in which the manager was not running.
        var ledger = (await PbmCalls.RowsUntilAsync(_manager.Pbm, ["ledger"], rows => rows[0].Counts() is { NotRunning: 0, Up: > 4 })).ShouldHaveSingleItem();
        ledger["difference"]!.GetValue<long>().ShouldBe(0);
        (await PbmCalls.RowsAsync(_manager.Pbm, "history", "tcp-1", "--limit", "1000")).ShouldContain(row => row["late"]!.GetValue<bool>());
    }

    [Fact]
    public async Task A_second_process_on_a_data_folder_is_refused()
    {
        await using var manager = ProgramUnderTest.Node(_folder, ["manager", "--config", _config, .. NodeUnderTest.FreePorts]);
        await using var monitor = ProgramUnderTest.Node(_folder, ["monitor", "--set", $"actor-monitor.data={_folder.Data("eu-1")}", .. NodeUnderTest.FreePorts]);

        (await manager.ExitAsync()).ShouldBe(2, manager.Transcript());
        (await monitor.ExitAsync()).ShouldBe(2, monitor.Transcript());

        manager.Output.ShouldBeEmpty();
        manager.Errors.ShouldHaveSingleItem().ShouldBe(
            $"actormonitor: the data folder {_folder.Data("boss")}/manager is in use by another process; stop it, or give this one its own with --set actor-monitor.data=FOLDER");
        monitor.Errors.ShouldHaveSingleItem().ShouldContain($"{_folder.Data("eu-1")}/monitor is in use by another process");
    }

    [Fact]
    public async Task A_monitor_that_hangs_for_a_while_runs_and_records_no_slot_twice()
    {
        var mark = _manager.Program.Mark();
        var stopped = Stopwatch.GetTimestamp();
        _monitor.Program.Send(Signal.Stop);
        _ = await _manager.Program.LineAsync(@"\[client\] \[False\] \[lost connection to eu-1", LostWithin, mark);
        var left = TimeSpan.FromSeconds(6) - Stopwatch.GetElapsedTime(stopped);
        await Task.Delay(left > TimeSpan.Zero ? left : TimeSpan.Zero, TimeProvider.System);

        mark = _manager.Program.Mark();
        _monitor.Program.Send(Signal.Continue);
        _ = await _manager.Program.LineAsync(@"\[client\] \[True\] \[connected to eu-1 at", BackWithin, mark);
        _ = await _manager.Program.LineAsync(Result, TimeSpan.FromSeconds(5), mark);

        // Every slot has its one record, and the target has been called no more often than the records say.
        // Those that passed while it hung are not made up for.
        var counts = await CountsUntilAsync(counts => counts.Open <= 1 && counts.Lost + counts.Skipped > 0);
        (_target.Connections - counts.Up).ShouldBeInRange(0, 3, counts.ToString());
        var queue = (await PbmCalls.RowsAsync(_monitor.Pbm, "queues", "list")).ShouldHaveSingleItem();
        queue["repeated"]!.GetValue<long>().ShouldBe(0);
    }

    [Fact]
    public async Task A_result_that_is_made_while_the_manager_hangs_arrives_when_it_goes_on()
    {
        await using var slow = new GreetingTarget();
        var jobs = _folder.Write("slow.json", $$"""[{ "name": "slow", "service": "tcp", "host": "127.0.0.1", "port": {{slow.Port}}, "interval": "20s", "timeout": "15s", "expect": { "banner": { "contains": "hello" } } }]""");
        await using var manager = await NodeUnderTest.ManagerAsync(_folder, _folder.ManagerHocon("sleepy", jobs, "", ("eu-1", _monitor.Remoting)));
        await slow.Connected.WaitAsync(ProgramUnderTest.Patience, TimeProvider.System);

        manager.Program.Send(Signal.Stop);
        slow.Greet();
        var clients = await PbmCalls.RowsUntilAsync(_monitor.Pbm, ["clients", "list"], rows => rows.Any(row => IsSleepy(row) && !row["linked"]!.GetValue<bool>()));
        clients.Single(IsSleepy)["outbox"]!.GetValue<long>().ShouldBe(1);

        var mark = manager.Program.Mark();
        manager.Program.Send(Signal.Continue);
        _ = await manager.Program.LineAsync(@"\[client\] \[False\] \[lost connection to eu-1", LostWithin, mark);
        _ = await manager.Program.LineAsync(@"\[client\] \[True\] \[connected to eu-1 at", BackWithin, mark);
        var counts = (await PbmCalls.RowsUntilAsync(manager.Pbm, ["jobs", "list"], rows => rows[0].Counts().Up == 1)).ShouldHaveSingleItem().Counts();
        counts.AddUp.ShouldBeTrue();
        (await PbmCalls.RowsUntilAsync(_monitor.Pbm, ["clients", "list"], rows => rows.Single(IsSleepy)["outbox"]!.GetValue<long>() == 0)).ShouldNotBeEmpty();
        slow.Connections.ShouldBe(1);
    }

    private static bool IsSleepy(JsonObject client) => client["name"]!.GetValue<string>() == "sleepy";

    private async Task<JobCounts> CountsUntilAsync(Func<JobCounts, bool> areWanted)
    {
        var rows = await PbmCalls.RowsUntilAsync(_manager.Pbm, ["jobs", "list"], rows => areWanted(rows[0].Counts()));
        var counts = rows.ShouldHaveSingleItem().Counts();
        counts.AddUp.ShouldBeTrue(string.Create(CultureInfo.InvariantCulture, $"{counts}"));
        return counts;
    }
}
