using Akka.Actor;
using Akka.Configuration;
using Akka.Routing;
using Akka.TestKit.Configs;
using Akka.TestKit.Xunit2;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.Actors.Conformance;

public class RouterSpec(ITestOutputHelper output) : TestKit(
    ConfigurationFactory.ParseString("""
        akka.actor.deployment {
          /pool { router = round-robin-pool, nr-of-instances = 5 }
          /scaled { nr-of-instances = 7 }
        }
        """)
        .WithFallback("akka.actor.deployment { /scaled { router = round-robin-pool, nr-of-instances = 2 } }")
        .WithFallback(TestConfigs.DefaultConfig),
    output: output)
{
    [Fact]
    public void A_round_robin_pool_takes_its_routees_in_turn()
    {
        var router = Sys.ActorOf(Props.Create(() => new Routee()).WithRouter(new RoundRobinPool(4)));

        var answers = new List<string>();
        for (var i = 0; i < 8; i++)
        {
            answers.AddRange(Ask(router, 1));
        }

        answers.Take(4).Distinct().Count().ShouldBe(4);
        answers.Skip(4).ShouldBe(answers.Take(4));
    }

    [Fact]
    public void FromConfig_takes_the_pool_from_the_deployment()
    {
        var router = Sys.ActorOf(Props.Create(() => new Routee()).WithRouter(FromConfig.Instance), "pool");

        Ask(router, 5).Distinct().Count().ShouldBe(5);
        Size(router).ShouldBe(5);
    }

    [Fact]
    public void A_deployment_takes_what_it_does_not_say_from_the_layer_below()
    {
        var router = Sys.ActorOf(Props.Create(() => new Routee()).WithRouter(FromConfig.Instance), "scaled");

        Size(router).ShouldBe(7);
    }

    [Fact]
    public void A_broadcast_reaches_every_routee()
    {
        var router = Sys.ActorOf(Props.Create(() => new Routee()).WithRouter(new RoundRobinPool(3)));

        router.Tell(new Broadcast("who"));

        ReceiveN(3).Distinct().Count().ShouldBe(3);
    }

    [Fact]
    public void AdjustPoolSize_adds_and_removes_routees()
    {
        var router = Sys.ActorOf(Props.Create(() => new Routee()).WithRouter(new RoundRobinPool(2)));

        router.Tell(new AdjustPoolSize(3));
        AwaitAssert(() => Size(router).ShouldBe(5));
        Ask(router, 5).Distinct().Count().ShouldBe(5);
        router.Tell(new AdjustPoolSize(-4));
        AwaitAssert(() => Size(router).ShouldBe(1));

        Ask(router, 3).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public void A_routee_that_fails_is_restarted_and_stays_in_the_pool()
    {
        var router = Sys.ActorOf(Props.Create(() => new Routee()).WithRouter(new RoundRobinPool(2)));

        router.Tell("fail");

        AwaitAssert(() => Size(router).ShouldBe(2));
        Ask(router, 4).Distinct().Count().ShouldBe(2);
    }

    [Fact]
    public void A_routee_that_stops_leaves_the_pool()
    {
        var router = Sys.ActorOf(Props.Create(() => new Routee()).WithRouter(new RoundRobinPool(2)));

        router.Tell("stop");

        AwaitAssert(() => Size(router).ShouldBe(1));
    }

    private List<string> Ask(IActorRef router, int times)
    {
        for (var i = 0; i < times; i++)
        {
            router.Tell("who");
        }

        return ReceiveN(times).Cast<string>().ToList();
    }

    private int Size(IActorRef router)
    {
        router.Tell(new GetRoutees());
        return ExpectMsg<Routees>().Members.Count();
    }

    private sealed class Routee : ReceiveActor
    {
        public Routee()
        {
            Receive<string>(m => m == "who", _ => Sender.Tell(Self.Path.Name));
            Receive<string>(m => m == "fail", _ => throw new InvalidOperationException("told to fail"));
            Receive<string>(m => m == "stop", _ => Context.Stop(Self));
        }
    }
}
