using System.Diagnostics;
using Akka.Actor;
using Shouldly;
using Xunit;

namespace ActorMonitor.Actors.Tests.Actor;

public sealed class SchedulerSpec : SystemSpec
{
    [Fact]
    public async Task Nothing_comes_early()
    {
        for (var milliseconds = 0; milliseconds < 30; milliseconds += 3)
        {
            var fired = new TaskCompletionSource<TimeSpan>(TaskCreationOptions.RunContinuationsAsynchronously);
            var delay = TimeSpan.FromMilliseconds(milliseconds);
            var start = Stopwatch.GetTimestamp();

            Sys.Scheduler.Advanced.ScheduleOnce(delay, () => fired.SetResult(Stopwatch.GetElapsedTime(start)));

            (await fired.Task.WaitAsync(Patience)).ShouldBeGreaterThanOrEqualTo(delay);
        }
    }

    [Fact]
    public async Task Schedules_come_in_the_order_of_their_times()
    {
        var probe = NewProbe();
        var due = new Dictionary<int, (TimeSpan Earliest, TimeSpan Latest)>();
        foreach (var n in new[] { 30, 10, 20, 0, 40, 5 })
        {
            var delay = TimeSpan.FromMilliseconds(n);
            var earliest = Sys.Scheduler.MonotonicClock + delay;
            Sys.Scheduler.ScheduleTellOnce(delay, probe.Ref, n, ActorRefs.NoSender);
            due.Add(n, (earliest, Sys.Scheduler.MonotonicClock + delay));
        }

        var before = new List<int>();
        for (var i = 0; i < due.Count; i++)
        {
            var next = await probe.Expect<int>();
            before.ShouldAllBe(n => due[n].Earliest <= due[next].Latest);
            before.Add(next);
        }
    }

    [Fact]
    public async Task A_cancelled_schedule_does_not_come()
    {
        var probe = NewProbe();
        using var gate = new ManualResetEventSlim();
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        // While an action runs nothing else comes: the cancel is in time, however late this test gets its turns.
        Sys.Scheduler.Advanced.ScheduleOnce(TimeSpan.Zero, () =>
        {
            held.SetResult();
            gate.Wait(Patience);
        });
        await held.Task.WaitAsync(Patience);
        var cancelled = Sys.Scheduler.ScheduleTellOnceCancelable(TimeSpan.FromMilliseconds(1), probe.Ref, "no", ActorRefs.NoSender);
        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(2), probe.Ref, "yes", ActorRefs.NoSender);

        cancelled.Cancel();
        gate.Set();

        await probe.Expect("yes");
        cancelled.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public async Task A_repeated_schedule_goes_on_though_one_run_fails()
    {
        var probe = NewProbe();
        var runs = 0;
        var cancelable = new Cancelable(Sys.Scheduler);
        Sys.Scheduler.Advanced.ScheduleRepeatedly(TimeSpan.Zero, TimeSpan.FromMilliseconds(1), () =>
        {
            if (++runs == 1) throw new InvalidOperationException();
            probe.Ref.Tell(runs, ActorRefs.NoSender);
        }, cancelable);

        await probe.Expect(2);
        await probe.Expect(3);
        cancelable.Cancel();
    }

    [Fact]
    public async Task Thousands_of_cancelled_schedules_leave_the_others_be()
    {
        var probe = NewProbe();
        for (var i = 0; i < 10_000; i++)
        {
            Sys.Scheduler.ScheduleTellOnceCancelable(TimeSpan.FromMinutes(1), probe.Ref, "never", ActorRefs.NoSender).Cancel();
        }

        Sys.Scheduler.ScheduleTellOnce(TimeSpan.FromMilliseconds(1), probe.Ref, "now", ActorRefs.NoSender);

        await probe.Expect("now");
    }

    [Fact]
    public void A_negative_delay_is_refused() =>
        Should.Throw<ArgumentOutOfRangeException>(() => Sys.Scheduler.Advanced.ScheduleOnce(TimeSpan.FromMilliseconds(-1), () => { }));
}
