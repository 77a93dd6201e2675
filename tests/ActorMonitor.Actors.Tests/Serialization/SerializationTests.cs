using System.Runtime.Serialization;
using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using Shouldly;
using Xunit;

namespace ActorMonitor.Actors.Tests.Serialization;

public class SerializationTests : IAsyncLifetime
{
    private readonly ActorSystem _system = Start("""
        serializers { marks = "MARKS", special = "SPECIAL" }
        serialization-bindings { "MARKED" = marks, "NOTE" = special }
        serialization-identifiers { "SPECIAL" = 4242 }
        """);

    public interface IMarked;

    private Akka.Serialization.Serialization Serializers => _system.Serialization;

    public Task InitializeAsync() => Task.CompletedTask;

    public Task DisposeAsync() => _system.Terminate();

    [Theory]
    [InlineData("text \u00e4\u20ac")]
    [InlineData("")]
    [InlineData(int.MinValue)]
    [InlineData(long.MaxValue)]
    public void Plain_values_come_back(object value) => RoundTrip(value).ShouldBe(value);

    [Fact]
    public void Bytes_come_back() => RoundTrip(new byte[] { 1, 2, 3 }).ShouldBe(new byte[] { 1, 2, 3 });

    [Fact]
    public void Messages_of_the_machinery_come_back()
    {
        RoundTrip(PoisonPill.Instance).ShouldBeSameAs(PoisonPill.Instance);
        RoundTrip(Kill.Instance).ShouldBeSameAs(Kill.Instance);
        RoundTrip(new Identify("id")).ShouldBeOfType<Identify>().MessageId.ShouldBe("id");
        RoundTrip(new Identify(null!)).ShouldBeOfType<Identify>().MessageId.ShouldBeNull();
        var guardian = ((ActorSystemImpl)_system).LocalProvider.Guardian;
        var identity = RoundTrip(new ActorIdentity(7, guardian)).ShouldBeOfType<ActorIdentity>();
        (identity.MessageId, identity.Subject).ShouldBe((7, (IActorRef)guardian));
        RoundTrip(new ActorIdentity(7, null)).ShouldBeOfType<ActorIdentity>().Subject.ShouldBeNull();
        var selection = RoundTrip(new ActorSelectionMessage(new Identify(1L), ["user", "*"], true)).ShouldBeOfType<ActorSelectionMessage>();
        selection.Elements.ShouldBe(["user", "*"]);
        selection.Message.ShouldBeOfType<Identify>().MessageId.ShouldBe(1L);
    }

    [Fact]
    public void A_serializer_is_found_by_the_nearest_bound_type()
    {
        Serializers.FindSerializerFor(new Mark()).ShouldBeOfType<MarkSerializer>();
        Serializers.FindSerializerFor(new Note()).ShouldBeOfType<SpecialSerializer>();
        Serializers.FindSerializerForType(typeof(LongNote)).ShouldBeOfType<SpecialSerializer>();
        RoundTrip(new Mark()).ShouldBeOfType<Mark>();
    }

    [Fact]
    public void An_identifier_may_come_from_the_configuration()
    {
        Serializers.FindSerializerFor(new Note()).Identifier.ShouldBe(4242);
        Serializers.Deserialize([], 4242, "").ShouldBeOfType<Note>();
        Should.Throw<SerializationException>(() => Serializers.Deserialize([], 1, ""));
    }

    [Fact]
    public void A_type_without_a_serializer_is_an_error_that_names_it() =>
        Should.Throw<SerializationException>(() => Serializers.FindSerializerFor(new Version(1, 2))).Message.ShouldContain("System.Version");

    [Theory]
    [InlineData(99, "", "")]
    [InlineData(17, "I", "abc")]
    [InlineData(17, "System.String", "abc")]
    [InlineData(17, "S", "\u00ff")]
    [InlineData(16, "P", "x")]
    [InlineData(16, "A", "\u0003\0abc\0\0\0\0")]
    [InlineData(16, "", "")]
    public void Bytes_that_are_no_message_are_an_error(int serializer, string manifest, string latin1) =>
        Should.Throw<Exception>(() => Serializers.Deserialize(Encoding.Latin1.GetBytes(latin1), serializer, manifest))
            .ShouldSatisfyAllConditions(e => (e is SerializationException or ArgumentException).ShouldBeTrue(e.ToString()));

    [Theory]
    [InlineData("serializers { x = \"No.Such.Type, Nowhere\" }", "No.Such.Type")]
    [InlineData("serializers { x = \"System.String\" }", "System.String")]
    [InlineData("serializers { x = \"MARKS\" }, serialization-settings { x { y = 1 } }", "serialization-settings.x")]
    [InlineData("serialization-bindings { \"System.String\" = x }", "'x'")]
    [InlineData("serializers { x = \"SPECIAL\" }, serialization-bindings { \"NOTE\" = x }", "serialization-identifiers")]
    [InlineData("serializers { x = \"MARKS\", y = \"SPECIAL\" }, serialization-identifiers { \"SPECIAL\" = 77 }, serialization-bindings { \"NOTE\" = y, \"MARKED\" = x }", "identifier 77")]
    public void A_configuration_that_is_wrong_is_refused(string actorSection, string named) =>
        Should.Throw<ConfigurationException>(() => Start(actorSection)).Message.ShouldContain(named);

    private static ActorSystem Start(string actorSection)
    {
        var hocon = actorSection
            .Replace("MARKS", Name<MarkSerializer>(), StringComparison.Ordinal)
            .Replace("SPECIAL", Name<SpecialSerializer>(), StringComparison.Ordinal)
            .Replace("MARKED", Name<IMarked>(), StringComparison.Ordinal)
            .Replace("NOTE", Name<Note>(), StringComparison.Ordinal);
        return ActorSystem.Create("serialization", ConfigurationFactory.ParseString($"akka.loglevel = OFF, akka.stdout-loglevel = OFF, akka.actor {{ {hocon} }}"));
    }

    private static string Name<T>() => $"{typeof(T).FullName}, {typeof(T).Assembly.GetName().Name}";

    private object RoundTrip(object value)
    {
        var serializer = Serializers.FindSerializerFor(value);
        return Serializers.Deserialize(Serializers.Serialize(value), serializer.Identifier, Akka.Serialization.Serialization.ManifestFor(serializer, value));
    }

    public class Mark : IMarked;

    public class Note : Mark;

    public class LongNote : Note;

    public class MarkSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public override int Identifier => 77;

        public override string Manifest(object o) => "m";

        public override byte[] ToBinary(object obj) => [];

        public override object FromBinary(byte[] bytes, string manifest) => new Mark();
    }

    public class SpecialSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
    {
        public override string Manifest(object o) => "";

        public override byte[] ToBinary(object obj) => [];

        public override object FromBinary(byte[] bytes, string manifest) => new Note();
    }
}
