using ActorMonitor.EndToEnd.Processes;
using Shouldly;
using Xunit;

namespace ActorMonitor.EndToEnd;

/// <summary>One monitor for several managers, and for those alone that know its token.</summary>
public sealed class SeveralManagersE2E : IAsyncLifetime
{
    private readonly TestFolder _folder = new();
    private readonly CountingTarget _target = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _target.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task Two_managers_share_a_monitor_and_each_has_its_queue()
    {
        await using var monitor = await NodeUnderTest.MonitorAsync(_folder, "eu-1");
        var jobs = _folder.TcpJobs(_target.Port);
        await using var first = await NodeUnderTest.ManagerAsync(_folder, _folder.ManagerHocon("first", jobs, "", ("eu-1", monitor.Remoting)));
        await using var second = await NodeUnderTest.ManagerAsync(_folder, _folder.ManagerHocon("second", jobs, "", ("eu-1", monitor.Remoting)));

        _ = await first.Program.LineAsync(@"\[tcp\] \[True\]");
        _ = await second.Program.LineAsync(@"\[tcp\] \[True\]");

        (await PbmCalls.RowsAsync(monitor.Pbm, "queues", "list")).Select(queue => queue["client"]!.GetValue<string>()).ShouldBe(["first", "second"]);
        var clients = await PbmCalls.RowsAsync(monitor.Pbm, "clients", "list");
        clients.ShouldAllBe(client => client["linked"]!.GetValue<bool>());
        clients.Select(client => client["address"]!.GetValue<string>()).ShouldBe([$"akka.tcp://manager@{first.Remoting}", $"akka.tcp://manager@{second.Remoting}"]);
    }

    [Fact]
    public async Task A_wrong_token_is_refused_and_the_right_one_works()
    {
        await using var monitor = await NodeUnderTest.MonitorAsync(_folder, "eu-1", null, "--set", "actor-monitor.monitor.token=the-right-token");
        var jobs = _folder.TcpJobs(_target.Port);
        await using var wrong = await NodeUnderTest.ManagerAsync(_folder, _folder.ManagerHocon("wrong", jobs, "the-wrong-token", ("eu-1", monitor.Remoting)));
        await using var right = await NodeUnderTest.ManagerAsync(_folder, _folder.ManagerHocon("right", jobs, "the-right-token", ("eu-1", monitor.Remoting)));

        _ = await wrong.Program.LineAsync(@"\[client\] \[False\] \[cannot connect to eu-1 at [0-9.:]+: refused: the token is missing or wrong; trying on\]$");
        _ = await monitor.Program.LineAsync(@"\[client\] \[False\] \[refused akka\.tcp://manager@[0-9.:]+: the token is missing or wrong\]$");
        _ = await right.Program.LineAsync(@"\[tcp\] \[True\]");

        (await PbmCalls.RowsAsync(monitor.Pbm, "clients", "list")).ShouldHaveSingleItem()["name"]!.GetValue<string>().ShouldBe("right");
        wrong.Program.Output.ShouldNotContain(line => line.Contains("[tcp] [True]", StringComparison.Ordinal));
        foreach (var output in new[] { monitor, wrong, right }.Select(node => node.Program.Transcript()))
            output.ShouldNotContain("-token");
    }
}
