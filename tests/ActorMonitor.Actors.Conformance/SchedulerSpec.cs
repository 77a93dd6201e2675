using ActorMonitor.Tests;
using Akka.Actor;
using Akka.TestKit;
using Akka.TestKit.Configs;
using Akka.TestKit.Xunit2;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.Actors.Conformance;

public class SchedulerSpec(ITestOutputHelper output) : TestKit(output: output)
{
    private static readonly TimeSpan Short = TimeSpan.FromMilliseconds(20);

    [Fact]
    public void A_message_comes_after_its_delay()
    {
        var before = Sys.Scheduler.MonotonicClock;

        Sys.Scheduler.ScheduleTellOnce(Short, TestActor, "later", ActorRefs.NoSender);

        ExpectMsg("later");
        (Sys.Scheduler.MonotonicClock - before).ShouldBeGreaterThanOrEqualTo(Short - TimeSpan.FromMilliseconds(1));
    }

    [Fact]
    public void A_cancelled_message_does_not_come()
    {
        // An action holds up the scheduler, so that nothing can come before it is cancelled.
        using var held = new ManualResetEventSlim();
        using var gate = new ManualResetEventSlim();
        Sys.Scheduler.Advanced.ScheduleOnce(TimeSpan.Zero, () =>
        {
            held.Set();
            gate.Wait(TimeSpan.FromSeconds(5));
        });
        held.Wait(TimeSpan.FromSeconds(5)).ShouldBeTrue();
        var cancelable = new Cancelable(Sys.Scheduler);
        Sys.Scheduler.ScheduleTellOnce(Short, TestActor, "never", ActorRefs.NoSender, cancelable);

        cancelable.Cancel();

        Sys.Scheduler.ScheduleTellOnce(Short * 2, TestActor, "sentinel", ActorRefs.NoSender);
        gate.Set();
        ExpectMsg("sentinel");
    }

    [Fact]
    public void A_repeated_message_comes_until_it_is_cancelled()
    {
        var cancelable = Sys.Scheduler.ScheduleTellRepeatedlyCancelable(TimeSpan.Zero, Short, TestActor, "again", ActorRefs.NoSender);

        ReceiveN(3).ShouldAllBe(message => message.Equals("again"));
        cancelable.Cancel();

        cancelable.IsCancellationRequested.ShouldBeTrue();
    }

    [Fact]
    public async Task An_action_runs_after_its_delay()
    {
        var ran = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);

        Sys.Scheduler.Advanced.ScheduleOnce(Short, () => ran.TrySetResult());

        await ran.Task.WaitAsync(TimeSpan.FromSeconds(5));
    }
}

public class TestSchedulerSpec(ITestOutputHelper output) : TestKit(TestConfigs.TestSchedulerConfig, output: output)
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private TestScheduler Time => (TestScheduler)Sys.Scheduler;

    [Fact]
    public void Time_stands_still_until_it_is_advanced()
    {
        var start = Time.Now;
        Time.ScheduleTellOnce(Second, TestActor, "due", ActorRefs.NoSender);

        Time.Advance(Second / 2);
        TestActor.Tell("sentinel");
        ExpectMsg("sentinel");
        Time.AdvanceTo(start + Second);
        ExpectMsg("due");

        Time.Now.ShouldBe(start + Second);
    }

    [Fact]
    public void What_is_due_is_delivered_in_the_order_of_the_due_times()
    {
        Time.ScheduleTellOnce(Second * 3, TestActor, 3, ActorRefs.NoSender);
        Time.ScheduleTellOnce(Second, TestActor, 1, ActorRefs.NoSender);
        Time.ScheduleTellOnce(Second * 2, TestActor, 2, ActorRefs.NoSender);

        Time.Advance(Second * 5);

        ReceiveN(3).ShouldBe([1, 2, 3]);
    }

    [Fact]
    public void The_monotonic_clock_stays_real()
    {
        var before = Time.MonotonicClock;

        Time.Advance(TimeSpan.FromDays(1));

        (Time.MonotonicClock - before).ShouldBeLessThan(TimeSpan.FromHours(1));
    }

    [Fact]
    public void Time_does_not_run_backwards() => Should.Throw<InvalidOperationException>(() => Time.AdvanceTo(Time.Now - Second));

    [Fact]
    public void A_time_provider_over_it_follows_now_elapsed_and_timers()
    {
        var time = TestSchedulerTime.Of(Sys);
        var started = time.GetTimestamp();
        var now = time.GetUtcNow();
        using var timeout = new CancellationTokenSource(Second, time);

        Time.Advance(Second / 2);
        timeout.IsCancellationRequested.ShouldBeFalse();
        Time.Advance(Second / 2);

        timeout.IsCancellationRequested.ShouldBeTrue();
        time.GetElapsedTime(started).ShouldBe(Second);
        time.GetUtcNow().ShouldBe(now + Second);
    }
}
