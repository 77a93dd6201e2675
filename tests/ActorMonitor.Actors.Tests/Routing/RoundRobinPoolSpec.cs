using ActorMonitor.Actors.Tests.Actor;
using Akka.Actor;
using Akka.Configuration;
using Akka.Routing;
using Shouldly;
using Xunit;

namespace ActorMonitor.Actors.Tests.Routing;

public sealed class RoundRobinPoolSpec() : SystemSpec("akka.actor.deployment { /configured { router = round-robin-pool, nr-of-instances = 3 } }")
{
    private static Props Naming => new FunActor.Hooks
    {
        Receive = (message, context) =>
        {
            if (message is Exception e) throw e;
            context.Sender.Tell(context.Self.Path.Name, context.Self);
        },
    }.Props;

    private static async Task<int> SizeOf(IActorRef router) =>
        (await router.Ask<Routees>(GetRoutees.Instance, Patience)).Members.Count();

    [Fact]
    public async Task Routees_take_turns()
    {
        var router = Sys.ActorOf(Naming.WithRouter(new RoundRobinPool(3)), "pool");

        var names = new List<string>();
        for (var i = 0; i < 6; i++) names.Add(await router.Ask<string>("who", Patience));

        names.ShouldBe(["$a", "$b", "$c", "$a", "$b", "$c"]);
    }

    [Fact]
    public async Task FromConfig_takes_the_deployment_of_the_path()
    {
        var router = Sys.ActorOf(Naming.WithRouter(FromConfig.Instance), "configured");

        (await SizeOf(router)).ShouldBe(3);
        Should.Throw<ConfigurationException>(() => Sys.ActorOf(Naming.WithRouter(FromConfig.Instance), "elsewhere"));
    }

    [Fact]
    public async Task A_broadcast_reaches_all_routees()
    {
        var probe = NewProbe();
        var router = Sys.ActorOf(Naming.WithRouter(new RoundRobinPool(4)));

        router.Tell(new Broadcast("who"), probe.Ref);

        var names = new List<string>();
        for (var i = 0; i < 4; i++) names.Add(await probe.Expect<string>());
        names.Distinct().Count().ShouldBe(4);
        await probe.ExpectNothing();
    }

    [Fact]
    public async Task A_pool_grows_and_shrinks_without_losing_a_message()
    {
        const int messages = 40_000;
        var handled = 0;
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var router = Sys.ActorOf(new FunActor.Hooks
        {
            Receive = (_, _) =>
            {
                if (Interlocked.Increment(ref handled) == messages) done.SetResult();
            },
        }.Props.WithRouter(new RoundRobinPool(4)));

        var sending = Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < messages / 4; i++) router.Tell(i, ActorRefs.NoSender);
        })));
        for (var i = 0; i < 100; i++)
        {
            router.Tell(new AdjustPoolSize(i % 2 == 0 ? -3 : 3), ActorRefs.NoSender);
            await SizeOf(router);
        }

        await sending;
        await done.Task.WaitAsync(Patience);
        (await SizeOf(router)).ShouldBe(4);
    }

    [Fact]
    public async Task A_removed_routee_works_off_its_queue_and_ends()
    {
        var probe = NewProbe();
        var gate = new ManualResetEventSlim();
        var router = Sys.ActorOf(new FunActor.Hooks
        {
            Receive = (message, context) =>
            {
                gate.Wait(Patience);
                context.Sender.Tell(message, context.Self);
            },
        }.Props.WithRouter(new RoundRobinPool(2)));
        var routee = (await router.Ask<Routees>(GetRoutees.Instance, Patience)).Members.Cast<ActorRefRoutee>().Last();
        probe.Watch(routee.Actor);
        await Settle(probe.Ref);
        routee.Actor.Tell("queued", probe.Ref);

        router.Tell(new AdjustPoolSize(-1), ActorRefs.NoSender);
        (await SizeOf(router)).ShouldBe(1);
        gate.Set();

        await probe.Expect("queued");
        await probe.ExpectTerminated(routee.Actor);
    }

    [Fact]
    public async Task A_routee_that_fails_restarts_all_by_escalation_and_the_pool_keeps_its_size()
    {
        var instances = 0;
        var router = Sys.ActorOf(new FunActor.Hooks { Constructed = () => Interlocked.Increment(ref instances) }.Props.WithRouter(new RoundRobinPool(3)));

        router.Tell(new InvalidOperationException(), ActorRefs.NoSender);
        for (var i = 0; i < 6; i++) (await router.Ask<int>(i, Patience)).ShouldBe(i);

        (await SizeOf(router)).ShouldBe(3);
        instances.ShouldBe(6);
    }

    [Fact]
    public async Task The_strategy_of_the_pool_is_honoured()
    {
        var instances = 0;
        var router = Sys.ActorOf(new FunActor.Hooks { Constructed = () => Interlocked.Increment(ref instances) }.Props.WithRouter(
            new RoundRobinPool(3).WithSupervisorStrategy(new OneForOneStrategy(_ => Directive.Restart))));

        router.Tell(new InvalidOperationException(), ActorRefs.NoSender);
        for (var i = 0; i < 6; i++) (await router.Ask<int>(i, Patience)).ShouldBe(i);

        instances.ShouldBe(4);
    }

    [Fact]
    public async Task A_pool_stops_when_its_last_routee_is_gone()
    {
        var probe = NewProbe();
        var router = Sys.ActorOf(Naming.WithRouter(new RoundRobinPool(2)));
        probe.Watch(router);
        await Settle(probe.Ref);

        router.Tell(new Broadcast(PoisonPill.Instance), ActorRefs.NoSender);

        await probe.ExpectTerminated(router);
    }
}
