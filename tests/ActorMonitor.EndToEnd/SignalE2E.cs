using ActorMonitor.EndToEnd.Processes;
using Shouldly;
using Xunit;

namespace ActorMonitor.EndToEnd;

/// <summary>Ctrl-C and SIGTERM end every kind of process in order.</summary>
public sealed class SignalE2E : IAsyncLifetime
{
    private static readonly TimeSpan EndsWithin = TimeSpan.FromSeconds(5);

    private readonly TestFolder _folder = new();
    private readonly CountingTarget _target = new();

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync()
    {
        await _target.DisposeAsync();
        _folder.Dispose();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(15)]
    public async Task Up_ends_in_order(int signal)
    {
        await using var up = ProgramUnderTest.Node(_folder, ["up", .. NodeUnderTest.FreePorts]);
        _ = await up.LineAsync(@"\[True\] \[udp: ");

        up.Send((Signal)signal);

        (await up.ExitAsync(EndsWithin)).ShouldBe(0, up.Transcript());
        up.ErrorsOfItsOwn.ShouldBeEmpty();
    }

    [Theory]
    [InlineData(2)]
    [InlineData(15)]
    public async Task A_manager_and_its_monitor_end_in_order(int signal)
    {
        await using var monitor = await NodeUnderTest.MonitorAsync(_folder, "eu-1");
        await using var manager = await NodeUnderTest.ManagerAsync(_folder, _folder.ManagerHocon("boss", _folder.TcpJobs(_target.Port), "", ("eu-1", monitor.Remoting)));
        _ = await manager.Program.LineAsync(@"\[tcp\] \[True\]");

        monitor.Program.Send((Signal)signal);
        (await monitor.Program.ExitAsync(EndsWithin)).ShouldBe(0, monitor.Program.Transcript());
        manager.Program.Send((Signal)signal);
        (await manager.Program.ExitAsync(EndsWithin)).ShouldBe(0, manager.Program.Transcript());

        monitor.Program.ErrorsOfItsOwn.ShouldBeEmpty();
        manager.Program.ErrorsOfItsOwn.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_stop_while_the_nodes_start_is_in_order_too()
    {
        // The signal comes at any moment of the start: as soon as the data folder is taken, signals are the program's own.
        await using var up = ProgramUnderTest.Node(_folder, ["up", .. NodeUnderTest.FreePorts]);
        var taken = Path.Combine(_folder.Data("data"), "monitor", "lock");
        while (!File.Exists(taken))
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System);

        up.Send(Signal.Terminate);

        (await up.ExitAsync(EndsWithin)).ShouldBe(0, up.Transcript());
        up.ErrorsOfItsOwn.ShouldBeEmpty();
    }
}
