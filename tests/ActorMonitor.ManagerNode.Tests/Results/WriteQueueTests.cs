using System.Collections.Immutable;
using ActorMonitor.ManagerNode.Links;
using ActorMonitor.ManagerNode.Results;
using ActorMonitor.Messages;
using ActorMonitor.Storage;
using Akka.Actor;
using Shouldly;
using Xunit;

namespace ActorMonitor.ManagerNode.Tests.Results;

public class WriteQueueTests
{
    private static readonly LaneKey Lane = new(new JobId("job"), "eu");
    private static readonly OutboxId Outbox = OutboxId.New();
    private static readonly DateTimeOffset Start = new(2026, 11, 22, 10, 0, 0, TimeSpan.Zero);
    private readonly WriteQueue _queue = new(mostDecisions: 3);

    [Fact]
    public void Writes_leave_in_their_order_and_the_same_batch_again_until_it_is_stored()
    {
        Arrive(1);
        _queue.Add(Lost(2));
        Arrive(3);
        var batch = _queue.Batch();
        Arrive(4);

        _queue.Batch().ShouldBe(batch);
        batch.Select(SlotOf).ShouldBe([1, 2, 3]);
        _queue.Count.ShouldBe(4);

        _ = _queue.Stored(Inserted(3));
        _queue.Batch().Select(SlotOf).ShouldBe([4]);
    }

    [Fact]
    public void A_batch_is_bounded()
    {
        for (var n = 1; n <= WriteQueue.MostInBatch + 1; n++)
            Arrive(n);

        _queue.Batch().Length.ShouldBe(WriteQueue.MostInBatch);
    }

    [Fact]
    public void What_waits_already_is_not_taken_again_and_is_acknowledged_once()
    {
        Arrive(1);
        Arrive(1);
        _queue.Batch().Length.ShouldBe(1);
        Arrive(1);
        _queue.Count.ShouldBe(1);
        _queue.TakeAcknowledgements().ShouldBeEmpty();

        _ = _queue.Stored(Inserted(1));

        _queue.TakeAcknowledgements().ShouldHaveSingleItem().Kept.Ranges.ShouldBe([new SeqRange(1, 1)]);
        _queue.TakeAcknowledgements().ShouldBeEmpty();
    }

    [Fact]
    public void No_acknowledgement_has_more_ranges_than_the_wire_allows()
    {
        const int results = (2 * Acknowledge.MaxRanges) + 10;
        for (var n = 0; n < results; n++)
            Arrive(1 + (2 * n));
        _ = _queue.Stored(Inserted(_queue.Batch().Length));

        var kept = _queue.TakeAcknowledgements();

        kept.Select(kept => kept.Kept.Ranges.Length).ShouldBe([Acknowledge.MaxRanges, Acknowledge.MaxRanges, 10]);
        kept.SelectMany(kept => kept.Kept.Ranges).Select(range => range.First).ShouldBe(Enumerable.Range(0, results).Select(n => 1L + (2 * n)));
    }

    [Fact]
    public void A_monitor_that_sends_more_than_it_may_is_not_listened_to_until_there_is_room()
    {
        TryArrive(1, bytes: 600).ShouldBeTrue();
        TryArrive(2, bytes: 600).ShouldBeFalse();
        _ = _queue.Batch();
        _ = _queue.Stored(Inserted(1));

        TryArrive(2, bytes: 600).ShouldBeTrue();
    }

    [Fact]
    public void Decisions_beyond_the_bound_are_given_up_and_their_lane_gets_one_range_after_all_that_waits()
    {
        foreach (var n in new[] { 10, 11, 12 })
            _queue.Add(Lost(n)).ShouldBeEmpty();
        Arrive(5);
        _queue.Add(Lost(13)).Select(write => SlotOf(write.Write)).ShouldBe([10, 11, 12, 13]);
        _queue.Add(Lost(14)).ShouldHaveSingleItem().Effect.ShouldBeNull();

        _queue.Batch().Select(SlotOf).ShouldBe([5]);
        _ = _queue.Stored(Inserted(1));

        var range = _queue.Batch().ShouldHaveSingleItem().ShouldBeOfType<KeepRange>();
        (range.From, range.To, range.Outcome).ShouldBe((At(10).Due, At(14).Due.AddMilliseconds(1), Outcome.NotRunning));
        _queue.Add(Lost(15)).ShouldBeEmpty();
    }

    [Fact]
    public void Ranges_of_what_was_given_up_need_nothing_else_to_wait()
    {
        for (var n = 1; n <= 4; n++)
            _queue.Add(Lost(n));

        _queue.Count.ShouldBe(1);
        _queue.Batch().ShouldHaveSingleItem().ShouldBeOfType<KeepRange>();
    }

    [Fact]
    public void No_beat_says_that_what_was_given_up_is_stored()
    {
        _queue.Add(new Beat(Start));
        _queue.Add(new Beat(Start.AddSeconds(1)));
        _queue.Count.ShouldBe(1);
        for (var n = 1; n <= 4; n++)
            _queue.Add(Lost(n));
        _queue.Add(new Beat(Start.AddSeconds(2)));

        _queue.Batch().ShouldHaveSingleItem().ShouldBeOfType<KeepRange>();
        _queue.Add(new Beat(Start.AddSeconds(3)));
        _ = _queue.Stored([new WriteEffect(EffectKind.Inserted, Count: 4)]);
        _queue.Batch().ShouldBe([new Beat(Start.AddSeconds(3))]);
    }

    [Fact]
    public void A_store_that_was_begun_anew_is_not_told_of_grants_to_lanes_that_it_does_not_know()
    {
        var other = new LaneKey(new JobId("other"), "eu");
        _queue.Add(new SetGrant(other, null));
        _ = _queue.Batch();
        _queue.Add(new SetGrant(other, null));
        _queue.Add(new SetGrant(Lane, null));

        _queue.Begun(lane => lane == Lane);

        _queue.Batch().ShouldBe([new SetGrant(Lane, null)]);
    }

    private void Arrive(long seq) => TryArrive(seq, bytes: 0).ShouldBeTrue();

    private bool TryArrive(long seq, long bytes)
    {
        var result = Sample.Result("job", At((int)seq));
        return _queue.TryAdd(new ResultArrived("eu", Outbox, seq, 1, result), new KeepResult(Lane, result, 1), bytes, mostBytes: 1_000, ActorRefs.Nobody);
    }

    private static KeepRecord Lost(int n) => new(Lane, At(n), Outcome.Lost, Cause.NoResult, IsProvisional: true, "");

    private static Slot At(int n) => new(Start.AddSeconds(n).ToUnixTimeMilliseconds());

    private static int SlotOf(StoreWrite write)
    {
        var slot = write switch
        {
            KeepResult result => result.Result.Slot,
            KeepRecord record => record.Slot,
            _ => throw new NotSupportedException(),
        };
        return (int)(slot.Due - Start).TotalSeconds;
    }

    private static ImmutableArray<WriteEffect> Inserted(int count) => [.. Enumerable.Repeat(new WriteEffect(EffectKind.Inserted), count)];
}
