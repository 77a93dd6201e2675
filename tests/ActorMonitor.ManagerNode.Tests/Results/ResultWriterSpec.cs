using ActorMonitor.ManagerNode.Jobs;
using ActorMonitor.ManagerNode.Links;
using ActorMonitor.ManagerNode.Results;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.ManagerNode.Start;
using ActorMonitor.ManagerNode.Tests.Stores;
using ActorMonitor.Messages;
using ActorMonitor.Shell;
using ActorMonitor.Storage;
using ActorMonitor.Tests;
using Akka;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.ManagerNode.Tests.Results;

public class ResultWriterSpec : TestKit
{
    private static readonly OutboxId Outbox = OutboxId.New();
    private static readonly LaneKey Lane = new(new JobId("job"), "eu");
    private readonly MemoryDisk _disk = new();
    private readonly NodeHealth _health;
    private readonly SlotClock _clock;
    private readonly TestProbe _jobs;
    private readonly TestProbe _link;
    private readonly SlotSchedule _schedule;
    private readonly DateTimeOffset _begun;

    public ResultWriterSpec(ITestOutputHelper output)
        : base(VirtualTime.Config, output: output)
    {
        var time = TestSchedulerTime.Of(Sys);
        _health = new NodeHealth(time);
        _clock = new SlotClock(time);
        _jobs = CreateTestProbe();
        _link = CreateTestProbe();
        _begun = _clock.Now;
        _schedule = SlotSchedule.Of(Lane.Job, Lane.Monitor, TimeSpan.FromSeconds(10));
    }

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    [Fact]
    public async Task What_is_on_disk_is_acknowledged_in_one_batch_and_the_jobs_are_told_the_effects_first()
    {
        var writer = await StartAsync();
        foreach (var seq in new long[] { 4, 1, 2, 9, 3 })
            Arrive(writer, seq, SlotAt((int)seq));

        Commit(writer);

        _jobs.ExpectMsg<Settled>().Writes.Select(write => (((KeepResult)write.Write).Result.Slot, write.Effect!.Value.Kind)).ShouldBe(
            new[] { 4, 1, 2, 9, 3 }.Select(n => (SlotAt(n), EffectKind.Inserted)));
        var kept = _link.ExpectMsg<Kept>();
        kept.Outbox.ShouldBe(Outbox);
        kept.Ranges.ShouldBe([new SeqRange(1, 4), new SeqRange(9, 9)]);
    }

    [Fact]
    public async Task Nothing_is_acknowledged_or_told_before_the_commit()
    {
        var writer = await StartAsync();
        _disk.Held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Arrive(writer, 1, SlotAt(1));
        Commit(writer);

        // What comes meanwhile waits for the next transaction.
        Arrive(writer, 2, SlotAt(2));
        Commit(writer);
        (_link.HasMessages, _jobs.HasMessages).ShouldBe((false, false));

        _disk.Held.SetResult();
        _link.ExpectMsg<Kept>().Ranges.ShouldBe([new SeqRange(1, 1)]);
        Commit(writer);
        _link.ExpectMsg<Kept>().Ranges.ShouldBe([new SeqRange(2, 2)]);
    }

    [Fact]
    public async Task A_result_that_comes_again_is_acknowledged_again()
    {
        var writer = await StartAsync();
        foreach (var effect in new[] { EffectKind.Inserted, EffectKind.Repeated })
        {
            Arrive(writer, 7, SlotAt(7));
            Commit(writer);
            _jobs.ExpectMsg<Settled>().Writes.ShouldHaveSingleItem().Effect!.Value.Kind.ShouldBe(effect);
            _link.ExpectMsg<Kept>().Ranges.ShouldBe([new SeqRange(7, 7)]);
        }
    }

    [Fact]
    public async Task What_is_no_slot_or_far_in_the_future_is_acknowledged_and_kept_out()
    {
        var writer = await StartAsync();
        Arrive(writer, 1, new Slot(SlotAt(1).DueUnixMilliseconds + 1));
        Arrive(writer, 2, SlotAt(100_000));
        _link.Send(writer, new DroppedArrived("eu", Outbox, 3, new JobId("unknown"), SlotAt(1), SlotAt(2), 2));

        Commit(writer);

        _link.ExpectMsg<Kept>().Ranges.Sum(range => range.Last - range.First + 1).ShouldBeGreaterThan(0);
        AwaitAssert(() => _disk.Lock(() => _disk.Lanes[Lane].Records.Count.ShouldBe(0)));
    }

    [Fact]
    public async Task Each_link_and_each_outbox_has_its_own_acknowledgement()
    {
        var writer = await StartAsync();
        var other = CreateTestProbe();
        var (second, third) = (OutboxId.New(), OutboxId.New());
        Arrive(writer, 1, SlotAt(1));
        Arrive(writer, 1, SlotAt(2), second);
        Arrive(writer, 2, SlotAt(3), third, other);

        Commit(writer);

        new[] { _link.ExpectMsg<Kept>(), _link.ExpectMsg<Kept>() }.Select(kept => kept.Outbox).ShouldBe([Outbox, second], ignoreOrder: true);
        other.ExpectMsg<Kept>().Ranges.ShouldBe([new SeqRange(2, 2)]);
    }

    [Fact]
    public async Task Results_that_a_monitor_gave_up_are_lost_and_that_is_acknowledged()
    {
        var writer = await StartAsync();
        _link.Send(writer, new DroppedArrived("eu", Outbox, 5, Lane.Job, SlotAt(1), SlotAt(3), 3));

        Commit(writer);

        var settled = _jobs.ExpectMsg<Settled>().Writes.ShouldHaveSingleItem();
        var range = settled.Write.ShouldBeOfType<KeepRange>();
        (range.Outcome, range.Cause, range.ReplacesProvisional, settled.Effect!.Value.Count).ShouldBe((Outcome.Lost, Cause.OutboxFull, true, 3));
        _link.ExpectMsg<Kept>().Ranges.ShouldBe([new SeqRange(5, 5)]);
    }

    [Theory]
    [InlineData(StoreFault.Full, "the disk is full")]
    [InlineData(StoreFault.ReadOnly, "may not be written")]
    [InlineData(StoreFault.Other, "no: Other")]
    public async Task While_the_store_takes_nothing_everything_is_kept_and_tried_again_each_second(StoreFault fault, string words)
    {
        var writer = await StartAsync();
        _disk.Fault = fault;
        Arrive(writer, 1, SlotAt(1));
        Commit(writer);
        AwaitAssert(() => Check("store").Status.ShouldBe(HealthStatus.Failed));
        Check("store").Message.ShouldContain(words);
        for (var second = 0; second < 5; second++)
        {
            // A monitor sends again what is not acknowledged.
            Arrive(writer, 1, SlotAt(1));
            Pass(writer, TimeSpan.FromSeconds(1));
        }

        (_link.HasMessages, _jobs.HasMessages).ShouldBe((false, false));
        _disk.Fault = null;

        AwaitAssert(() =>
        {
            Pass(writer, TimeSpan.FromSeconds(1));
            _link.ExpectMsg<Kept>(TimeSpan.FromMilliseconds(100)).Ranges.ShouldBe([new SeqRange(1, 1)]);
        });
        _jobs.ExpectMsg<Settled>().Writes.ShouldHaveSingleItem().Effect!.Value.Kind.ShouldBe(EffectKind.Inserted);
        Settle(writer);
        Check("store").Status.ShouldBe(HealthStatus.Ok);
    }

    [Fact]
    public async Task After_an_outage_acknowledgements_go_to_the_link_that_there_is_now()
    {
        var writer = await StartAsync();
        _disk.Fault = StoreFault.Full;
        Arrive(writer, 1, SlotAt(1));
        Commit(writer);
        AwaitAssert(() => Check("store").Status.ShouldBe(HealthStatus.Failed));
        var again = CreateTestProbe();
        Arrive(writer, 1, SlotAt(1), link: again);
        _disk.Fault = null;

        AwaitAssert(() =>
        {
            Pass(writer, TimeSpan.FromSeconds(1));
            again.ExpectMsg<Kept>(TimeSpan.FromMilliseconds(100));
        });

        _link.HasMessages.ShouldBeFalse();
    }

    [Fact]
    public async Task Decisions_beyond_the_bound_are_given_up_and_become_a_range_when_the_store_is_back()
    {
        var writer = await StartAsync(mostDecisions: 3);
        _disk.Fault = StoreFault.Full;
        Decide(writer, 1);
        Commit(writer);
        AwaitAssert(() => Check("store").Status.ShouldBe(HealthStatus.Failed));
        foreach (var n in new[] { 2, 3, 4, 5, 6 })
            Decide(writer, n);

        var givenUp = new List<SettledWrite>();
        while (givenUp.Count < 5)
            givenUp.AddRange(_jobs.ExpectMsg<Settled>().Writes);
        givenUp.ShouldAllBe(write => write.Effect == null);
        givenUp.Select(write => ((KeepRecord)write.Write).Slot).ShouldBe([SlotAt(2), SlotAt(3), SlotAt(4), SlotAt(5), SlotAt(6)]);
        _disk.Fault = null;

        var settled = new List<SettledWrite>();
        AwaitAssert(() =>
        {
            Pass(writer, TimeSpan.FromSeconds(1));
            settled.AddRange(_jobs.ExpectMsg<Settled>(TimeSpan.FromMilliseconds(100)).Writes);
            settled.Count.ShouldBe(2);
        });
        ((KeepRecord)settled[0].Write).Slot.ShouldBe(SlotAt(1));
        var range = settled[1].Write.ShouldBeOfType<KeepRange>();
        (range.From, range.To, range.Outcome, settled[1].Effect!.Value.Count).ShouldBe((SlotAt(2).Due, SlotAt(6).Due.AddMilliseconds(1), Outcome.NotRunning, 5));
    }

    [Fact]
    public async Task A_damaged_store_is_opened_anew_and_told_what_it_must_know_before_what_waits_is_written()
    {
        var writer = await StartAsync();
        writer.Tell(new Decision(new SetGrant(Lane, new LaneGrant(12, _begun.AddDays(1)))));
        Arrive(writer, 1, SlotAt(1));
        Commit(writer);
        _link.ExpectMsg<Kept>();
        Scheduler.AdvanceTo(SlotAt(3).Due.AddSeconds(1));
        _disk.Damage();
        Arrive(writer, 3, SlotAt(3));

        AwaitAssert(() =>
        {
            Commit(writer);
            _link.ExpectMsg<Kept>(TimeSpan.FromMilliseconds(100)).Ranges.ShouldBe([new SeqRange(3, 3)]);
        });
        Settle(writer);
        _disk.Openings.ShouldBe(2);
        _jobs.ExpectMsg<Settled>();
        _jobs.ExpectMsg<StoreBegunAnew>();
        var damage = Check("store-damage");
        (damage.Status, damage.IsSticky).ShouldBe((HealthStatus.Failed, true));
        damage.Message.ShouldContain("/data/store.damaged");
        Check("store").Status.ShouldBe(HealthStatus.Ok);
        var lane = _disk.Lanes[Lane];
        lane.Grant!.Value.Revision.ShouldBe(12);
        lane.Ranges.ShouldHaveSingleItem().Slots.ShouldBe([SlotAt(1), SlotAt(2)]);
        lane.Records.Keys.ShouldBe([SlotAt(3)]);
        writer.Tell(GetStore.Instance, TestActor);
        var store = ExpectMsg<CurrentStore>().Store!;
        (await store.LedgerAsync(null, _clock.Now, CancellationToken.None)).ShouldHaveSingleItem().Difference.ShouldBe(0);
    }

    [Fact]
    public async Task A_permission_is_written_when_it_is_news_and_not_at_each_connection()
    {
        var writer = await StartAsync();
        var day = TimeSpan.FromDays(1);
        foreach (var (revision, until) in new[] { (1L, _begun + day), (1L, _begun + day + TimeSpan.FromHours(1)), (2L, _begun + day), (2L, _begun + (2 * day)) })
        {
            writer.Tell(new Decision(new SetGrant(Lane, new LaneGrant(revision, until))), TestActor);
            writer.Tell(new Decision(new SetGrant(new LaneKey(new JobId("unknown"), "eu"), new LaneGrant(revision, until))), TestActor);
        }

        Commit(writer);

        AwaitAssert(() => _disk.Lock(() => _disk.Lanes[Lane].Grant).ShouldBe(new LaneGrant(2, _begun + (2 * day))));
        _disk.LargestBatch.ShouldBe(3);
    }

    [Fact]
    public async Task A_damaged_store_that_cannot_be_opened_anew_yet_is_tried_each_second()
    {
        var writer = await StartAsync();
        _disk.Damage();
        _disk.OpenFault = StoreFault.Full;
        Arrive(writer, 1, SlotAt(1));
        Commit(writer);
        AwaitAssert(() => Check("store").Message.ShouldContain("cannot open"));
        writer.Tell(GetStore.Instance, TestActor);
        ExpectMsg<CurrentStore>().ShouldSatisfyAllConditions(current => current.Store.ShouldBeNull(), current => current.Failure.ShouldNotBeNull());
        _disk.OpenFault = null;

        AwaitAssert(() =>
        {
            Pass(writer, TimeSpan.FromSeconds(1));
            _link.ExpectMsg<Kept>(TimeSpan.FromMilliseconds(100));
        });
        Settle(writer);
        Check("store").Status.ShouldBe(HealthStatus.Ok);
    }

    [Fact]
    public async Task A_beat_is_stored_each_second_and_after_a_standstill_it_goes_on_from_where_it_was()
    {
        var writer = await StartAsync();
        Pass(writer, TimeSpan.FromSeconds(1));
        Commit(writer);
        AwaitAssert(() => _disk.LastBeat.ShouldBe(_begun.AddSeconds(1)));

        // One tick after an hour: what was missed is not decided yet.
        Scheduler.AdvanceTo(_begun.AddHours(1));
        Settle(writer);
        Commit(writer);

        AwaitAssert(() => _disk.LastBeat!.Value.ShouldBeInRange(_begun.AddSeconds(2), _begun.AddHours(1)));
    }

    [Fact]
    public async Task Upkeep_is_done_piece_by_piece_while_nothing_waits_and_never_beside_a_write()
    {
        _disk.UpkeepLeft = 5;
        var writer = await StartAsync();

        AwaitAssert(() =>
        {
            Pass(writer, TimeSpan.FromSeconds(1));
            _disk.UpkeepLeft.ShouldBe(0);
        });

        // The store itself throws when two things are done at a time.
        Check("store-upkeep").Status.ShouldBe(HealthStatus.Ok);
    }

    [Fact]
    public async Task A_writer_that_is_asked_to_close_stores_what_it_holds_and_closes_the_store()
    {
        var writer = await StartAsync();
        Arrive(writer, 1, SlotAt(1));

        writer.Tell(CloseStore.Instance, TestActor);

        ExpectMsg<Done>();
        _link.ExpectMsg<Kept>();
        _disk.IsOpen.ShouldBeFalse();
    }

    [Fact]
    public async Task A_writer_that_cannot_store_closes_all_the_same()
    {
        var writer = await StartAsync();
        _disk.Fault = StoreFault.ReadOnly;
        Arrive(writer, 1, SlotAt(1));

        writer.Tell(CloseStore.Instance, TestActor);

        ExpectMsg<Done>();
        _disk.IsOpen.ShouldBeFalse();
        _link.HasMessages.ShouldBeFalse();
    }

    [Fact]
    public async Task A_writer_that_is_restarted_by_an_exception_goes_on_with_what_it_holds()
    {
        var writer = await StartAsync();
        Arrive(writer, 1, SlotAt(1));
        Settle(writer);

        // No date is that early; from the wire it would have been refused.
        EventFilter.Exception<ArgumentOutOfRangeException>().ExpectOne(() => _link.Send(
            writer, new DroppedArrived("eu", Outbox, 2, Lane.Job, new Slot(long.MinValue), SlotAt(1), 1)));

        AwaitAssert(() =>
        {
            Pass(writer, TimeSpan.FromSeconds(1));
            _link.ExpectMsg<Kept>(TimeSpan.FromMilliseconds(100)).Ranges.ShouldBe([new SeqRange(1, 1)]);
        });
        _disk.IsOpen.ShouldBeTrue();
    }

    private async Task<IActorRef> StartAsync(int mostDecisions = WriteQueue.MostDecisions)
    {
        var store = await _disk.OpenAsync(CancellationToken.None);
        var plan = StartPlan.Of(store.Opening, [], [Sample.Job("job")], _begun);
        _ = await store.WriteAsync(plan.Writes, CancellationToken.None);
        var memory = new WriterMemory(store, plan.Lanes, plan.Begun) { Queue = new WriteQueue(mostDecisions) };
        var world = new WriterWorld(_clock, TestSchedulerTime.Of(Sys), _health, NullLogger.Instance, _disk.OpenAsync, LinkWorld.MostCredit);
        var writer = Sys.ActorOf(ResultWriter.Props(memory, world));
        writer.Tell(EffectsTo.Instance, _jobs.Ref);
        Settle(writer);
        return writer;
    }

    // The n-th slot of the lane.
    private Slot SlotAt(int n) => new(_schedule.After(_begun + StartPlan.FirstSlotAfter).DueUnixMilliseconds + ((n - 1) * 10_000L));

    private void Arrive(IActorRef writer, long seq, Slot slot, OutboxId? outbox = null, TestProbe? link = null)
        => (link ?? _link).Send(writer, new ResultArrived("eu", outbox ?? Outbox, seq, 1, Sample.Result("job", slot)));

    private void Decide(IActorRef writer, int n)
        => writer.Tell(new Decision(new KeepRecord(Lane, SlotAt(n), Outcome.Lost, Cause.NoResult, IsProvisional: true, "")), _jobs.Ref);

    // What has arrived is gathered for a while, and then written.
    private void Commit(IActorRef writer) => Pass(writer, TimeSpan.FromMilliseconds(20));

    private void Pass(IActorRef writer, TimeSpan time)
    {
        Settle(writer);
        Scheduler.Advance(time);
        Settle(writer);
    }

    private void Settle(IActorRef writer)
    {
        writer.Tell(new Identify("settled"), TestActor);
        ExpectMsg<ActorIdentity>();
    }

    private HealthCheck Check(string name) => _health.Checks.Single(check => check.Name == name);
}
