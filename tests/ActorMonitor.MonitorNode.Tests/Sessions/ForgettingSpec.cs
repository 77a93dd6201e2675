using ActorMonitor.Messages;
using ActorMonitor.MonitorNode.Sessions;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.MonitorNode.Tests.Sessions;

/// <summary>What happens to managers that went away for good with results that nobody will ever acknowledge.</summary>
public class ForgettingSpec(ITestOutputHelper output) : MonitorSpec(output, Default with { MaxClients = 2 })
{
    [Fact]
    public void A_manager_with_results_keeps_its_place_for_an_hour_and_then_makes_room()
    {
        Gone("gone");
        Gone("gone too");
        var other = NewManager(name: "new");

        Scheduler.Advance(ClientSession.KeptFor - TimeSpan.FromMinutes(1));
        Settle();
        other.SendConnect();
        other.Link.ExpectMsg<Refused>().Reason.ShouldBe(RefusalReason.TooManyClients);

        Scheduler.Advance(TimeSpan.FromMinutes(2));
        Settle();
        other.Connect();
        Settle();

        AwaitAssert(() => Clients().Count.ShouldBe(2));
        Clients().ShouldContain(client => client.Name == "new" && client.IsLinked);
    }

    [Fact]
    public void The_one_with_nothing_to_lose_goes_first()
    {
        Gone("gone");
        _ = Connected(name: "empty");
        Scheduler.Advance(ClientSession.KeptFor + TimeSpan.FromMinutes(1));
        Settle();
        Scheduler.Advance(TimeSpan.FromSeconds(1));
        Settle();

        NewManager(name: "new").Connect();

        AwaitAssert(() => Clients().Select(client => client.Name).Order().ShouldBe(["gone", "new"]));
    }

    private void Gone(string name)
    {
        var manager = Connected(name: name);
        _ = manager.Execute("job", new Slot(1));
        manager.NextResult().Result.Cause.ShouldBe(Cause.Expired);
    }
}
