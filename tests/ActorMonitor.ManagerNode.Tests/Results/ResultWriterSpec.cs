using ActorMonitor.ManagerNode.Jobs;
using ActorMonitor.ManagerNode.Links;
using ActorMonitor.ManagerNode.Results;
using ActorMonitor.Messages;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.ManagerNode.Tests.Results;

public class ResultWriterSpec : TestKit
{
    private static readonly OutboxId Outbox = OutboxId.New();
    private readonly TestProbe _jobs;
    private readonly TestProbe _link;
    private readonly IActorRef _writer;

    public ResultWriterSpec(ITestOutputHelper output)
        : base(VirtualTime.Config, output: output)
    {
        _jobs = CreateTestProbe();
        _link = CreateTestProbe();
        _writer = Sys.ActorOf(ResultWriter.Props(_jobs.Ref));
    }

    [Fact]
    public void Each_result_goes_to_the_jobs_at_once_and_the_acknowledgements_go_in_one_batch()
    {
        foreach (var seq in new long[] { 4, 1, 2, 9, 3 })
            Arrive(_link, seq);

        _jobs.ReceiveN(5).Cast<SlotResult>().Select(result => result.Result.Slot.DueUnixMilliseconds).ShouldBe([4, 1, 2, 9, 3]);
        _link.HasMessages.ShouldBeFalse();
        Advance();

        var kept = _link.ExpectMsg<Kept>();
        kept.Outbox.ShouldBe(Outbox);
        kept.Ranges.ShouldBe([new SeqRange(1, 4), new SeqRange(9, 9)]);
    }

    [Fact]
    public void A_result_that_comes_again_is_acknowledged_again()
    {
        Arrive(_link, 7);
        Settle(1);
        Advance();
        _link.ExpectMsg<Kept>().Ranges.ShouldBe([new SeqRange(7, 7)]);

        Arrive(_link, 7);
        Settle(1);
        Advance();

        _link.ExpectMsg<Kept>().Ranges.ShouldBe([new SeqRange(7, 7)]);
    }

    [Fact]
    public void Each_link_and_each_outbox_has_its_own_acknowledgement()
    {
        var other = CreateTestProbe();
        var otherOutbox = OutboxId.New();
        Arrive(_link, 1);
        Arrive(_link, 1, otherOutbox);
        Arrive(other, 2);
        Settle(3);

        Advance();

        new[] { _link.ExpectMsg<Kept>(), _link.ExpectMsg<Kept>() }.Select(kept => kept.Outbox).ShouldBe([Outbox, otherOutbox], ignoreOrder: true);
        other.ExpectMsg<Kept>().Ranges.ShouldBe([new SeqRange(2, 2)]);
    }

    [Fact]
    public void No_acknowledgement_has_more_ranges_than_the_wire_allows()
    {
        const int Results = (2 * Acknowledge.MaxRanges) + 10;
        for (var i = 0; i < Results; i++)
            Arrive(_link, 1 + (2 * i));
        Settle(Results);

        Advance();

        var batches = _link.ReceiveN(3).Cast<Kept>().ToList();
        batches.Select(kept => kept.Ranges.Length).ShouldBe([Acknowledge.MaxRanges, Acknowledge.MaxRanges, 10]);
        batches.SelectMany(kept => kept.Ranges).Select(range => range.First).ShouldBe(Enumerable.Range(0, Results).Select(i => 1L + (2 * i)));
    }

    private void Arrive(TestProbe link, long seq, OutboxId? outbox = null)
        => link.Send(_writer, new ResultArrived("eu", outbox ?? Outbox, seq, Sample.Result("job", new Slot(seq))));

    // What the jobs have been told, the writer has taken; and it had armed its timer when it answers.
    private void Settle(int results)
    {
        _jobs.ReceiveN(results);
        _writer.Tell(new Identify("settled"));
        ExpectMsg<ActorIdentity>();
    }

    private void Advance()
    {
        _writer.Tell(new Identify("settled"));
        ExpectMsg<ActorIdentity>();
        ((TestScheduler)Sys.Scheduler).Advance(TimeSpan.FromMilliseconds(50));
    }
}
