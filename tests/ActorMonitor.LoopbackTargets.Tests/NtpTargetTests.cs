using Shouldly;
using Xunit;

namespace ActorMonitor.LoopbackTargets.Tests;

public sealed class NtpTargetTests
{
    [Fact]
    public void The_time_is_answered_byte_for_byte()
    {
        // 2026-11-22 12:00:00.5 UTC is 4,004,337,600.5 s since 1900.
        var target = new NtpTarget(new StoppedClock(new DateTimeOffset(2026, 11, 22, 12, 0, 0, 500, TimeSpan.Zero)));

        var answer = target.Respond(Query(mode: 3, version: 4))!;

        Convert.ToHexString(answer).ShouldBe(
            "240106EC" + "00000000" + "00000001" + "4C4F434C"
            + "EEAD57C080000000" + "1122334455667788" + "EEAD57C080000000" + "EEAD57C080000000");
    }

    [Fact]
    public void The_seconds_begin_anew_in_2036()
    {
        var target = new NtpTarget(new StoppedClock(new DateTimeOffset(2036, 2, 7, 6, 28, 17, TimeSpan.Zero)));

        Convert.ToHexString(target.Respond(Query(mode: 3, version: 4))!.AsSpan(40)).ShouldBe("0000000100000000");
    }

    [Theory]
    [InlineData(1, 4, 48)]
    [InlineData(4, 4, 48)]
    [InlineData(3, 2, 48)]
    [InlineData(3, 4, 47)]
    [InlineData(3, 4, 0)]
    public void Only_a_client_s_query_is_answered(int mode, int version, int length)
        => new NtpTarget(TimeProvider.System).Respond(Query(mode, version).AsSpan(0, length)).ShouldBeNull();

    private static byte[] Query(int mode, int version)
    {
        var query = new byte[48];
        query[0] = (byte)((version << 3) | mode);
        query[2] = 6;
        for (var i = 0; i < 8; i++)
            query[40 + i] = (byte)(0x11 * (i + 1));
        return query;
    }

    private sealed class StoppedClock(DateTimeOffset now) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => now;
    }
}
