using System.Collections.Concurrent;
using Akka.Actor;
using Akka.Event;
using Shouldly;
using Xunit;

namespace ActorMonitor.Actors.Tests.Actor;

public sealed class SupervisionSpec : SystemSpec
{
    private readonly ConcurrentQueue<string> _events = new();

    [Fact]
    public async Task A_restarted_actor_keeps_its_mailbox_ref_and_path()
    {
        var probe = NewProbe();
        var instances = 0;
        var gate = new ManualResetEventSlim();
        var actor = Sys.ActorOf(new FunActor.Hooks
        {
            Constructed = () => instances++,
            Receive = (message, context) =>
            {
                gate.Wait(Patience);
                if (message is Exception e) throw e;
                probe.Ref.Tell($"{message} {instances}", context.Self);
            },
        }.Props);
        actor.Tell("before", ActorRefs.NoSender);
        actor.Tell(new InvalidOperationException("bad"), ActorRefs.NoSender);
        actor.Tell("after", ActorRefs.NoSender);

        gate.Set();

        await probe.Expect("before 1");
        await probe.Expect("after 2");
        probe.LastSender.ShouldBe(actor);
        probe.LastSender.Path.Uid.ShouldBe(actor.Path.Uid);
        await probe.ExpectNothing();
    }

    [Fact]
    public async Task The_hooks_of_a_restart_see_the_cause_and_the_message()
    {
        var failure = new InvalidOperationException("bad");
        var probe = NewProbe();
        var actor = Sys.ActorOf(new FunActor.Hooks
        {
            PreStart = _ => _events.Enqueue("PreStart"),
            PostStop = _ => _events.Enqueue("PostStop"),
            PreRestart = (reason, message) => _events.Enqueue($"PreRestart {reason.Message} {ReferenceEquals(message, failure)}"),
            PostRestart = reason => _events.Enqueue($"PostRestart {reason.Message}"),
        }.Props);

        actor.Tell(failure, ActorRefs.NoSender);
        await Settle(actor);

        _events.ShouldBe(["PreStart", "PreRestart bad True", "PostStop", "PostRestart bad", "PreStart"]);
        await probe.ExpectNothing();
    }

    [Fact]
    public async Task A_restart_stops_the_children_and_waits_for_them()
    {
        var child = new FunActor.Hooks { PostStop = _ => _events.Enqueue("child stopped") };
        var parent = Sys.ActorOf(new FunActor.Hooks
        {
            Constructed = () => _events.Enqueue("parent made"),
        }.Props);
        var first = await parent.Ask<IActorRef>(child.Props, Patience);

        parent.Tell(new InvalidOperationException(), ActorRefs.NoSender);

        var second = await parent.Ask<IActorRef>(child.Props, Patience);
        second.Path.ShouldBe(first.Path);
        second.ShouldNotBe(first);
        _events.ShouldBe(["parent made", "child stopped", "parent made"]);
    }

    [Fact]
    public async Task Children_that_PreRestart_keeps_are_restarted_and_go_on()
    {
        var instances = 0;
        var child = new FunActor.Hooks { Constructed = () => Interlocked.Increment(ref instances) };
        var parent = Sys.ActorOf(new FunActor.Hooks { KeepsChildren = true }.Props);
        var kept = await parent.Ask<IActorRef>(child.Props, Patience);

        for (var i = 0; i < 5; i++) parent.Tell(new InvalidOperationException(), ActorRefs.NoSender);
        await Settle(parent);

        (await kept.Ask<string>("alive", Patience)).ShouldBe("alive");
        instances.ShouldBe(6);
    }

    [Fact]
    public async Task Resume_keeps_the_state_and_skips_the_message()
    {
        var instances = 0;
        var parent = Sys.ActorOf(new FunActor.Hooks { Strategy = new OneForOneStrategy(_ => Directive.Resume) }.Props);
        var child = await parent.Ask<IActorRef>(new FunActor.Hooks { Constructed = () => instances++ }.Props, Patience);

        child.Tell(new InvalidOperationException(), ActorRefs.NoSender);

        (await child.Ask<string>("next", Patience)).ShouldBe("next");
        instances.ShouldBe(1);
    }

    [Fact]
    public async Task Retries_beyond_the_limit_stop_the_child()
    {
        var probe = NewProbe();
        var instances = 0;
        var parent = Sys.ActorOf(new FunActor.Hooks
        {
            Strategy = new OneForOneStrategy(2, TimeSpan.FromMinutes(1), _ => Directive.Restart),
        }.Props);
        var child = await parent.Ask<IActorRef>(new FunActor.Hooks { Constructed = () => instances++ }.Props, Patience);
        probe.Watch(child);

        for (var i = 0; i < 4; i++) child.Tell(new InvalidOperationException(), ActorRefs.NoSender);

        await probe.ExpectTerminated(child);
        instances.ShouldBe(3);
    }

    [Fact]
    public void Retries_are_counted_within_their_window_only()
    {
        var zero = new ChildStats((IInternalActorRef)ActorRefs.Nobody);
        zero.RequestRestartPermission(0, TimeSpan.FromMinutes(1)).ShouldBeFalse();

        var unlimited = new ChildStats((IInternalActorRef)ActorRefs.Nobody);
        Enumerable.Range(0, 100).ShouldAllBe(_ => unlimited.RequestRestartPermission(-1, Timeout.InfiniteTimeSpan));

        var counted = new ChildStats((IInternalActorRef)ActorRefs.Nobody);
        counted.RequestRestartPermission(1, Timeout.InfiniteTimeSpan).ShouldBeTrue();
        counted.RequestRestartPermission(1, Timeout.InfiniteTimeSpan).ShouldBeFalse();

        var windowed = new ChildStats((IInternalActorRef)ActorRefs.Nobody);
        windowed.RequestRestartPermission(1, TimeSpan.FromMinutes(1)).ShouldBeTrue();
        windowed.RequestRestartPermission(1, TimeSpan.FromTicks(1)).ShouldBeTrue();
        windowed.RequestRestartPermission(1, TimeSpan.FromMinutes(1)).ShouldBeFalse();
    }

    [Fact]
    public async Task An_escalated_failure_fails_the_supervisor_in_turn()
    {
        var causes = new ConcurrentQueue<Exception>();
        var top = Sys.ActorOf(new FunActor.Hooks
        {
            Strategy = new OneForOneStrategy(cause =>
            {
                causes.Enqueue(cause);
                return Directive.Restart;
            }),
        }.Props);
        var restarts = 0;
        var middle = await top.Ask<IActorRef>(
            new FunActor.Hooks { Strategy = new OneForOneStrategy(_ => Directive.Escalate), PostRestart = _ => restarts++ }.Props, Patience);
        var bottom = await middle.Ask<IActorRef>(new FunActor.Hooks().Props, Patience);
        var probe = NewProbe();
        probe.Watch(bottom);
        await Settle(probe.Ref);
        var failure = new InvalidOperationException("deep");

        bottom.Tell(failure, ActorRefs.NoSender);

        await probe.ExpectTerminated(bottom);
        await Settle(middle);
        causes.ShouldBe([failure]);
        restarts.ShouldBe(1);
    }

    [Fact]
    public async Task A_child_whose_escalated_failure_meets_a_failing_parent_goes_on_after_all()
    {
        var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gate = new ManualResetEventSlim();
        var top = Sys.ActorOf(new FunActor.Hooks { Strategy = new OneForOneStrategy(_ => Directive.Resume) }.Props);
        var middle = await top.Ask<IActorRef>(
            new FunActor.Hooks
            {
                Strategy = new OneForOneStrategy(_ => Directive.Escalate),
                Receive = (message, context) =>
                {
                    if (message is Exception)
                    {
                        begun.SetResult();
                        gate.Wait(Patience);
                    }

                    FunActor.Hooks.Throwing(message, context);
                },
            }.Props,
            Patience);
        var bottom = await middle.Ask<IActorRef>(new FunActor.Hooks().Props, Patience);
        middle.Tell(new InvalidOperationException("parent"), ActorRefs.NoSender);
        await begun.Task.WaitAsync(Patience);
        var errors = NewProbe();
        bottom.Tell(new InvalidOperationException("child"), ActorRefs.NoSender);
        bottom.Tell("wait", errors.Ref);

        // The child has failed once it holds back its messages, which nothing tells; then the parent fails.
        SpinWait.SpinUntil(() => ((LocalActorRef)bottom).Cell.Mailbox.SuspendCount == 1, Patience).ShouldBeTrue();
        gate.Set();

        await errors.Expect("wait");
        (await middle.Ask<string>("alive", Patience)).ShouldBe("alive");
    }

    [Fact]
    public async Task A_failure_that_reaches_the_guardian_by_Escalate_ends_the_system()
    {
        using var system = ActorSystem.Create(
            "doomed", "akka { loglevel = OFF, stdout-loglevel = OFF, actor.guardian-supervisor-strategy = \"" + typeof(Escalating).AssemblyQualifiedName + "\" }");
        var actor = system.ActorOf(new FunActor.Hooks().Props);

        actor.Tell(new InvalidOperationException(), ActorRefs.NoSender);

        await system.WhenTerminated.WaitAsync(Patience);
    }

    [Fact]
    public async Task A_constructor_that_throws_stops_the_actor()
    {
        var probe = NewProbe();
        var errors = NewProbe();
        Sys.EventStream.Subscribe(errors.Ref, typeof(Error));

        var actor = Sys.ActorOf(new FunActor.Hooks { Constructed = () => throw new InvalidOperationException("no") }.Props);
        probe.Watch(actor);

        await probe.ExpectTerminated(actor);
        (await errors.Expect<Error>()).Cause.ShouldBeOfType<ActorInitializationException>().InnerException!.Message.ShouldBe("no");
    }

    [Fact]
    public async Task A_failed_making_may_be_tried_again_by_Restart()
    {
        var tries = 0;
        var parent = Sys.ActorOf(new FunActor.Hooks { Strategy = new OneForOneStrategy(_ => Directive.Restart) }.Props);

        var child = await parent.Ask<IActorRef>(
            new FunActor.Hooks
            {
                Constructed = () =>
                {
                    if (++tries < 3) throw new InvalidOperationException("not yet");
                },
            }.Props,
            Patience);

        (await child.Ask<string>("there", Patience)).ShouldBe("there");
        tries.ShouldBe(3);
    }

    [Fact]
    public async Task A_restart_whose_new_instance_fails_stops_the_actor()
    {
        var probe = NewProbe();
        var made = 0;
        var stopped = 0;
        var actor = Sys.ActorOf(new FunActor.Hooks
        {
            Constructed = () =>
            {
                if (++made > 1) throw new InvalidOperationException("second");
            },
            PostStop = _ => stopped++,
        }.Props);
        probe.Watch(actor);

        actor.Tell(new InvalidOperationException("first"), ActorRefs.NoSender);

        await probe.ExpectTerminated(actor);
        stopped.ShouldBe(1);
    }

    [Fact]
    public async Task Kill_stops_by_the_default_strategy()
    {
        var probe = NewProbe();
        var actor = Sys.ActorOf(new FunActor.Hooks().Props);
        probe.Watch(actor);
        await Settle(probe.Ref);

        actor.Tell(Kill.Instance, ActorRefs.NoSender);

        await probe.ExpectTerminated(actor);
    }

    [Fact]
    public async Task Failures_of_PostStop_and_PreRestart_are_logged_and_change_nothing()
    {
        var probe = NewProbe();
        var errors = NewProbe();
        Sys.EventStream.Subscribe(errors.Ref, typeof(Error));
        var actor = Sys.ActorOf(new FunActor.Hooks { PostStop = _ => throw new InvalidOperationException("stopping") }.Props);
        probe.Watch(actor);

        actor.Tell(new InvalidOperationException("failing"), ActorRefs.NoSender);
        (await actor.Ask<string>("alive", Patience)).ShouldBe("alive");
        Sys.Stop(actor);

        await probe.ExpectTerminated(actor);
        (await errors.Expect<Error>()).Message.ToString().ShouldBe("failing");
        (await errors.Expect<Error>()).Cause.ShouldBeOfType<PreRestartException>();
        (await errors.Expect<Error>()).Message.ToString().ShouldBe("stopping");
    }

    [Fact]
    public async Task Stops_and_restarts_that_cross_leave_no_actor_behind()
    {
        var alive = 0;
        for (var round = 0; round < 200; round++)
        {
            var probe = NewProbe();
            var parent = Sys.ActorOf(new FunActor.Hooks { Strategy = new OneForOneStrategy(_ => Directive.Restart) }.Props);
            var child = await parent.Ask<IActorRef>(
                new FunActor.Hooks
                {
                    PreStart = context =>
                    {
                        Interlocked.Increment(ref alive);
                        context.ActorOf(Props.Empty, "grandchild");
                    },
                    PostStop = _ => Interlocked.Decrement(ref alive),
                }.Props,
                Patience);
            probe.Watch(parent);
            await Settle(probe.Ref);

            child.Tell(new InvalidOperationException(), ActorRefs.NoSender);
            parent.Tell(new InvalidOperationException(), ActorRefs.NoSender);
            child.Tell(new InvalidOperationException(), ActorRefs.NoSender);
            if (round % 2 == 0) Sys.Stop(parent);
            else parent.Tell(PoisonPill.Instance, ActorRefs.NoSender);

            await probe.ExpectTerminated(parent);
            Volatile.Read(ref alive).ShouldBe(0);
        }
    }

    public sealed class Escalating : SupervisorStrategyConfigurator
    {
        public override SupervisorStrategy Create() => new OneForOneStrategy(_ => Directive.Escalate);
    }
}
