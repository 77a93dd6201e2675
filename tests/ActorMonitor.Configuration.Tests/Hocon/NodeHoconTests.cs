using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Shouldly;
using Xunit;

namespace ActorMonitor.Configuration.Tests;

public class NodeHoconTests
{
    [Theory]
    [InlineData(NodeRole.Manager, 8090)]
    [InlineData(NodeRole.Up, 8090)]
    [InlineData(NodeRole.Monitor, 8091)]
    public void Every_node_listens_on_loopback_and_trusts_nobody(NodeRole role, int port)
    {
        var hocon = NodeHocon.For(role);

        hocon.GetString("akka.actor.provider").ShouldBe("remote");
        hocon.GetString("akka.remote.dot-netty.tcp.hostname").ShouldBe("127.0.0.1");
        hocon.GetInt("akka.remote.dot-netty.tcp.port").ShouldBe(port);
        hocon.GetBoolean("akka.remote.untrusted-mode").ShouldBeTrue();
        hocon.GetTimeSpan("akka.remote.retry-gate-closed-for").ShouldBe(TimeSpan.FromSeconds(1));
        hocon.GetString("akka.actor.serializers.json").ShouldBe("ActorMonitor.Messages.RefusingSerializer, ActorMonitor.Messages");
        hocon.GetConfig("akka.actor.serialization-bindings")!.AsEnumerable().ShouldHaveSingleItem().Key.ShouldBe("ActorMonitor.Messages.IWireMessage, ActorMonitor.Messages");
        hocon.GetInt("akka.actor.deployment./probes.nr-of-instances").ShouldBe(8);
    }

    [Fact]
    public void A_peer_may_select_the_monitor_and_nothing_of_a_manager()
    {
        NodeHocon.For(NodeRole.Monitor).GetStringList("akka.remote.trusted-selection-paths").ShouldBe(["/user/monitor"]);
        NodeHocon.For(NodeRole.Manager).GetStringList("akka.remote.trusted-selection-paths").ShouldBeEmpty();
    }

    [Theory]
    [InlineData(NodeRole.Manager)]
    [InlineData(NodeRole.Monitor)]
    public async Task A_node_starts_with_the_settings_that_Akka_has_for_its_json_serializer(NodeRole role)
    {
        var hocon = ConfigurationFactory.ParseString("akka.remote.dot-netty.tcp.port = 0").WithFallback(NodeHocon.For(role))
            .WithFallback(ConfigurationFactory.ParseString("akka.actor.serialization-settings.json.use-pooled-string-builder = true"));

        using var system = ActorSystem.Create("node", hocon);

        Should.Throw<SerializationException>(() => system.Serialization.Deserialize([], 1, ""));
        await system.Terminate();
    }

    [Fact]
    public void The_operators_file_wins()
    {
        var hocon = Reading.Settings("akka.actor.deployment { /probes { nr-of-instances = 16 } }\nakka.loglevel = DEBUG", NodeRole.Monitor).Hocon;

        hocon.GetInt("akka.actor.deployment./probes.nr-of-instances").ShouldBe(16);
        hocon.GetString("akka.actor.deployment./probes.router").ShouldBe("round-robin-pool");
        hocon.GetString("akka.loglevel").ShouldBe("DEBUG");
    }
}
