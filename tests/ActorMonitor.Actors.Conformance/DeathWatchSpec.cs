using Akka.Actor;
using Akka.TestKit.Xunit2;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.Actors.Conformance;

public class DeathWatchSpec(ITestOutputHelper output) : TestKit(output: output)
{
    [Fact]
    public void A_double_watch_yields_one_Terminated()
    {
        var echo = Sys.ActorOf(Props.Create(() => new EchoActor()));
        Watch(echo);
        Watch(echo);

        Sys.Stop(echo);

        ExpectTerminated(echo).ExistenceConfirmed.ShouldBeTrue();
        TestActor.Tell("sentinel");
        ExpectMsg("sentinel");
    }

    [Fact]
    public void Watching_what_is_dead_answers_at_once()
    {
        var echo = Sys.ActorOf(Props.Create(() => new EchoActor()));
        var first = CreateTestProbe();
        first.Watch(echo);
        Sys.Stop(echo);
        first.ExpectTerminated(echo);

        Watch(echo);

        ExpectTerminated(echo).AddressTerminated.ShouldBeFalse();
    }

    [Fact]
    public async Task Watching_a_name_that_never_was_answers_without_confirmed_existence()
    {
        var nobody = ((ExtendedActorSystem)Sys).Provider.ResolveActorRef($"akka://{Sys.Name}/user/never");

        Watch(nobody);

        (await ExpectMsgAsync<Terminated>()).ExistenceConfirmed.ShouldBeFalse();
    }

    [Fact]
    public void After_Unwatch_no_Terminated_comes()
    {
        var echo = Sys.ActorOf(Props.Create(() => new EchoActor()));
        var other = CreateTestProbe();
        other.Watch(echo);
        Watch(echo);

        Unwatch(echo);
        Sys.Stop(echo);

        other.ExpectTerminated(echo);
        TestActor.Tell("sentinel");
        ExpectMsg("sentinel");
    }

    [Fact]
    public void A_watcher_that_does_not_handle_Terminated_dies_of_it()
    {
        var echo = Sys.ActorOf(Props.Create(() => new EchoActor()));
        var watcher = Sys.ActorOf(Props.Create(() => new Watcher(echo, false)));
        watcher.Tell("ready?");
        ExpectMsg("ready");
        Watch(watcher);

        EventFilter.Exception<DeathPactException>().ExpectOne(() =>
        {
            Sys.Stop(echo);
            ExpectTerminated(watcher);
        });
    }

    [Fact]
    public void WatchWith_delivers_the_message_given()
    {
        var echo = Sys.ActorOf(Props.Create(() => new EchoActor()));
        var watcher = Sys.ActorOf(Props.Create(() => new Watcher(echo, true)));
        watcher.Tell("ready?");
        ExpectMsg("ready");

        Sys.Stop(echo);
        AwaitAssert(() =>
        {
            watcher.Tell("gone?");
            ExpectMsg(true);
        });
    }

    private sealed class Watcher : ReceiveActor
    {
        private bool _gone;

        public Watcher(IActorRef watched, bool with)
        {
            if (with)
            {
                Context.WatchWith(watched, "gone");
            }
            else
            {
                Context.Watch(watched);
            }

            Receive<string>(m => m == "ready?", _ => Sender.Tell("ready"));
            Receive<string>(m => m == "gone", _ => _gone = true);
            Receive<string>(m => m == "gone?", _ => Sender.Tell(_gone));
        }
    }
}
