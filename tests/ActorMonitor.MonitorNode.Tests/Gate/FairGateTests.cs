using ActorMonitor.MonitorNode.Gate;
using Shouldly;
using Xunit;

namespace ActorMonitor.MonitorNode.Tests.Gate;

public class FairGateTests
{
    [Fact]
    public void No_more_are_admitted_than_the_capacity()
    {
        var gate = new FairGate<string>(3);

        gate.Want("a", 5);

        gate.Admit().Sum(admitted => admitted.Value).ShouldBe(3);
        gate.Admit().ShouldBeEmpty();
        (gate.InUse, gate.Waiting).ShouldBe((3, 2));
    }

    [Fact]
    public void A_client_with_thousands_waiting_does_not_keep_another_with_one()
    {
        var gate = new FairGate<string>(2);
        gate.Want("busy", 10_000);
        _ = gate.Admit();
        gate.Want("small", 1);

        gate.Release("busy", 2);

        gate.Admit().ToDictionary(pair => pair.Key, pair => pair.Value).ShouldBe(new Dictionary<string, int> { ["busy"] = 1, ["small"] = 1 }, ignoreOrder: true);
    }

    [Fact]
    public void Three_clients_share_the_capacity_evenly()
    {
        var gate = new FairGate<string>(9);
        foreach (var client in new[] { "a", "b", "c" })
            gate.Want(client, 100);

        gate.Admit().ShouldAllBe(admitted => admitted.Value == 3);
    }

    [Fact]
    public void A_client_that_leaves_gives_back_what_it_held_and_waited_for()
    {
        var gate = new FairGate<string>(2);
        gate.Want("gone", 5);
        _ = gate.Admit();
        gate.Want("stays", 2);

        gate.Forget("gone");

        gate.Admit().ShouldHaveSingleItem().ShouldBe(new KeyValuePair<string, int>("stays", 2));
        (gate.InUse, gate.Waiting).ShouldBe((2, 0));
    }

    [Fact]
    public void Releasing_more_than_is_held_opens_no_extra_place()
    {
        var gate = new FairGate<string>(1);
        gate.Want("a", 3);
        _ = gate.Admit();

        gate.Release("a", 7);

        gate.InUse.ShouldBe(0);
        gate.Admit().Sum(admitted => admitted.Value).ShouldBe(1);
    }

    [Fact]
    public void A_smaller_capacity_ends_no_check_and_admits_none_until_there_is_room()
    {
        var gate = new FairGate<string>(4);
        gate.Want("a", 6);
        _ = gate.Admit();

        gate.Capacity = 2;

        gate.Admit().ShouldBeEmpty();
        gate.InUse.ShouldBe(4);
        gate.Release("a", 3);
        gate.Admit().Sum(admitted => admitted.Value).ShouldBe(1);
    }

    [Fact]
    public void What_is_withdrawn_waits_no_more()
    {
        var gate = new FairGate<string>(1);
        gate.Want("a", 3);
        _ = gate.Admit();

        gate.Withdraw("a", 1);
        gate.Waiting.ShouldBe(1);
        gate.Withdraw("a", 7);
        gate.Withdraw("unknown", 1);

        (gate.InUse, gate.Waiting).ShouldBe((1, 0));
        gate.Release("a", 1);
        gate.Admit().ShouldBeEmpty();
    }

    [Fact]
    public void A_client_that_withdraws_and_wants_again_gets_no_further_turn()
    {
        var gate = new FairGate<string>(0);
        for (var i = 0; i < 10; i++)
        {
            gate.Want("wavering", 5);
            gate.Withdraw("wavering", 5);
        }

        gate.Want("wavering", 100);
        gate.Want("steady", 100);
        gate.Capacity = 10;

        gate.Admit().ShouldAllBe(admitted => admitted.Value == 5);
    }
}
