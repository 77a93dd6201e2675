using System.Threading.Channels;
using ActorMonitor.ManagerNode.Feed;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using ActorMonitor.Tests;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.ManagerNode.Tests.Feed;

public class FeedSpec : TestKit
{
    private static readonly RowFilter Everything = new(null, Failed: false, null, null);

    private readonly SlotMeter _due = new();
    private readonly IActorRef _feed;
    private long _slot = 1_795_342_500_000;

    public FeedSpec(ITestOutputHelper output)
        : base(VirtualTime.Config, output: output)
    {
        _feed = Sys.ActorOf(FeedActor.Props(_due, TestSchedulerTime.Of(Sys)), "feed");
        Settle();
    }

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void A_tail_gets_what_matches_in_order_the_newest_there_were_first()
    {
        Publish("shop", Outcome.Up);
        Publish("mail", Outcome.Down);
        Publish("shop", Outcome.Down);
        Publish("shop", Outcome.Up);
        var items = Open(new RowFilter(new NamePattern("shop"), Failed: false, null, null), last: 2);

        Publish("mail", Outcome.Down);
        Publish("shop", Outcome.Unknown);

        Settle();
        Outcomes(items).ShouldBe([Outcome.Down, Outcome.Up, Outcome.Unknown]);
    }

    [Theory]
    [InlineData(true, null, null, "2 3 4")]
    [InlineData(false, "dns", null, "3")]
    [InlineData(false, null, "us", "4")]
    [InlineData(true, "tcp", "eu", "2")]
    public void A_tail_is_filtered_by_what_was_asked_for(bool failed, string? service, string? monitor, string expected)
    {
        var items = Open(new RowFilter(null, failed, service, monitor));
        Publish("1", Outcome.Up);
        Publish("2", Outcome.Down);
        Publish("3", Outcome.Degraded, service: "dns");
        Publish("4", Outcome.Lost, monitor: "us");

        Settle();
        string.Join(' ', Drain(items).Select(item => item.Row!.Value.Job.Name)).ShouldBe(expected);
    }

    [Fact]
    public void A_reader_that_does_not_keep_up_is_told_how_many_it_missed_and_nobody_else_misses_any()
    {
        var slow = Open(Everything, room: 3);
        var quick = Open(Everything, room: 100);

        for (var i = 0; i < 10; i++)
            Publish("shop", Outcome.Up);
        Settle();
        Drain(slow).Select(item => item.LeftOut).ShouldBe([0, 0, 0]);
        Publish("shop", Outcome.Down);

        Settle();
        Drain(slow).ShouldHaveSingleItem().LeftOut.ShouldBe(7);
        Drain(quick).Count.ShouldBe(11);
    }

    [Fact]
    public void It_is_told_so_too_when_no_record_follows()
    {
        var slow = Open(Everything, room: 2);
        for (var i = 0; i < 5; i++)
            Publish("shop", Outcome.Up);
        Settle();
        Scheduler.Advance(TimeSpan.FromSeconds(1));
        Settle();
        Drain(slow).Count.ShouldBe(2);

        Scheduler.Advance(TimeSpan.FromSeconds(1));

        Settle();
        Drain(slow).ShouldBe([new TailItem(null, 3)]);
        Scheduler.Advance(TimeSpan.FromSeconds(5));
        Settle();
        Drain(slow).ShouldBeEmpty();
    }

    [Fact]
    public void A_tail_that_is_closed_is_gone_and_the_feed_s_end_ends_the_others()
    {
        var first = Open(Everything);
        var second = Open(Everything);
        Tails().ShouldBe(2);

        _feed.Tell(new CloseTail(1), TestActor);
        Publish("shop", Outcome.Up);
        Settle();

        Tails().ShouldBe(1);
        first.Completion.IsCompleted.ShouldBeTrue();
        Drain(second).Count.ShouldBe(1);
        Watch(_feed);
        Sys.Stop(_feed);
        ExpectTerminated(_feed);
        second.Completion.IsCompleted.ShouldBeTrue();
        Sys.EventStream.Unsubscribe(_feed).ShouldBeFalse();
    }

    [Fact]
    public void There_is_an_end_to_how_many_look()
    {
        for (var i = 0; i < FeedActor.MostTails; i++)
            Open(Everything);

        _feed.Tell(new OpenTail(Everything, 0, Channel.CreateBounded<TailItem>(1).Writer), TestActor);

        ExpectMsg<TailRefused>().Reason.ShouldContain("32 others look at the results already");
        Tails().ShouldBe(FeedActor.MostTails);
    }

    [Fact]
    public void No_more_rows_are_kept_than_may_be()
    {
        for (var i = 0; i < FeedActor.RowsKept + 5; i++)
            Publish($"{i}", Outcome.Up);

        var items = Drain(Open(Everything, last: 5_000, room: 5_000));

        items.Count.ShouldBe(FeedActor.RowsKept);
        items[0].Row!.Value.Job.Name.ShouldBe("5");
    }

    [Fact]
    public void Jobs_that_fail_are_known_until_they_are_up_again()
    {
        Publish("mail", Outcome.Down, cause: Cause.Refused);
        var since = Publish("shop", Outcome.Unknown, cause: Cause.ResolveFailed);
        Publish("shop", Outcome.Down, cause: Cause.Timeout);
        Publish("shop", Outcome.Skipped, cause: Cause.Overrun);
        Publish("web", Outcome.Down);
        Publish("web", Outcome.Up);
        Publish("mail", Outcome.Up, isNewest: false);
        Publish("mail", Outcome.Up);
        Publish("dns", Outcome.Down, isNewest: false);

        var failing = GetPulse().Failing.ShouldHaveSingleItem();

        (failing.Lane.Job.Name, failing.Since, failing.Outcome, failing.Cause).ShouldBe(("shop", since, Outcome.Down, Cause.Timeout));
    }

    [Fact]
    public void Slots_that_came_due_are_counted_by_whoever_meters_them()
    {
        _due.Add();
        _due.Add();

        GetPulse().Due.ShouldBe(2);
    }

    private ChannelReader<TailItem> Open(RowFilter filter, int last = 0, int room = 100)
    {
        var items = Channel.CreateBounded<TailItem>(room);
        _feed.Tell(new OpenTail(filter, last, items.Writer), TestActor);
        ExpectMsg<TailOpened>();
        return items.Reader;
    }

    private Slot Publish(string job, Outcome outcome, string service = "tcp", string monitor = "eu", Cause cause = Cause.None, bool isNewest = true)
    {
        var slot = new Slot(_slot += 1_000);
        Sys.EventStream.Publish(new SlotRecord(new JobId(job), monitor, slot, outcome, cause, "7 ms", Sample.Result(job, slot, outcome, cause), IsLate: false)
        {
            Service = service,
            IsNewest = isNewest,
        });
        return slot;
    }

    private void Settle() => _ = GetPulse();

    private int Tails() => GetPulse().Tails;

    private Pulse GetPulse()
    {
        _feed.Tell(ManagerNode.Feed.GetPulse.Instance, TestActor);
        return ExpectMsg<Pulse>();
    }

    private static List<Outcome> Outcomes(ChannelReader<TailItem> items) => [.. Drain(items).Select(item => item.Row!.Value.Outcome)];

    private static List<TailItem> Drain(ChannelReader<TailItem> items)
    {
        var drained = new List<TailItem>();
        while (items.TryRead(out var item))
            drained.Add(item);
        return drained;
    }
}
