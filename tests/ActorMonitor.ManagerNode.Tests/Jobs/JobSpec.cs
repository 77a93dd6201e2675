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

public class JobSpec : TestKit
{
    private readonly SteppingTime _time;
    private readonly SlotClock _clock;
    private readonly TestProbe _records;
    private readonly TestProbe _questions;
    private readonly MemoryDisk _disk = new();
    private IActorRef _writer = ActorRefs.Nobody;

    public JobSpec(ITestOutputHelper output)
        : base(VirtualTime.Config, output: output)
    {
        _time = new SteppingTime(TestSchedulerTime.Of(Sys));
        _clock = new SlotClock(_time);
        _records = CreateTestProbe();
        _questions = CreateTestProbe();
        Sys.EventStream.Subscribe(_records.Ref, typeof(SlotRecord));
    }

    private TestScheduler Scheduler => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void A_thousand_slots_are_sent_at_their_ideal_instants_without_drift()
    {
        var (jobs, link) = Started(Sample.Job("steady", intervalSeconds: 1));
        var slot = FirstSlot("steady", "eu", TimeSpan.FromSeconds(1));

        for (var i = 0; i < 1_000; i++)
        {
            GoTo(jobs, slot.Due.AddMilliseconds(-1));
            Status(jobs).Lanes[0].Counts.Due.ShouldBe(i);
            GoTo(jobs, slot.Due);
            link.ExpectMsg<Dispatch>().Slot.ShouldBe(slot);
            Store("eu", Sample.Result("steady", slot));
            slot = new Slot(slot.DueUnixMilliseconds + 1_000);
        }

        Status(jobs).Lanes[0].Counts.ShouldBe(new SlotCounts(Due: 1_000, Open: 0, Up: 1_000, 0, 0, 0, 0, 0));
    }

    [Fact]
    public void A_wake_that_comes_late_sends_every_slot_that_came_due_and_keeps_to_the_grid()
    {
        var (jobs, link) = Started(Sample.Job("late", intervalSeconds: 10, timeoutSeconds: 60));
        var first = FirstSlot("late", "eu", TimeSpan.FromSeconds(10));

        GoTo(jobs, first.Due.AddSeconds(34.5));

        link.ReceiveN(4).Cast<Dispatch>().Select(dispatch => dispatch.Slot.DueUnixMilliseconds - first.DueUnixMilliseconds).ShouldBe([0, 10_000, 20_000, 30_000]);
        GoTo(jobs, first.Due.AddSeconds(40));
        link.ExpectMsg<Dispatch>().Slot.Due.ShouldBe(first.Due.AddSeconds(40));
    }

    [Fact]
    public void A_slot_is_sent_with_the_job_s_definition_and_revision()
    {
        var job = Sample.Job("shop");
        var (jobs, link) = Started(job);

        GoTo(jobs, FirstSlot("shop", "eu").Due);

        link.ExpectMsg<Dispatch>().ShouldSatisfyAllConditions(
            dispatch => dispatch.Check.ShouldBe(job.Check), dispatch => dispatch.Revision.ShouldBe(job.Revision));
    }

    [Fact]
    public void While_its_monitor_is_not_there_each_slot_is_skipped_for_that()
    {
        var (jobs, link) = Started(Sample.Job("shop"));
        var slot = FirstSlot("shop", "eu");
        jobs.Tell(new MonitorDown("eu"));

        GoTo(jobs, slot.Due);

        var record = _records.ExpectMsg<SlotRecord>();
        (record.Slot, record.Monitor, record.Outcome, record.Cause).ShouldBe((slot, "eu", Outcome.Skipped, Cause.NoMonitor));
        jobs.Tell(new MonitorUp("eu", link.Ref));
        GoTo(jobs, slot.Due.AddSeconds(10));
        link.ExpectMsg<Dispatch>().Slot.Due.ShouldBe(slot.Due.AddSeconds(10));
        Status(jobs).Lanes[0].Counts.ShouldBe(new SlotCounts(Due: 2, Open: 1, 0, 0, 0, 0, Skipped: 1, 0));
    }

    [Fact]
    public void Five_seconds_after_its_timeout_a_slot_without_a_result_is_lost_until_it_comes_after_all()
    {
        var (jobs, link) = Started(Sample.Job("shop", intervalSeconds: 60, timeoutSeconds: 2));
        var slot = FirstSlot("shop", "eu", TimeSpan.FromSeconds(60));
        GoTo(jobs, slot.Due);
        link.ExpectMsg<Dispatch>();

        GoTo(jobs, slot.Due.AddSeconds(6.999));
        Status(jobs).Lanes[0].Counts.Open.ShouldBe(1);
        GoTo(jobs, slot.Due.AddSeconds(7));
        var lost = _records.ExpectMsg<SlotRecord>();
        (lost.Slot, lost.Outcome, lost.Cause, lost.IsLate).ShouldBe((slot, Outcome.Lost, Cause.NoResult, false));

        Store("eu", Sample.Result("shop", slot, Outcome.Down, Cause.Refused));
        var late = _records.ExpectMsg<SlotRecord>();
        (late.Slot, late.Outcome, late.Cause, late.IsLate).ShouldBe((slot, Outcome.Down, Cause.Refused, true));
        var lane = Status(jobs).Lanes[0];
        lane.Counts.ShouldBe(new SlotCounts(Due: 1, 0, 0, 0, Down: 1, 0, 0, 0));
        lane.Last.ShouldBe(late with { Service = "", IsNewest = false });
    }

    [Fact]
    public void The_result_of_a_slot_is_recorded_once_however_often_it_comes()
    {
        var (jobs, link) = Started(Sample.Job("shop"));
        GoTo(jobs, FirstSlot("shop", "eu").Due);
        var slot = link.ExpectMsg<Dispatch>().Slot;

        for (var i = 0; i < 3; i++)
            Store("eu", Sample.Result("shop", slot));
        Store("eu", Sample.Result("shop", slot, Outcome.Down, Cause.Refused));

        _records.ExpectMsg<SlotRecord>().Outcome.ShouldBe(Outcome.Up);
        Status(jobs).Lanes[0].Counts.ShouldBe(new SlotCounts(Due: 1, 0, Up: 1, 0, 0, 0, 0, 0));
        _records.HasMessages.ShouldBeFalse();
    }

    [Fact]
    public void The_slots_that_a_step_of_the_clock_passed_over_are_skipped_for_that()
    {
        var (jobs, link) = Started(Sample.Job("shop"));
        var slot = FirstSlot("shop", "eu");

        _time.StepWall(TimeSpan.FromSeconds(95));
        GoTo(jobs, slot.Due);

        link.ExpectMsg<Dispatch>().Slot.ShouldBe(slot);
        var records = _records.ReceiveN(2).Cast<SlotRecord>().ToDictionary(record => record.Outcome);
        records[Outcome.Skipped].ShouldSatisfyAllConditions(
            skipped => skipped.Cause.ShouldBe(Cause.Clock),
            skipped => (skipped.Slot.Due, skipped.Through).ShouldBe((slot.Due.AddSeconds(10), slot.Due.AddSeconds(100))),
            skipped => skipped.Count.ShouldBe(9),
            skipped => skipped.Message.ShouldBe("the clock stepped over 9 slots"));
        records[Outcome.Lost].Slot.ShouldBe(slot);

        // Five seconds of the stepped clock are left until the next slot.
        GoTo(jobs, slot.Due.AddSeconds(5));
        link.ExpectMsg<Dispatch>().Slot.Due.ShouldBe(slot.Due.AddSeconds(100));
    }

    [Fact]
    public void A_clock_set_back_sends_no_slot_twice()
    {
        var (jobs, link) = Started(Sample.Job("shop"));
        var slot = FirstSlot("shop", "eu");
        GoTo(jobs, slot.Due);
        link.ExpectMsg<Dispatch>().Slot.ShouldBe(slot);

        _time.StepWall(TimeSpan.FromHours(-1));
        var sent = new List<Slot>();
        for (var second = 1; second <= 60; second++)
        {
            GoTo(jobs, slot.Due.AddSeconds(second));
            while (link.HasMessages)
                sent.Add(link.ExpectMsg<Dispatch>().Slot);
        }

        sent.ShouldBe(Enumerable.Range(1, 5).Select(n => new Slot(slot.DueUnixMilliseconds + (n * 10_000))));
    }

    [Fact]
    public void A_job_on_several_monitors_has_a_lane_on_each()
    {
        var (jobs, eu) = Started(Sample.Job("shop", ["eu", "us"], intervalSeconds: 600, timeoutSeconds: 5));
        var us = CreateTestProbe();
        us.IgnoreMessages(message => message is Offer);
        jobs.Tell(new MonitorUp("us", us.Ref));
        var (euSlot, usSlot) = (FirstSlot("shop", "eu", TimeSpan.FromMinutes(10)), FirstSlot("shop", "us", TimeSpan.FromMinutes(10)));
        euSlot.ShouldNotBe(usSlot);

        foreach (var slot in new[] { euSlot, usSlot }.Order())
            GoTo(jobs, slot.Due);

        eu.ExpectMsg<Dispatch>().Slot.ShouldBe(euSlot);
        us.ExpectMsg<Dispatch>().Slot.ShouldBe(usSlot);
        Store("us", Sample.Result("shop", usSlot));
        Store("nowhere", Sample.Result("shop", usSlot));
        var lanes = Status(jobs).Lanes.ToDictionary(lane => lane.Monitor);
        lanes["us"].Counts.Up.ShouldBe(1);
        lanes["eu"].Counts.Up.ShouldBe(0);
        lanes["eu"].Counts.Due.ShouldBe(1);

        // The loss of one monitor is no matter of the other's.
        jobs.Tell(new MonitorDown("eu"));
        foreach (var slot in new[] { euSlot, usSlot }.Order())
            GoTo(jobs, slot.Due.AddMinutes(10));
        us.ExpectMsg<Dispatch>().Slot.Due.ShouldBe(usSlot.Due.AddMinutes(10));
        _records.FishForMessage<SlotRecord>(record => record.Monitor == "eu" && record.Cause == Cause.NoMonitor);
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("a b")]
    [InlineData("..")]
    [InlineData("$a")]
    [InlineData("%2F")]
    [InlineData("user@host:80/path?q=1#x")]
    [InlineData("ünïcode ☃ 中文 \U0001F600")]
    public void A_job_may_be_named_with_any_characters(string name)
    {
        var (jobs, link) = Started(Sample.Job(name));
        var slot = FirstSlot(name, "eu");

        GoTo(jobs, slot.Due);
        link.ExpectMsg<Dispatch>().Check.Job.Name.ShouldBe(name);
        Store("eu", Sample.Result(name, slot));

        _records.ExpectMsg<SlotRecord>().Job.Name.ShouldBe(name);
    }

    [Fact]
    public void Results_go_to_the_job_of_their_name_and_those_of_no_job_nowhere()
    {
        var names = new[] { "a", "A", "a ", "long " + new string('\u4e2d', 100) };
        var (jobs, link) = Started([.. names.Select(name => Sample.Job(name, intervalSeconds: 3_600))]);
        var slots = names.ToDictionary(name => name, name => FirstSlot(name, "eu", TimeSpan.FromHours(1)));
        foreach (var slot in slots.Values.Order())
            GoTo(jobs, slot.Due);
        link.ReceiveN(names.Length);

        Store("eu", Sample.Result("unknown", slots["a"]));
        Store("eu", Sample.Result("A", slots["A"]));

        _records.FishForMessage<SlotRecord>(record => record.Outcome == Outcome.Up).Job.Name.ShouldBe("A");
        Refs(jobs).Select(StatusOf).ToDictionary(status => status.Job.Job.Name, status => status.Lanes[0].Counts.Up)
            .ShouldBe(names.ToDictionary(name => name, name => name == "A" ? 1L : 0L), ignoreOrder: true);
    }

    [Fact]
    public void A_job_that_is_restarted_by_an_exception_keeps_its_slots_and_finds_its_monitor_again()
    {
        var (jobs, link) = Started(Sample.Job("shop"));
        var slot = FirstSlot("shop", "eu");
        GoTo(jobs, slot.Due);
        link.ExpectMsg<Dispatch>();
        Store("eu", Sample.Result("shop", slot));

        // No date is that long ago; from the wire it would have been refused.
        var lane = new LaneKey(new JobId("shop"), "eu");
        EventFilter.Exception<ArgumentOutOfRangeException>().ExpectOne(() => jobs.Tell(new Settled([new SettledWrite(
            lane, new KeepResult(lane, Sample.Result("shop", slot) with { Slot = new Slot(long.MinValue) }, 1), new WriteEffect(EffectKind.Corrected, Outcome.Lost))])));

        Status(jobs).Lanes[0].Counts.ShouldBe(new SlotCounts(Due: 1, 0, Up: 1, 0, 0, 0, 0, 0));
        GoTo(jobs, slot.Due.AddSeconds(10));
        link.ExpectMsg<Dispatch>().Slot.Due.ShouldBe(slot.Due.AddSeconds(10));
    }

    [Fact]
    public void A_record_is_told_to_the_console_and_a_change_is_marked()
    {
        var (jobs, link) = Started(Sample.Job("shop"));
        var console = CreateTestProbe();
        Sys.EventStream.Subscribe(console.Ref, typeof(NodeEvent));
        var slot = FirstSlot("shop", "eu");

        foreach (var (n, outcome) in new[] { Outcome.Up, Outcome.Up, Outcome.Down }.Index())
        {
            GoTo(jobs, slot.Due.AddSeconds(10 * n));
            Store("eu", Sample.Result("shop", link.ExpectMsg<Dispatch>().Slot, outcome, outcome == Outcome.Up ? Cause.None : Cause.Refused));
        }

        console.ReceiveN(3).Cast<NodeEvent>().Select(told => (told.Subject, told.Success, told.Details, told.IsChange)).ShouldBe(
        [
            ("tcp", true, "shop: 127.0.0.1 - 7 ms", true),
            ("tcp", true, "shop: 127.0.0.1 - 7 ms", false),
            ("tcp", false, "shop: 127.0.0.1 - refused: 7 ms", true),
        ]);
    }

    [Fact]
    public void A_late_result_is_a_change_only_when_it_is_the_newest_and_the_next_of_its_kind_is_none()
    {
        var (jobs, link) = Started(Sample.Job("shop"));
        var slot = FirstSlot("shop", "eu");
        for (var n = 0; n < 3; n++)
        {
            GoTo(jobs, slot.Due.AddSeconds(10 * n));
            link.ExpectMsg<Dispatch>();
        }

        GoTo(jobs, slot.Due.AddSeconds(29));
        var console = CreateTestProbe();
        Sys.EventStream.Subscribe(console.Ref, typeof(NodeEvent));
        for (var n = 0; n < 3; n++)
            Store("eu", Sample.Result("shop", new Slot(slot.DueUnixMilliseconds + (n * 10_000))));
        GoTo(jobs, slot.Due.AddSeconds(30));
        Store("eu", Sample.Result("shop", link.ExpectMsg<Dispatch>().Slot));

        // Two that were lost long ago, the newest that was lost, and one in time.
        console.ReceiveN(4).Cast<NodeEvent>().Select(told => told.IsChange).ShouldBe([false, false, true, false]);
    }

    [Fact]
    public void A_job_that_has_no_record_yet_is_offered_from_its_first_slot_on()
    {
        var (jobs, _) = Started(Sample.Job("shop"));

        var monitor = CreateTestProbe();
        jobs.Tell(new MonitorUp("eu", monitor.Ref));

        monitor.ExpectMsg<Offer>().NotBefore.ShouldBe(FirstSlot("shop", "eu"));
    }

    [Fact]
    public void A_monitor_that_comes_is_offered_the_job_from_the_slot_after_the_newest_that_is_recorded()
    {
        var job = Sample.Job("shop");
        var (jobs, link) = Started(job);
        var slot = FirstSlot("shop", "eu");
        GoTo(jobs, slot.Due);
        link.ExpectMsg<Dispatch>();
        Store("eu", Sample.Result("shop", slot));
        GoTo(jobs, slot.Due.AddSeconds(10));
        link.ExpectMsg<Dispatch>();

        var again = CreateTestProbe();
        jobs.Tell(new MonitorUp("eu", again.Ref));
        var offer = again.ExpectMsg<Offer>();
        (offer.Revision, offer.Check, offer.NotBefore).ShouldBe((job.Revision, job.Check, new Slot(slot.DueUnixMilliseconds + 1)));
        offer.PhaseMilliseconds.ShouldBe(SlotSchedule.Of(job.Job, "eu", job.Check.Interval).PhaseMilliseconds);

        // One that has lost its memory could run again what it was asked for.
        jobs.Tell(new MonitorUp("eu", again.Ref, IsNewOutbox: true));
        again.ExpectMsg<Offer>().NotBefore.ShouldBe(new Slot(slot.DueUnixMilliseconds + 10_001));
    }

    [Fact]
    public void A_monitor_that_is_permitted_is_waited_for_while_it_is_cut_off()
    {
        var (jobs, _) = Started(Sample.Job("shop"));
        var slot = FirstSlot("shop", "eu");
        jobs.Tell(new LaneGranted("eu", new JobId("shop"), IsGranted: true, slot.Due.AddHours(1)));
        jobs.Tell(new MonitorDown("eu"));

        GoTo(jobs, slot.Due.AddSeconds(6.9));
        _records.HasMessages.ShouldBeFalse();
        Store("eu", Sample.Result("shop", slot));
        GoTo(jobs, slot.Due.AddSeconds(17));

        _records.ReceiveN(2).Cast<SlotRecord>().Select(record => (record.Slot.Due, record.Outcome, record.Cause)).ShouldBe(
            [(slot.Due, Outcome.Up, Cause.None), (slot.Due.AddSeconds(10), Outcome.Lost, Cause.NoResult)]);
    }

    [Fact]
    public void The_last_record_of_the_run_before_is_no_change_when_it_comes_again()
    {
        var (jobs, link) = Started(Sample.Job("shop"));
        var slot = FirstSlot("shop", "eu");
        GoTo(jobs, slot.Due);
        link.ExpectMsg<Dispatch>();
        Store("eu", Sample.Result("shop", slot));
        Settle(jobs);
        Sys.Stop(jobs);

        var (again, linkAgain) = Started(Sample.Job("shop"));
        Status(again).Lanes[0].Last!.Slot.ShouldBe(slot);
        var console = CreateTestProbe();
        Sys.EventStream.Subscribe(console.Ref, typeof(NodeEvent));
        GoTo(again, slot.Due.AddSeconds(10));
        Store("eu", Sample.Result("shop", linkAgain.ExpectMsg<Dispatch>().Slot));

        console.ExpectMsg<NodeEvent>().IsChange.ShouldBeFalse();
    }

    private (IActorRef Jobs, TestProbe Link) Started(params JobDefinition[] definitions)
    {
        var link = CreateTestProbe();
        link.IgnoreMessages(message => message is Offer);
        var disk = _disk;
        _writer = Sys.ActorOf(Props.Create(() => new InstantWriter(disk)));
        _writer.Tell(new GetPlan([.. definitions], _clock.Now), TestActor);
        var jobs = Sys.ActorOf(JobsActor.Props(new JobsMemory(ExpectMsg<StartPlan>().Jobs, HoldState.Empty), new JobWorld(_clock, _writer, TimeSpan.FromHours(24))));
        jobs.Tell(new MonitorUp("eu", link.Ref));
        Settle(jobs);
        return (jobs, link);
    }

    private void Store(string monitor, CheckResult result)
        => _writer.Tell(new Decision(new KeepResult(new LaneKey(result.Job, monitor), result, 1)), TestActor);

    private Slot FirstSlot(string job, string monitor, TimeSpan? interval = null)
        => SlotSchedule.Of(new JobId(job), monitor, interval ?? TimeSpan.FromSeconds(10)).After(_clock.Now + TimeSpan.FromSeconds(1));

    private void GoTo(IActorRef jobs, DateTimeOffset instant)
    {
        Settle(jobs);
        Scheduler.AdvanceTo(instant);
        Settle(jobs);
    }

    // A job that has answered has worked off what was due and armed its timer again.
    private void Settle(IActorRef jobs)
    {
        // What it has decided goes by the writer and comes back.
        foreach (var _ in new[] { 1, 2 })
        {
            foreach (var job in Refs(jobs))
                StatusOf(job);
            _questions.Send(_writer, new Identify("settled"));
            _questions.ExpectMsg<ActorIdentity>();
        }
    }

    private JobStatus Status(IActorRef jobs)
    {
        Settle(jobs);
        return StatusOf(Refs(jobs).Single());
    }

    private IReadOnlyList<IActorRef> Refs(IActorRef jobs)
    {
        _questions.Send(jobs, GetJobs.Instance);
        return [.. _questions.ExpectMsg<JobRefs>().Jobs.Select(job => job.Ref)];
    }

    private JobStatus StatusOf(IActorRef job)
    {
        _questions.Send(job, GetJobStatus.Instance);
        return _questions.ExpectMsg<JobStatus>();
    }

    private sealed record GetPlan(System.Collections.Immutable.ImmutableArray<JobDefinition> Jobs, DateTimeOffset Now);

    /// <summary>A writer without queue and delay: each write is stored and its effect told at once.</summary>
    private sealed class InstantWriter : ReceiveActor
    {
        public InstantWriter(MemoryDisk disk)
        {
            var jobs = ActorRefs.Nobody;
            IStore? store = null;
            ReceiveAsync<GetPlan>(async get =>
            {
                var sender = Sender;
                disk.IsOpen = false;
                store = await disk.OpenAsync(CancellationToken.None);
                var plan = StartPlan.Of(store.Opening, await store.LanesAsync(CancellationToken.None), get.Jobs, get.Now);
                _ = await store.WriteAsync(plan.Writes, CancellationToken.None);
                sender.Tell(plan);
            });
            Receive<EffectsTo>(_ => jobs = Sender);
            ReceiveAsync<Decision>(async decision =>
            {
                var effects = await store!.WriteAsync([decision.Write], CancellationToken.None);
                var lane = decision.Write switch
                {
                    KeepResult result => result.Lane,
                    KeepRecord record => record.Lane,
                    KeepRange range => range.Lane,
                    _ => throw new NotSupportedException(),
                };
                jobs.Tell(new Settled([new SettledWrite(lane, decision.Write, effects[0])]));
            });
        }
    }
}
