using Akka.Actor;
using Akka.TestKit.Xunit2;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.Actors.Conformance;

public class StashSpec(ITestOutputHelper output) : TestKit(output: output)
{
    [Fact]
    public void What_was_stashed_comes_back_in_order_and_before_what_waits()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stashing()));

        actor.Tell(1);
        actor.Tell(2);
        actor.Tell("open");
        actor.Tell(3);

        ExpectMsg(1);
        ExpectMsg(2);
        ExpectMsg(3);
    }

    [Fact]
    public void Unstash_takes_the_oldest()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stashing()));

        actor.Tell(1);
        actor.Tell(2);
        actor.Tell("open one");
        actor.Tell("sentinel");

        ExpectMsg(1);
        ExpectMsg("sentinel");
    }

    [Fact]
    public void A_stashed_message_keeps_its_sender()
    {
        var actor = Sys.ActorOf(Props.Create(() => new Stashing()));
        var probe = CreateTestProbe();

        probe.Send(actor, 1);
        actor.Tell("open");

        probe.ExpectMsg(1);
    }

    private sealed class Stashing : ReceiveActor, IWithUnboundedStash
    {
        public Stashing()
        {
            Receive<string>(m => m == "open", _ => Open(Stash.UnstashAll));
            Receive<string>(m => m == "open one", _ => Open(Stash.Unstash));
            Receive<int>(_ => Stash.Stash());
        }

        public IStash Stash { get; set; } = null!;

        private void Open(Action unstash)
        {
            Become(() => ReceiveAny(message => Sender.Tell(message)));
            unstash();
        }
    }
}
