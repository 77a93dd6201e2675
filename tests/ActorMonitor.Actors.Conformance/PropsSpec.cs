using Akka.Actor;
using Shouldly;
using Xunit;

namespace ActorMonitor.Actors.Conformance;

public class PropsSpec
{
    [Fact]
    public void An_expression_that_is_no_new_is_refused()
        => Should.Throw<ArgumentException>(() => Props.Create(() => Made()));

    [Fact]
    public void An_expression_names_the_type_of_its_actor()
        => Props.Create(() => new EchoActor()).Type.ShouldBe(typeof(EchoActor));

    private static EchoActor Made() => throw new InvalidOperationException("A recipe makes no actor.");
}
