using Shouldly;
using Xunit;

namespace ActorMonitor.Shell.Tests.Endpoint;

public sealed class ChallengesTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public void A_nonce_serves_once()
    {
        var challenges = new Challenges(_clock);
        var nonce = challenges.Open();

        challenges.Take(nonce).ShouldBeTrue();
        challenges.Take(nonce).ShouldBeFalse();
        challenges.Take("another").ShouldBeFalse();
    }

    [Fact]
    public void A_nonce_serves_for_a_minute()
    {
        var challenges = new Challenges(_clock);
        var (early, late) = (challenges.Open(), challenges.Open());

        _clock.Now = Challenges.Lifetime;
        challenges.Take(early).ShouldBeTrue();
        _clock.Now += TimeSpan.FromTicks(1);
        challenges.Take(late).ShouldBeFalse();
    }

    [Fact]
    public void The_oldest_give_way_to_new_ones()
    {
        var challenges = new Challenges(_clock);
        var oldest = challenges.Open();
        var second = challenges.Open();
        for (var i = 0; i < Challenges.MaxOpen - 1; i++)
            challenges.Open();

        challenges.Take(oldest).ShouldBeFalse();
        challenges.Take(second).ShouldBeTrue();
    }

    private sealed class ManualClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
