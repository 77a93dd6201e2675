using Akka.Actor;
using Akka.TestKit.Xunit2;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.Actors.Conformance;

public class ExtensionSpec(ITestOutputHelper output) : TestKit(output: output)
{
    [Fact]
    public void An_extension_is_made_once_a_system()
    {
        var first = new CounterExtension().Get(Sys);
        var second = Sys.WithExtension<Counter, CounterExtension>();

        second.ShouldBeSameAs(first);
        first.SystemName.ShouldBe(Sys.Name);
        Sys.HasExtension<Counter>().ShouldBeTrue();
    }

    private sealed record Counter(string SystemName) : IExtension;

    private sealed class CounterExtension : ExtensionIdProvider<Counter>
    {
        public override Counter CreateExtension(ExtendedActorSystem system) => new(system.Name);
    }
}
