using ActorMonitor.EndToEnd.Crash.Harness;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.EndToEnd.Crash;

/// <summary>Wall clocks that are set by an hour while nodes run, and between two runs.</summary>
public sealed class ClockE2E(ITestOutputHelper output)
{
    private const int Jobs = 20;
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);
    private static readonly TimeSpan Within = TimeSpan.FromSeconds(20);

    [Fact]
    public async Task Clocks_that_are_set_by_an_hour_leave_one_record_for_every_slot()
    {
        await using var nodes = new NodesInProcess(Jobs);
        await nodes.Target.MoreAsync(Jobs * 3, Within);

        // Forward: the slots passed become a range. Back: the slot clock goes on, a little slower.
        nodes.ManagerTime.StepWall(Hour);
        await nodes.Target.MoreAsync(Jobs * 3, Within);
        nodes.ManagerTime.StepWall(-Hour);
        await nodes.Target.MoreAsync(Jobs * 3, Within);

        // A monitor knows the manager's clock by its own monotonic one.
        nodes.MonitorTime.StepWall(Hour);
        await nodes.Target.MoreAsync(Jobs * 3, Within);
        nodes.MonitorTime.StepWall(-Hour);
        await nodes.Target.MoreAsync(Jobs * 3, Within);

        // What is recorded lies an hour ahead of the wall clock now.
        await nodes.RestartManagerAsync();
        await nodes.Target.MoreAsync(Jobs * 3, Within);
        _ = await nodes.DeliveredAsync(Within);

        var books = await LedgerCheck.RunAsync(nodes.Books);
        output.WriteLine(books.ToString());
        output.WriteLine(string.Join('\n', nodes.ManagerHealth.Checks.Concat(nodes.MonitorHealth.Checks)));
        books.Findings.ShouldBeEmpty(books.ToString());
        nodes.Stopped.ShouldBeNull();
        books.Lost.ShouldBe(0);
        // Of an hour, for each job, at one a second.
        books.SkippedByClock.ShouldBeInRange(Jobs * 3590, Jobs * 3600);
    }
}
