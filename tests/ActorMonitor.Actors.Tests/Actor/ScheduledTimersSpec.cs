using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Shouldly;
using Xunit;

namespace ActorMonitor.Actors.Tests.Actor;

/// <summary>Timers against a scheduler that the test is: it keeps what it is given and lets it happen when the test says so.</summary>
public sealed class ScheduledTimersSpec() : SystemSpec("akka.scheduler.implementation = \"ActorMonitor.Actors.Tests.Actor.RecordingScheduler, ActorMonitor.Actors.Tests\"")
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private RecordingScheduler Scheduler => (RecordingScheduler)Sys.Scheduler;

    [Fact]
    public async Task Timers_that_are_replaced_or_outlive_their_instance_are_cancelled_in_the_scheduler()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Arming()));
        await Settle(actor);

        Scheduler.Of(actor).Select(timer => timer.IsCancelled).ShouldBe([true, false, false]);

        actor.Tell("fail", ActorRefs.NoSender);
        await Settle(actor);
        Scheduler.Of(actor).Select(timer => timer.IsCancelled).ShouldBe([true, true, true, true, false, false]);

        await actor.GracefulStop(Patience);
        Scheduler.Of(actor).ShouldAllBe(timer => timer.IsCancelled);
    }

    [Fact]
    public async Task A_receive_timeout_that_waits_behind_a_message_is_dropped()
    {
        var probe = NewProbe();
        using var entered = new SemaphoreSlim(0);
        using var gate = new ManualResetEventSlim();
        var actor = Sys.ActorOf(new FunActor.Hooks
        {
            PreStart = context => context.SetReceiveTimeout(Second),
            Receive = (message, context) =>
            {
                if (message is not Holding)
                {
                    probe.Ref.Tell(message, context.Self);
                    return;
                }

                entered.Release();
                gate.Wait(Patience);
            },
        }.Props);
        await Settle(actor);
        actor.Tell(new Holding(), ActorRefs.NoSender);
        (await entered.WaitAsync(Patience)).ShouldBeTrue();

        actor.Tell("activity", ActorRefs.NoSender);
        Scheduler.Of(actor).Last(timeout => !timeout.IsCancelled).Happen();
        actor.Tell("last", ActorRefs.NoSender);
        gate.Set();

        await probe.Expect("activity");
        await probe.Expect("last");
    }

    private sealed class Holding : INotInfluenceReceiveTimeout;

    private sealed class Arming : ReceiveActor, IWithTimers
    {
        public Arming() => ReceiveAny(message => throw new InvalidOperationException($"{message}"));

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart()
        {
            Timers.StartSingleTimer("key", "replaced", Second);
            Timers.StartSingleTimer("key", "once", Second);
            Timers.StartPeriodicTimer("other", "again", Second);
        }
    }
}

/// <summary>Lets nothing happen by itself.</summary>
internal sealed class RecordingScheduler : SchedulerBase
{
    private readonly ConcurrentQueue<Scheduled> _all = new();

    public RecordingScheduler(Config config, ILoggingAdapter log)
    {
    }

    public override DateTimeOffset Now => TimeProvider.System.GetUtcNow();

    public IEnumerable<Scheduled> Of(IActorRef receiver) => _all.Where(scheduled => receiver.Equals(scheduled.Receiver));

    internal override void Add(TimeSpan delay, Scheduled scheduled) => _all.Enqueue(scheduled);
}
