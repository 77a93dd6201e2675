using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Sessions;
using Shouldly;
using Xunit;

namespace ActorMonitor.MonitorNode.Tests.Sessions;

public class OutboxTests
{
    private const long Second = 1_000_000;

    [Fact]
    public void Results_are_numbered_from_one_and_sent_once_in_order()
    {
        var outbox = Filled(3);

        Drain(outbox, 0).ShouldBe([1, 2, 3]);
        Drain(outbox, Second).ShouldBeEmpty();
    }

    [Fact]
    public void What_is_not_acknowledged_is_sent_again_after_thirty_seconds()
    {
        var outbox = Filled(3);
        _ = Drain(outbox, 0);
        outbox.Acknowledged(new SeqRange(2, 2)).ShouldBe(1);

        outbox.Expire(29 * Second);
        Drain(outbox, 29 * Second).ShouldBeEmpty();
        outbox.Expire(30 * Second);

        Drain(outbox, 30 * Second).ShouldBe([1, 3]);
    }

    [Fact]
    public void After_a_reconnect_new_results_go_before_the_backlog()
    {
        var outbox = Filled(2);
        _ = Drain(outbox, 0);

        outbox.Reconnected();
        Add(outbox, 3);

        Drain(outbox, Second).ShouldBe([3, 1, 2]);
    }

    [Fact]
    public void No_more_than_the_window_is_on_the_way()
    {
        var outbox = Filled(Outbox.Window + 10);

        Drain(outbox, 0).Count.ShouldBe(Outbox.Window);
        outbox.Acknowledged(new SeqRange(1, 4)).ShouldBe(4);

        Drain(outbox, 0).Count.ShouldBe(4);
    }

    [Fact]
    public void At_the_bound_the_oldest_is_given_up_and_counted()
    {
        var outbox = new Outbox(bound: 2);
        for (var n = 1; n <= 3; n++)
            Add(outbox, n);

        (outbox.Count, outbox.Dropped, outbox.OldestSeq, outbox.NewestSeq).ShouldBe((2, 1, 2, 3));
        Drain(outbox, 0).ShouldBe([2, 3]);
    }

    [Theory]
    [InlineData(1, long.MaxValue, 5)]
    [InlineData(4, 9, 2)]
    [InlineData(6, long.MaxValue, 0)]
    [InlineData(5, 4, 0)]
    public void A_range_acknowledges_what_it_holds_whatever_its_ends(long first, long last, int acknowledged)
        => Filled(5).Acknowledged(new SeqRange(first, last)).ShouldBe(acknowledged);

    [Fact]
    public void An_empty_outbox_has_no_oldest_result()
    {
        var outbox = Filled(2);

        _ = outbox.Acknowledged(new SeqRange(1, 2));

        (outbox.OldestSeq, outbox.NewestSeq).ShouldBe((0, 2));
    }

    private static Outbox Filled(int count)
    {
        var outbox = new Outbox(bound: 10_000);
        for (var n = 1; n <= count; n++)
            Add(outbox, n);
        return outbox;
    }

    private static void Add(Outbox outbox, int n)
        => outbox.Add(new Epoch(1), 1, new CheckResult(
            new JobId("job"), new Slot(n), Outcome.Up, Cause.None, DateTimeOffset.UnixEpoch, TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, null, ""));

    private static List<long> Drain(Outbox outbox, long now)
    {
        var sent = new List<long>();
        while (outbox.TryNext(now, out var entry))
            sent.Add(entry.Seq);
        return sent;
    }
}
