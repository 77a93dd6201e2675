using Akka.Actor;
using Akka.Configuration;
using Akka.TestKit;
using Akka.TestKit.Configs;
using Akka.TestKit.Xunit2;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.Actors.Conformance;

public class RemotingSpec : TestKit
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(10);
    private readonly ActorSystem _other;
    private readonly TestProbe _far;

    public RemotingSpec(ITestOutputHelper output)
        : base(Remote(""), "near", output)
    {
        _other = ActorSystem.Create("far", Remote("akka.remote { untrusted-mode = on, trusted-selection-paths = [\"/user/echo\", \"/user/listener\"] }"));
        _far = CreateTestProbe(_other);
        _other.ActorOf(Props.Create(() => new EchoActor()), "echo");
        _other.ActorOf(Props.Create(() => new EchoActor()), "hidden");
        var listener = _far.Ref;
        _other.ActorOf(Props.Create(() => new Listener(listener)), "listener");
    }

    [Fact]
    public void A_system_has_an_address_with_the_port_that_it_got()
    {
        var address = AddressOf(Sys);

        address.Protocol.ShouldBe("akka.tcp");
        address.System.ShouldBe("near");
        address.Host.ShouldBe("127.0.0.1");
        address.Port.ShouldNotBeNull();
        address.Port.Value.ShouldBeGreaterThan(0);
        address.ToString().ShouldBe($"akka.tcp://near@127.0.0.1:{address.Port}");
    }

    [Fact]
    public void A_message_goes_there_and_its_answer_comes_back()
    {
        Far("echo").Tell("hello");

        ExpectMsg("hello", Soon);
        LastSender.Path.Address.ShouldBe(AddressOf(_other));
    }

    [Fact]
    public void A_remote_ref_is_told_like_a_local_one()
    {
        Far("echo").Tell("first");
        ExpectMsg("first", Soon);

        LastSender.Tell("second");

        ExpectMsg("second", Soon);
    }

    [Fact]
    public void The_receiver_sees_the_sender_with_its_address()
    {
        Far("listener").Tell("who am I");

        _far.ExpectMsg("who am I", Soon);
        _far.LastSender.Path.ToStringWithAddress().ShouldBe($"{AddressOf(Sys)}{TestActor.Path.ToStringWithoutAddress()}");
        _far.Reply("you");
        ExpectMsg("you", Soon);
    }

    [Fact]
    public void Order_holds_over_the_wire()
    {
        for (var i = 0; i < 500; i++)
        {
            Far("echo").Tell($"message {i}");
        }

        ReceiveN(500, Soon).ShouldBe(Enumerable.Range(0, 500).Select(i => (object)$"message {i}"));
    }

    [Fact]
    public async Task A_remote_actor_can_be_asked() => (await Far("echo").Ask<string>("question", Soon)).ShouldBe("question");

    [Fact]
    public async Task ResolveOne_finds_the_remote_ref()
        => (await Far("echo").ResolveOne(Soon)).Path.ToStringWithoutAddress().ShouldBe("/user/echo");

    [Fact]
    public void An_oversized_message_is_dropped_and_the_association_stays()
    {
        Far("echo").Tell("before");
        ExpectMsg("before", Soon);

        Far("echo").Tell(new string('x', 200_000));
        Far("echo").Tell("after");

        ExpectMsg("after", Soon);
    }

    [Fact]
    public void An_untrusting_system_takes_no_selection_outside_the_paths_given()
    {
        Far("hidden").Tell("knock");
        Far("echo").Tell("sentinel");

        ExpectMsg("sentinel", Soon);
    }

    [Fact]
    public void An_untrusting_system_drops_what_is_possibly_harmful()
    {
        Far("echo").Tell("before");
        ExpectMsg("before", Soon);
        var echo = LastSender;

        echo.Tell(PoisonPill.Instance);
        echo.Tell("after");

        ExpectMsg("after", Soon);
    }

    [Fact]
    public async Task A_peer_that_is_not_there_loses_the_message_and_can_come_later()
    {
        var port = AddressOf(_other).Port;
        Far("echo").Tell("before");
        ExpectMsg("before", Soon);

        await _other.Terminate();
        Far("echo").Tell("lost");
        using var later = ActorSystem.Create("far", ConfigurationFactory.ParseString($"akka.remote.dot-netty.tcp.port = {port}").WithFallback(Remote("")));
        later.ActorOf(Props.Create(() => new EchoActor()), "echo");

        AwaitAssert(
            () =>
            {
                Sys.ActorSelection($"{AddressOf(later)}/user/echo").Tell("back");
                ExpectMsg("back", TimeSpan.FromMilliseconds(300));
            },
            TimeSpan.FromSeconds(20));
        await later.Terminate();
    }

    protected override void AfterAll()
    {
        Shutdown(_other);
        base.AfterAll();
    }

    private static Config Remote(string more) => ConfigurationFactory.ParseString($$"""
        akka {
          actor.provider = remote
          remote {
            dot-netty.tcp { hostname = 127.0.0.1, port = 0 }
            retry-gate-closed-for = 200ms
          }
        }
        {{more}}
        """).WithFallback(TestConfigs.DefaultConfig);

    private static Address AddressOf(ActorSystem system) => ((ExtendedActorSystem)system).Provider.DefaultAddress;

    private ActorSelection Far(string name) => Sys.ActorSelection($"{AddressOf(_other)}/user/{name}");

    private sealed class Listener : ReceiveActor
    {
        public Listener(IActorRef to) => ReceiveAny(message => to.Forward(message));
    }
}
