using System.Collections.Immutable;
using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.Holds;
using ActorMonitor.ManagerNode.Jobs;
using ActorMonitor.ManagerNode.Links;
using ActorMonitor.ManagerNode.Results;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.ManagerNode.Start;
using ActorMonitor.ManagerNode.Tests.Stores;
using ActorMonitor.Messages;
using ActorMonitor.Storage;
using ActorMonitor.Tests;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Xunit2;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.ManagerNode.Tests.Jobs;

/// <summary>Jobs that are added, changed, removed, paused and drained while they run.</summary>
public class LiveJobsSpec : TestKit
{
    private static readonly DateTimeOffset Long = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private readonly SteppingTime _time;
    private readonly SlotClock _clock;
    private readonly TestProbe _link;
    private readonly TestProbe _questions;
    private readonly TestProbe _records;
    private readonly MemoryDisk _disk = new();
    private readonly List<object> _writes = [];
    private IStore _store = null!;
    private LaneBook _book = null!;

    public LiveJobsSpec(ITestOutputHelper output)
        : base(VirtualTime.Config, output: output)
    {
        _time = new SteppingTime(TestSchedulerTime.Of(Sys));
        _clock = new SlotClock(_time);
        _link = CreateTestProbe();
        _questions = CreateTestProbe();
        _records = CreateTestProbe();
        Sys.EventStream.Subscribe(_records.Ref, typeof(SlotRecord));
    }

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void A_job_that_is_not_changed_is_not_touched_and_no_slot_of_it_is_lost_or_shifted()
    {
        var same = Sample.Job("same", intervalSeconds: 1);
        var jobs = Started(same, Sample.Job("other", intervalSeconds: 1));
        var before = Refs(jobs)["same"];
        DrainLink();
        var sent = new List<Slot>();

        for (var n = 0; n < 20; n++)
        {
            // Each time something else changes around it: the other job's interval, its place in the file, its being there.
            var applied = Apply(jobs, n % 3 == 0 ? [same] : [Sample.Job("other", intervalSeconds: 1 + (n % 5)), same]);
            applied.Unchanged.ShouldBeGreaterThanOrEqualTo(1);
            GoTo(jobs, _clock.Now.AddMilliseconds(700));
            while (_link.HasMessages)
            {
                if (_link.ReceiveOne(TimeSpan.Zero) is Dispatch dispatch && dispatch.Check.Job == same.Job)
                    sent.Add(dispatch.Slot);
            }
        }

        Refs(jobs)["same"].ShouldBe(before);
        sent.Count.ShouldBeGreaterThanOrEqualTo(13);
        sent.Zip(sent.Skip(1)).ShouldAllBe(pair => pair.Second.DueUnixMilliseconds - pair.First.DueUnixMilliseconds == 1_000);
        Status(before).Lanes.Single().Counts.Due.ShouldBe(sent.Count);
        _writes.OfType<LaneChange>().ShouldNotContain(change => change.Key.Job == same.Job);
    }

    [Fact]
    public void A_job_that_is_not_changed_gets_no_message_and_one_that_is_changed_gets_one()
    {
        var same = Sample.Job("same", intervalSeconds: 3_600);
        var jobs = Started(same, Sample.Job("other", intervalSeconds: 3_600));
        DrainLink();

        Apply(jobs, same, Sample.Job("other", intervalSeconds: 1_800)).Changed.ShouldHaveSingleItem().Name.ShouldBe("other");

        // Whoever is told anything of its definition or its permissions offers itself to its monitor again.
        var offers = Offers();
        offers.ShouldHaveSingleItem().Check.Job.Name.ShouldBe("other");
    }

    [Fact]
    public void A_job_that_is_added_begins_at_its_next_slot_and_its_lane_is_stored_before()
    {
        var jobs = Started(Sample.Job("a"));
        var added = Sample.Job("new", ["eu"], intervalSeconds: 10);
        var first = SlotSchedule.Of(added.Job, "eu", TimeSpan.FromSeconds(10)).After(_clock.Now);

        Apply(jobs, Sample.Job("a"), added).ShouldSatisfyAllConditions(
            applied => applied.Added.ShouldHaveSingleItem().Name.ShouldBe("new"), applied => applied.Unchanged.ShouldBe(1));
        DrainLink();
        GoTo(jobs, first.Due);

        Dispatches().ShouldContain(dispatch => dispatch.Check.Job == added.Job && dispatch.Slot == first);
        Store(Sample.Result("new", first)).Kind.ShouldBe(EffectKind.Inserted);
    }

    [Fact]
    public void A_job_that_is_removed_decides_its_open_slots_and_then_ends()
    {
        var job = Sample.Job("gone", intervalSeconds: 10, timeoutSeconds: 2);
        var jobs = Started(job, Sample.Job("a", intervalSeconds: 3_600));
        var slot = SlotSchedule.Of(job.Job, "eu", TimeSpan.FromSeconds(10)).After(_clock.Now.AddSeconds(1));
        GoTo(jobs, slot.Due);
        DrainLink();
        var actor = Refs(jobs)["gone"];
        Watch(actor);

        Apply(jobs, Sample.Job("a", intervalSeconds: 3_600)).Removed.ShouldHaveSingleItem().ShouldBe(job.Job);
        Refs(jobs).Keys.ShouldBe(["a"]);
        _link.FishForMessage<Withdraw>(withdraw => withdraw.Job == job.Job);
        GoTo(jobs, slot.Due.AddSeconds(7));

        var record = _records.FishForMessage<SlotRecord>(record => record.Job == job.Job);
        (record.Slot, record.Outcome, record.Cause).ShouldBe((slot, Outcome.Lost, Cause.NoResult));
        FishForMessage<Terminated>(ended => ended.ActorRef.Equals(actor));
        GoTo(jobs, slot.Due.AddMinutes(5));
        Dispatches().ShouldNotContain(dispatch => dispatch.Check.Job == job.Job);
        Ledger().ShouldAllBe(row => row.Difference == 0);
    }

    [Fact]
    public void A_job_that_comes_back_while_it_ends_goes_on_as_the_same_actor_and_one_that_has_ended_begins_anew()
    {
        var job = Sample.Job("back", intervalSeconds: 10, timeoutSeconds: 2);
        var jobs = Started(job);
        var slot = SlotSchedule.Of(job.Job, "eu", TimeSpan.FromSeconds(10)).After(_clock.Now.AddSeconds(1));
        GoTo(jobs, slot.Due);
        var actor = Refs(jobs)["back"];

        Apply(jobs);
        Apply(jobs, job).Added.ShouldHaveSingleItem();
        Refs(jobs)["back"].ShouldBe(actor);
        GoTo(jobs, slot.Due.AddSeconds(10));
        Dispatches().Select(dispatch => dispatch.Slot).ShouldContain(new Slot(slot.DueUnixMilliseconds + 10_000));

        Watch(actor);
        Apply(jobs);
        GoTo(jobs, slot.Due.AddSeconds(20));
        FishForMessage<Terminated>(ended => ended.ActorRef.Equals(actor));
        Apply(jobs, job);
        GoTo(jobs, slot.Due.AddSeconds(35));

        Dispatches().Select(dispatch => dispatch.Slot).ShouldBe([new Slot(slot.DueUnixMilliseconds + 30_000)]);
        Ledger().ShouldAllBe(row => row.Difference == 0);
    }

    [Fact]
    public void A_job_that_leaves_and_returns_in_one_breath_is_there()
    {
        var job = Sample.Job("flap", intervalSeconds: 10);
        var jobs = Started(job);

        for (var n = 0; n < 50; n++)
        {
            jobs.Tell(new ApplyJobs([]), TestActor);
            jobs.Tell(new ApplyJobs([job]), TestActor);
        }

        ReceiveN(100);
        AwaitAssert(() => Refs(jobs).Keys.ShouldBe(["flap"]));
        GoTo(jobs, _clock.Now.AddSeconds(10));
        Dispatches().Count(dispatch => dispatch.Check.Job == job.Job).ShouldBeGreaterThanOrEqualTo(1);
        Ledger().ShouldAllBe(row => row.Difference == 0);
    }

    [Fact]
    public void Other_settings_are_a_new_revision_and_the_slots_go_on()
    {
        var job = Sample.Job("shop", intervalSeconds: 10);
        var jobs = Started(job);
        var slot = SlotSchedule.Of(job.Job, "eu", TimeSpan.FromSeconds(10)).After(_clock.Now.AddSeconds(1));
        DrainLink();
        var other = JobDefinition.Of(job.Check with { Host = "other.example" }, job.Monitors);

        Apply(jobs, other).Changed.ShouldHaveSingleItem();

        Offers().ShouldHaveSingleItem().Revision.ShouldBe(other.Revision);
        GoTo(jobs, slot.Due);
        Dispatches().ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            dispatch => (dispatch.Slot, dispatch.Revision).ShouldBe((slot, other.Revision)), dispatch => dispatch.Check.Host.ShouldBe("other.example"));
        _writes.OfType<LaneChange>().ShouldBeEmpty();
    }

    [Fact]
    public void Another_interval_is_another_schedule_from_its_next_slot_on()
    {
        var jobs = Started(Sample.Job("shop", intervalSeconds: 10));
        var schedule = SlotSchedule.Of(new JobId("shop"), "eu", TimeSpan.FromSeconds(7));
        GoTo(jobs, _clock.Now.AddSeconds(12));
        DrainLink();

        Apply(jobs, Sample.Job("shop", intervalSeconds: 7));
        var first = schedule.After(_clock.Now);
        Offers().ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            offer => offer.PhaseMilliseconds.ShouldBe(schedule.PhaseMilliseconds), offer => offer.NotBefore.ShouldBe(first));
        GoTo(jobs, first.Due.AddSeconds(21));

        Dispatches().Select(dispatch => dispatch.Slot).ShouldBe([first, schedule.Next(first), schedule.Next(schedule.Next(first)), new Slot(first.DueUnixMilliseconds + 21_000)]);
        GoTo(jobs, first.Due.AddSeconds(60));
        Ledger().ShouldHaveSingleItem().Difference.ShouldBe(0);
    }

    [Fact]
    public void Another_list_of_monitors_adds_and_ends_lanes()
    {
        var jobs = Started(Sample.Job("shop", ["eu"], intervalSeconds: 10));
        var us = CreateTestProbe();
        jobs.Tell(new MonitorUp("us", us.Ref), TestActor);
        DrainLink();

        Apply(jobs, Sample.Job("shop", ["us"], intervalSeconds: 10)).Changed.ShouldHaveSingleItem();

        _link.FishForMessage<Withdraw>(_ => true);
        us.FishForMessage<Offer>(_ => true);
        GoTo(jobs, _clock.Now.AddSeconds(10));
        us.FishForMessage<Dispatch>(_ => true);
        Dispatches().ShouldBeEmpty();
        Status(Refs(jobs)["shop"]).Lanes.Select(lane => lane.Monitor).ShouldBe(["us"]);
    }

    [Fact]
    public void A_monitor_that_was_away_when_its_job_was_removed_is_told_when_it_is_back()
    {
        var jobs = Started(Sample.Job("gone"), Sample.Job("stays"));
        jobs.Tell(new MonitorDown("eu"), TestActor);
        Apply(jobs, Sample.Job("stays"));

        var again = CreateTestProbe();
        jobs.Tell(new MonitorUp("eu", again.Ref), TestActor);
        again.FishForMessage<Withdraw>(withdraw => withdraw.Job.Name == "gone");

        jobs.Tell(new LaneGranted("eu", new JobId("gone"), IsGranted: false, default), TestActor);
        var third = CreateTestProbe();
        jobs.Tell(new MonitorUp("eu", third.Ref), TestActor);
        third.FishForMessage<Offer>(offer => offer.Check.Job.Name == "stays");
        third.HasMessages.ShouldBeFalse();
    }

    [Fact]
    public void A_paused_job_is_revoked_its_slots_are_skipped_and_what_was_under_way_counts()
    {
        var job = Sample.Job("shop", intervalSeconds: 10);
        var jobs = Started(job);
        var slot = SlotSchedule.Of(job.Job, "eu", TimeSpan.FromSeconds(10)).After(_clock.Now.AddSeconds(1));
        GoTo(jobs, slot.Due);
        DrainLink();

        Hold(jobs, HoldState.Empty.Pause(["shop"], new Hold("alice", Long, "upgrade")));
        Store(Sample.Result("shop", slot));
        GoTo(jobs, slot.Due.AddSeconds(20));

        _link.ExpectMsg<Withdraw>().Job.ShouldBe(job.Job);
        _link.HasMessages.ShouldBeFalse();
        var records = _records.ReceiveN(3).Cast<SlotRecord>().ToList();
        records.Select(record => (record.Slot.DueUnixMilliseconds - slot.DueUnixMilliseconds, record.Outcome, record.Cause, record.IsProvisional)).ShouldBe(
            [(0, Outcome.Up, Cause.None, false), (10_000, Outcome.Skipped, Cause.Paused, false), (20_000, Outcome.Skipped, Cause.Paused, false)]);
        records[1].Message.ShouldBe("paused by alice: upgrade");

        Hold(jobs, HoldState.Empty);
        _link.ExpectMsg<Offer>().NotBefore.ShouldBe(new Slot(slot.DueUnixMilliseconds + 20_001));
        GoTo(jobs, slot.Due.AddSeconds(30));
        _link.ExpectMsg<Dispatch>().Slot.DueUnixMilliseconds.ShouldBe(slot.DueUnixMilliseconds + 30_000);
    }

    [Fact]
    public void A_pause_goes_before_a_drain_as_the_cause_and_both_have_to_end()
    {
        var jobs = Started(Sample.Job("shop", ["eu", "us"], intervalSeconds: 10));
        var drained = HoldState.Empty.Drain("eu", new Hold("bob", Long));
        Hold(jobs, drained);
        GoTo(jobs, _clock.Now.AddSeconds(11));
        Causes("eu").ShouldContain(Cause.Maintenance);
        Causes("us").ShouldBeEmpty();

        Hold(jobs, drained.Pause(["shop"], new Hold("alice", Long)));
        Causes("eu");
        GoTo(jobs, _clock.Now.AddSeconds(10));
        Causes("eu").ShouldBe([Cause.Paused]);

        Hold(jobs, HoldState.Empty.Pause(["shop"], new Hold("alice", Long)));
        GoTo(jobs, _clock.Now.AddSeconds(10));
        Causes("eu").ShouldBe([Cause.Paused]);
        DrainLink();
        Hold(jobs, HoldState.Empty);
        _link.FishForMessage<Offer>(_ => true);
        // One word for each lane that begins to run again, and none for a lane that was told another reason.
        _link.HasMessages.ShouldBeFalse();
    }

    [Fact]
    public void A_job_that_is_added_to_a_drained_monitor_or_was_paused_before_does_not_run()
    {
        var jobs = Started(Sample.Job("a", ["us"]));
        Hold(jobs, HoldState.Empty.Drain("eu", new Hold("bob", Long)).Pause(["back"], new Hold("alice", Long)));
        DrainLink();

        Apply(jobs, Sample.Job("a", ["us"]), Sample.Job("new"), Sample.Job("back", ["us", "eu"]));
        GoTo(jobs, _clock.Now.AddSeconds(10));

        Dispatches().ShouldBeEmpty();
        Causes("eu").Order().ShouldBe([Cause.Paused, Cause.Maintenance]);
    }

    private List<Cause> Causes(string monitor)
    {
        List<SlotRecord> records = [];
        while (_records.HasMessages)
            records.Add(_records.ExpectMsg<SlotRecord>());
        return [.. records.Where(record => record.Monitor == monitor && record.Outcome == Outcome.Skipped).Select(record => record.Cause)];
    }

    private IActorRef Started(params JobDefinition[] definitions)
    {
        _store = _disk.OpenAsync(CancellationToken.None).GetAwaiter().GetResult();
        var plan = StartPlan.Of(_store.Opening, [], [.. definitions], _clock.Now);
        _ = _store.WriteAsync(plan.Writes, CancellationToken.None).GetAwaiter().GetResult();
        _book = plan.Lanes;
        var (store, book, writes) = (_store, _book, _writes);
        var writer = Sys.ActorOf(Props.Create(() => new InstantWriter(store, book, writes)), "writer");
        var jobs = Sys.ActorOf(JobsActor.Props(new JobsMemory(plan.Jobs, HoldState.Empty), new JobWorld(_clock, writer, TimeSpan.FromHours(24))), "jobs");
        jobs.Tell(new MonitorUp("eu", _link.Ref), TestActor);
        Settle(jobs);
        return jobs;
    }

    private JobsApplied Apply(IActorRef jobs, params JobDefinition[] definitions)
    {
        _questions.Send(jobs, new ApplyJobs([.. definitions]));
        var applied = _questions.ExpectMsg<JobsApplied>();
        Settle(jobs);
        return applied;
    }

    private void Hold(IActorRef jobs, HoldState state)
    {
        jobs.Tell(new HoldsChanged(state), TestActor);
        Settle(jobs);
    }

    private WriteEffect Store(CheckResult result)
    {
        var write = new KeepResult(new LaneKey(result.Job, "eu"), result, 1);
        _questions.Send(Sys.ActorSelection("/user/writer").ResolveOne(TimeSpan.FromSeconds(15)).GetAwaiter().GetResult(), new Decision(write));
        return _questions.ExpectMsg<WriteEffect>();
    }

    private ImmutableArray<LedgerRow> Ledger() => _store.LedgerAsync(null, _clock.Now, CancellationToken.None).GetAwaiter().GetResult();

    private void GoTo(IActorRef jobs, DateTimeOffset instant)
    {
        Settle(jobs);
        Scheduler.AdvanceTo(instant);
        Settle(jobs);
    }

    // What is decided goes by the writer and comes back.
    private void Settle(IActorRef jobs)
    {
        for (var round = 0; round < 3; round++)
        {
            foreach (var job in Refs(jobs).Values)
                Status(job);
            foreach (var actor in new[] { "/user/writer", "/user/jobs" })
            {
                Sys.ActorSelection(actor).Tell(new Identify(actor), _questions.Ref);
                _questions.ExpectMsg<ActorIdentity>();
            }
        }
    }

    private Dictionary<string, IActorRef> Refs(IActorRef jobs)
    {
        _questions.Send(jobs, GetJobs.Instance);
        return _questions.ExpectMsg<JobRefs>().Jobs.ToDictionary(job => job.Job.Job.Name, job => job.Ref);
    }

    private JobStatus Status(IActorRef job)
    {
        _questions.Send(job, GetJobStatus.Instance);
        return _questions.ExpectMsg<JobStatus>();
    }

    private void DrainLink()
    {
        while (_link.HasMessages)
            _ = _link.ReceiveOne(TimeSpan.Zero);
    }

    private List<Offer> Offers() => All<Offer>();

    private List<Dispatch> Dispatches() => All<Dispatch>();

    private List<T> All<T>()
    {
        List<T> found = [];
        while (_link.HasMessages)
        {
            if (_link.ReceiveOne(TimeSpan.Zero) is T wanted)
                found.Add(wanted);
        }

        return found;
    }

    /// <summary>A writer without queue and delay: each write is stored and its effect told at once.</summary>
    private sealed class InstantWriter : ReceiveActor
    {
        public InstantWriter(IStore store, LaneBook book, List<object> writes)
        {
            var jobs = ActorRefs.Nobody;
            Receive<EffectsTo>(_ => jobs = Sender);
            Receive<LanesChanged>(changed =>
            {
                writes.AddRange(changed.Changes);
                _ = store.WriteAsync([.. changed.Changes.SelectMany(book.Change)], CancellationToken.None).GetAwaiter().GetResult();
            });
            Receive<Decision>(decision =>
            {
                var effect = store.WriteAsync([decision.Write], CancellationToken.None).GetAwaiter().GetResult()[0];
                var lane = decision.Write switch
                {
                    KeepResult result => result.Lane,
                    KeepRecord record => record.Lane,
                    KeepRange range => range.Lane,
                    _ => throw new NotSupportedException(),
                };
                jobs.Tell(new Settled([new SettledWrite(lane, decision.Write, effect)]));
                if (decision.Write is KeepResult)
                    Sender.Tell(effect);
            });
        }
    }
}
