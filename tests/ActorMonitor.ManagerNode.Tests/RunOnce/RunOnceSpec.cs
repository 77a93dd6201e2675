using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using ActorMonitor.Configuration;
using ActorMonitor.ManagerNode.RunOnce;
using ActorMonitor.ManagerNode.Slots;
using ActorMonitor.Messages;
using Akka.Actor;
using Microsoft.Extensions.Logging.Abstractions;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.ManagerNode.Tests.RunOnce;

public class RunOnceSpec(ITestOutputHelper output) : RemoteSpec(output)
{
    private readonly ConcurrentQueue<SlotRecord> _records = new();
    private readonly TaskCompletionSource _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _seq;

    [Fact]
    public async Task Every_job_gets_its_record_and_no_more_than_256_are_under_way_at_a_time()
    {
        var run = Start([.. Enumerable.Range(0, 600).Select(i => Sample.Job($"job {i}"))]);
        Monitor.IgnoreMessages(message => message is Heartbeat or Credit);
        var link = Admit();

        var under = Monitor.ReceiveN(RunOnceActor.Window, Soon).Cast<Execute>().ToList();
        under.ShouldAllBe(execute => execute.Key.Matches(Key) && execute.Check!.Interval == TimeSpan.Zero);

        // A result that nobody waits for is acknowledged, and by then no further check has been sent.
        Complete(link, "unknown", new Slot(1));
        Monitor.ExpectMsg<Acknowledge>(Soon).Ranges.ShouldHaveSingleItem().Last.ShouldBe(1);

        var done = 0;
        while (done < 600)
        {
            Complete(link, under[done].Job.Name, under[done].Slot);
            done++;
            // The next check takes the place of the one that ended; the acknowledgement goes first.
            Monitor.ExpectMsg<Acknowledge>(Soon).Outbox.ShouldBe(Outbox);
            if (under.Count < 600)
                under.Add(Monitor.ExpectMsg<Execute>(Soon));
        }

        await _done.Task.WaitAsync(Soon);
        _records.Select(record => record.Job.Name).Distinct().Count().ShouldBe(600);
        _records.Count.ShouldBe(600);
        _records.ShouldAllBe(record => record.Outcome == Outcome.Up && record.Monitor == "eu");
        Sys.Stop(run);
    }

    [Fact]
    public async Task A_monitor_that_cannot_be_reached_leaves_its_jobs_skipped_and_the_others_run()
    {
        var nowhere = new MonitorAddress("nowhere", "127.0.0.1", ClosedPort(), "nowhere", "");
        Start([Sample.Job("here"), Sample.Job("there", ["nowhere"]), Sample.Job("both", ["eu", "nowhere"])], Address, nowhere);
        Monitor.IgnoreMessages(message => message is Heartbeat or Credit);
        var link = Admit();
        foreach (var execute in Monitor.ReceiveN(2, Soon).Cast<Execute>())
            Complete(link, execute.Job.Name, execute.Slot);
        AwaitAssert(() => _records.Count.ShouldBe(2));
        _done.Task.IsCompleted.ShouldBeFalse();

        await PassAsync(RunOnceActor.ConnectBound + TimeSpan.FromSeconds(1));

        _records.Select(record => (record.Job.Name, record.Monitor, record.Outcome, record.Cause)).ShouldBe(
            [("here", "eu", Outcome.Up, Cause.None), ("both", "eu", Outcome.Up, Cause.None), ("there", "nowhere", Outcome.Skipped, Cause.NoMonitor), ("both", "nowhere", Outcome.Skipped, Cause.NoMonitor)],
            ignoreOrder: true);
    }

    [Fact]
    public async Task A_monitor_that_never_answers_leaves_its_jobs_lost()
    {
        Start([Sample.Job("silent", timeoutSeconds: 2)]);
        Admit();
        Monitor.FishForMessage(message => message is Execute, Soon);

        await PassAsync(TimeSpan.FromSeconds(8));

        var record = _records.ShouldHaveSingleItem();
        (record.Outcome, record.Cause).ShouldBe((Outcome.Lost, Cause.NoResult));
    }

    [Fact]
    public async Task A_result_of_another_slot_or_monitor_is_not_taken_for_the_job_s()
    {
        Start([Sample.Job("job")]);
        Monitor.IgnoreMessages(message => message is Heartbeat or Credit);
        var link = Admit();
        var execute = Monitor.ExpectMsg<Execute>(Soon);

        Complete(link, "job", new Slot(execute.Slot.DueUnixMilliseconds - 1), Outcome.Down);
        Monitor.ExpectMsg<Acknowledge>(Soon);
        _records.ShouldBeEmpty();
        Complete(link, "job", execute.Slot);
        Complete(link, "job", execute.Slot, Outcome.Down);

        await _done.Task.WaitAsync(Soon);
        _records.ShouldHaveSingleItem().Outcome.ShouldBe(Outcome.Up);
    }

    [Fact]
    public async Task Without_jobs_it_is_done_at_once()
    {
        Start([]);

        await _done.Task.WaitAsync(Soon);

        _records.ShouldBeEmpty();
    }

    private IActorRef Start(JobDefinition[] jobs, params MonitorAddress[] monitors)
    {
        var settings = ManagerSettings.Default with { Name = "hq", Monitors = monitors.Length == 0 ? [Address] : [.. monitors] };
        return Sys.ActorOf(RunOnceActor.Props(new RunOnceParts(
            new Epoch(7), settings, [.. jobs], Time, NullLogger.Instance, (_, record) => _records.Enqueue(record), _done)));
    }

    private void Complete(IActorRef link, string job, Slot slot, Outcome outcome = Outcome.Up)
        => Monitor.Send(link, new Completed(Key, Outbox, ++_seq, new Epoch(7), 1, Sample.Result(job, slot, outcome)));

    // One step is enough for what is due; more are made only while the system is still busy with it.
    private async Task PassAsync(TimeSpan time)
    {
        Scheduler.Advance(time);
        await AwaitAssertAsync(() =>
        {
            Scheduler.Advance(TimeSpan.FromMilliseconds(250));
            _done.Task.IsCompleted.ShouldBeTrue();
        });
    }

    private static int ClosedPort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
