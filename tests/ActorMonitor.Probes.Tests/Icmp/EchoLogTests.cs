using System.Net;
using System.Net.Sockets;
using ActorMonitor.Probes.Icmp;
using Shouldly;
using Xunit;

namespace ActorMonitor.Probes.Tests.Icmp;

public class EchoLogTests
{
    private static readonly EchoError Error = new(3, 1, IPAddress.Loopback, 0);

    [Theory]
    [InlineData("0 1 2 3", 0)]
    [InlineData("0 2 1 3", 1)]
    [InlineData("3 0 1 2", 3)]
    [InlineData("1 0 3 2", 2)]
    [InlineData("0 3", 0)]
    public void A_reply_that_a_later_echo_s_overtook_is_reordered(string order, int reordered)
    {
        var log = Sent(4);

        foreach (var ordinal in order.Split(' ').Select(int.Parse))
            log.Replied(ordinal, TimeSpan.FromMilliseconds(1), 64);

        log.Reordered.ShouldBe(reordered);
    }

    [Fact]
    public void A_second_reply_is_a_duplicate_and_changes_nothing_else()
    {
        var log = Sent(2);

        log.Replied(0, TimeSpan.FromMilliseconds(1), 64);
        log.Replied(1, TimeSpan.FromMilliseconds(2), 64);
        log.Replied(0, TimeSpan.FromMilliseconds(9), 9);

        (log.Answered, log.Duplicates, log.Reordered, log.IsSettled).ShouldBe((2, 1, 0, true));
        (log.Echoes[0].RoundTrip, log.Echoes[0].Ttl).ShouldBe((TimeSpan.FromMilliseconds(1), (byte)64));
    }

    [Fact]
    public void A_reply_after_its_time_is_late_and_lost()
    {
        var log = Sent(1);

        log.Expired(0);
        log.Replied(0, TimeSpan.FromMilliseconds(1), 64);

        (log.Answered, log.Late, log.IsSettled).ShouldBe((0, 1, true));
    }

    [Fact]
    public void An_answer_to_an_echo_that_has_not_left_is_none()
    {
        var log = new EchoLog(1);

        log.Replied(0, TimeSpan.FromMilliseconds(1), 64);
        log.Refused(0, Error).ShouldBeFalse();
        log.Expired(0);

        (log.Answered, log.Ignored, log.IsSettled, log.Error).ShouldBe((0, 2, false, null));
    }

    [Fact]
    public void An_error_settles_an_echo_once_and_a_reply_before_it_counts()
    {
        var log = Sent(2);

        log.Refused(0, Error).ShouldBeTrue();
        log.Refused(0, Error).ShouldBeFalse();
        log.Replied(0, TimeSpan.FromMilliseconds(1), 64);
        log.Replied(1, TimeSpan.FromMilliseconds(1), 64);
        log.Refused(1, Error with { Code = 9 }).ShouldBeFalse();

        (log.Answered, log.Ignored, log.IsSettled, log.Error).ShouldBe((1, 3, true, Error));
    }

    [Fact]
    public void What_could_not_be_sent_is_settled_and_an_answered_echo_stays_so()
    {
        var log = Sent(1);
        log.Replied(0, TimeSpan.FromMilliseconds(1), 64);

        log.NotSent(0, new SocketException((int)SocketError.NetworkUnreachable));

        (log.SendFailure, log.Echoes[0].Status).ShouldBe((null, EchoStatus.Answered));
    }

    [Fact]
    public void The_greatest_slip_is_kept()
    {
        var log = new EchoLog(3);

        log.Sent(0, 1, TimeSpan.FromMilliseconds(1));
        log.Sent(1, 2, TimeSpan.FromMilliseconds(5));
        log.Sent(2, 3, TimeSpan.FromMilliseconds(2));

        log.Slip.ShouldBe(TimeSpan.FromMilliseconds(5));
    }

    private static EchoLog Sent(int count)
    {
        var log = new EchoLog(count);
        for (var i = 0; i < count; i++)
            log.Sent(i, 1, TimeSpan.Zero);
        return log;
    }
}
