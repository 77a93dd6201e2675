using Akka.Actor;
using Akka.TestKit;
using Shouldly;
using Xunit;

namespace ActorMonitor.Actors.Tests.Actor;

/// <summary>Ticks that are in the mailbox already when their timer is cancelled: the actor itself moves the virtual time.</summary>
public sealed class StaleTicksSpec() : SystemSpec($"akka.scheduler.implementation = \"{typeof(TestScheduler).AssemblyQualifiedName}\"")
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    private TestScheduler Time => (TestScheduler)Sys.Scheduler;

    [Fact]
    public async Task A_timer_fires_and_one_that_is_replaced_or_cancelled_never_does()
    {
        var probe = NewProbe();
        var actor = Sys.ActorOf(Props.Create(() => new StashAndTimersSpec.Timed(probe.Ref)));

        actor.Tell(new Action<ITimerScheduler>(timers =>
        {
            timers.StartSingleTimer("key", "replaced", Second);
            timers.StartSingleTimer("other", "cancelled", Second);
            Time.Advance(Second);
            timers.StartSingleTimer("key", "fired", Second);
            timers.Cancel("other");
            Time.Advance(Second);
            timers.IsTimerActive("key").ShouldBeTrue();
            timers.IsTimerActive("other").ShouldBeFalse();
        }), ActorRefs.NoSender);

        await probe.Expect("fired");
        await Settle(actor);
        await probe.ExpectNothing();
    }

    [Fact]
    public async Task A_restart_cancels_the_timers()
    {
        var probe = NewProbe();
        var actor = Sys.ActorOf(Props.Create(() => new StashAndTimersSpec.Timed(probe.Ref)));

        actor.Tell(new Action<ITimerScheduler>(timers =>
        {
            timers.StartPeriodicTimer("key", "tick", Second);
            Time.Advance(Second);
            throw new InvalidOperationException();
        }), ActorRefs.NoSender);
        (await actor.Ask<bool>("active?", Patience)).ShouldBeFalse();

        Time.Advance(Second);
        await Settle(actor);
        await probe.ExpectNothing();
    }

    [Fact]
    public async Task A_receive_timeout_that_was_switched_off_does_not_come()
    {
        var probe = NewProbe();
        var actor = Sys.ActorOf(new FunActor.Hooks
        {
            PreStart = context => context.SetReceiveTimeout(Second),
            Receive = (message, context) =>
            {
                if (message is Off)
                {
                    Time.Advance(Second);
                    context.SetReceiveTimeout(null);
                }

                probe.Ref.Tell(message, context.Self);
            },
        }.Props);

        actor.Tell(new Off(), ActorRefs.NoSender);

        await probe.Expect<Off>();
        await Settle(actor);
        await probe.ExpectNothing();
    }

    // Any other message would take the timeout back when it arrives.
    private sealed class Off : INotInfluenceReceiveTimeout;
}
