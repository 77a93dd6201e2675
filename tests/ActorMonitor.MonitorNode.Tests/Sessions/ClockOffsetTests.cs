using ActorMonitor.MonitorNode.Sessions;
using Shouldly;
using Xunit;

namespace ActorMonitor.MonitorNode.Tests.Sessions;

public class ClockOffsetTests
{
    private static readonly DateTimeOffset Manager = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);

    [Fact]
    public void A_connect_gives_a_first_idea_with_a_stated_error()
    {
        var clock = new ClockOffset();

        clock.Start(Manager, ownMicroseconds: 5_000_000);

        clock.ManagerTime(6_500_000).ShouldBe(Manager.AddSeconds(1.5));
        clock.Error.ShouldBe(TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void Nothing_is_known_before_a_connect_and_what_was_known_before_a_restart_has_a_larger_error()
    {
        var clock = new ClockOffset();
        clock.IsKnown.ShouldBeFalse();

        clock.Restore(Manager, ownMicroseconds: 5_000_000);

        clock.IsKnown.ShouldBeTrue();
        clock.ManagerTime(6_500_000).ShouldBe(Manager.AddSeconds(1.5));
        clock.OwnMicroseconds(Manager.AddSeconds(1.5)).ShouldBe(6_500_000);
        clock.Error.ShouldBe(TimeSpan.FromSeconds(2));
    }

    [Fact]
    public void The_heartbeat_with_the_least_round_trip_decides_and_half_of_it_is_the_error()
    {
        var clock = new ClockOffset();
        clock.Start(Manager, 1);

        clock.Update(Micro(Manager), echo: 1_000_000, held: 0, ownMicroseconds: 1_080_000).ShouldBeTrue();
        clock.Update(Micro(Manager.AddSeconds(1)), echo: 2_000_000, held: 0, ownMicroseconds: 2_004_000).ShouldBeTrue();
        clock.Update(Micro(Manager.AddSeconds(2)), echo: 3_000_000, held: 0, ownMicroseconds: 3_500_000).ShouldBeTrue();

        clock.Error.ShouldBe(TimeSpan.FromMilliseconds(2));
        clock.ManagerTime(2_004_000).ShouldBe(Manager.AddSeconds(1).AddMilliseconds(2));
    }

    [Fact]
    public void What_the_manager_held_is_no_part_of_the_round_trip()
    {
        var clock = new ClockOffset();

        clock.Update(Micro(Manager), echo: 1_000_000, held: 700_000, ownMicroseconds: 1_710_000).ShouldBeTrue();

        clock.Error.ShouldBe(TimeSpan.FromMilliseconds(5));
    }

    [Fact]
    public void After_eight_newer_samples_an_old_one_no_longer_decides()
    {
        var clock = new ClockOffset();
        _ = clock.Update(Micro(Manager.AddSeconds(1)), echo: 1_000_000, held: 0, ownMicroseconds: 1_000_100);

        for (var second = 2; second < 10; second++)
            _ = clock.Update(Micro(Manager.AddSeconds(second)), echo: second * 1_000_000, held: 0, ownMicroseconds: (second * 1_000_000) + 20_000);

        clock.Error.ShouldBe(TimeSpan.FromMilliseconds(10));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(9_000_000, 0)]
    [InlineData(1_000_000, 5_000_000)]
    public void A_heartbeat_that_cannot_be_true_is_not_used(long echo, long held)
        => new ClockOffset().Update(Micro(Manager), echo, held, ownMicroseconds: 2_000_000).ShouldBeFalse();

    private static long Micro(DateTimeOffset instant) => (instant.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;
}
