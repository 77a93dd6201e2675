using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Sessions;
using ActorMonitor.MonitorNode.Tests.Journal;
using ActorMonitor.Shell;
using Shouldly;
using Xunit.Abstractions;

namespace ActorMonitor.MonitorNode.Tests.Sessions;

/// <summary>A disk that takes nothing for a while.</summary>
public sealed class FullDiskSpec : MonitorSpec
{
    private readonly SmallDisk _disk;

    public FullDiskSpec(ITestOutputHelper output)
        : this(output, new SmallDisk())
    {
    }

    private FullDiskSpec(ITestOutputHelper output, SmallDisk disk)
        : base(output, data: Path.GetDirectoryName(disk.Folder().Path)) => _disk = disk;

    [SmallDiskFact]
    public void The_checks_go_on_and_their_results_are_delivered_and_the_health_says_so_until_there_is_room()
    {
        ToWholeSeconds(1);
        var manager = Connected();
        manager.Grant("job", intervalSeconds: 1);
        Outbox().Status.ShouldBe(HealthStatus.Ok);

        _disk.Fill();
        RunFor(TimeSpan.FromSeconds(3), manager).Count.ShouldBeInRange(2, 3);
        FillUntilItFails(manager);

        Outbox().Status.ShouldBe(HealthStatus.Failed);
        manager.Status().DiskFailure.ShouldNotBeNull();
        var before = manager.Status().Completed;
        RunFor(TimeSpan.FromSeconds(3), manager).Count.ShouldBe(3);
        manager.Status().Completed.ShouldBe(before + 3);

        // What is not on the disk is not acknowledged.
        manager.SendGrant("other", intervalSeconds: 3_600);
        manager.Status().Grants.ShouldBe(2);
        Drain(manager).ShouldNotContain(message => message is Granted);

        _disk.Free();
        Pass(TimeSpan.FromSeconds(2), manager);
        Outbox().Status.ShouldBe(HealthStatus.Ok);
        manager.Status().DiskFailure.ShouldBeNull();
        _ = Drain(manager);
        manager.SendGrant("other", intervalSeconds: 3_600);
        _ = manager.Status();
        Drain(manager).ShouldContain(message => message is Granted);
    }

    protected override void AfterAll()
    {
        base.AfterAll();
        _disk.Dispose();
    }

    // The page that the journal writes into has room for a few more frames.
    private void FillUntilItFails(FakeManager manager)
    {
        for (var i = 0; Outbox().Status == HealthStatus.Ok && i < 1_000; i++)
        {
            manager.Execute($"filler {i}");
            NextRun().Up();
            AwaitAssert(() => Occupancy().InUse.ShouldBe(0));
            Settle();
        }
    }

    private HealthCheck Outbox() => Health.Checks.Single(check => check.Name == OutboxHealth.CheckName);

    private static List<object> Drain(FakeManager manager)
    {
        var messages = new List<object>();
        while (manager.Link.HasMessages)
            messages.Add(manager.Link.ReceiveOne(TimeSpan.Zero)!);
        return messages;
    }
}
