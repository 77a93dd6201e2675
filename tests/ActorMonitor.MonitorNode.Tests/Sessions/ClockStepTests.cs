using ActorMonitor.MonitorNode.Sessions;
using Shouldly;
using Xunit;

namespace ActorMonitor.MonitorNode.Tests.Sessions;

public class ClockStepTests
{
    private const long Second = 1_000_000;
    private static readonly DateTimeOffset Manager = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(3600)]
    [InlineData(0.1)]
    [InlineData(-0.1)]
    public void After_the_manager_s_clock_moved_the_next_heartbeat_decides_however_slow_it_was(double movedSeconds)
    {
        var clock = new ClockOffset();
        clock.Start(Manager, 1);
        _ = clock.Update(Micro(Manager.AddSeconds(1)) + 100, echo: Second, held: 0, ownMicroseconds: Second + 200);
        var moved = Manager.AddSeconds(movedSeconds);

        _ = clock.Update(Micro(moved.AddSeconds(2)) + 500, echo: 2 * Second, held: 0, ownMicroseconds: (2 * Second) + 1000);

        clock.ManagerTime(3 * Second).ShouldBe(moved.AddSeconds(3));
        clock.Error.ShouldBe(TimeSpan.FromMicroseconds(500));
    }

    private static long Micro(DateTimeOffset instant) => (instant.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;
}
