using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Jobs;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using Akka.Actor;
using Shouldly;
using Xunit;

namespace ActorMonitor.ManagerNode.Tests.Jobs;

public class JobWorldTests
{
    private static readonly DateTimeOffset Now = new(2030, 6, 15, 12, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, 7, 7)]
    [InlineData(10, 7, 10)]
    [InlineData(10, 10, 10)]
    [InlineData(10, 11, 20)]
    [InlineData(10, 0, 1)]
    [InlineData(0, -500, 1)]
    public void A_job_wakes_on_the_grid_and_never_before_its_instant(int gridMs, int instantMs, int expectedMs)
    {
        var world = new JobWorld(new SlotClock(TimeProvider.System), ActorRefs.Nobody, TimeSpan.Zero) { Grid = new WakeGrid(TimeSpan.FromMilliseconds(gridMs)) };

        world.Wait(Now, Now.AddMilliseconds(instantMs)).ShouldBe(TimeSpan.FromMilliseconds(expectedMs));
    }

    [Theory]
    [InlineData(199, 1, 0)]
    [InlineData(200, 1, 10)]
    [InlineData(1990, 10, 0)]
    [InlineData(2010, 10, 10)]
    public void Only_jobs_of_many_slots_a_second_share_instants(int jobs, int intervalSeconds, int expectedMs)
    {
        var check = new CheckDefinition(
            new JobId("job"), "tcp", "host", 1, TimeSpan.FromSeconds(intervalSeconds), TimeSpan.FromSeconds(1), SettingMap.Empty, SettingMap.Empty);
        var grid = WakeGrid.For([]);

        grid.Change(Enumerable.Repeat(JobDefinition.Of(check, ["m"]), jobs));

        grid.Value.ShouldBe(TimeSpan.FromMilliseconds(expectedMs));
    }
}
