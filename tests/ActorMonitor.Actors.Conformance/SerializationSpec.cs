using System.Text;
using Akka.Actor;
using Akka.Configuration;
using Akka.Serialization;
using Akka.TestKit.Configs;
using Akka.TestKit.Xunit2;
using Shouldly;
using Xunit;
using Xunit.Abstractions;

namespace ActorMonitor.Actors.Conformance;

/// <summary>What <see cref="NoteSerializer"/> is bound to.</summary>
public interface INoted;

/// <summary>A message with a serializer of its own.</summary>
public sealed record Note(string Text) : INoted;

/// <summary>A serializer with a string manifest and a constant identifier.</summary>
public sealed class NoteSerializer(ExtendedActorSystem system) : SerializerWithStringManifest(system)
{
    public override int Identifier => 4711;

    public override string Manifest(object o) => "note";

    public override byte[] ToBinary(object obj) => Encoding.UTF8.GetBytes("wire:" + ((Note)obj).Text);

    public override object FromBinary(byte[] bytes, string manifest)
        => manifest == "note" ? new Note(Encoding.UTF8.GetString(bytes)) : throw new ArgumentException($"no such manifest: {manifest}", nameof(manifest));
}

/// <summary>A message whose serializer has settings.</summary>
public sealed record Marked;

/// <summary>A serializer with settings of its own.</summary>
public sealed class MarkingSerializer(ExtendedActorSystem system, Config settings) : SerializerWithStringManifest(system)
{
    public override int Identifier => 4712;

    public override string Manifest(object o) => settings.GetString("mark") ?? "none";

    public override byte[] ToBinary(object obj) => [];

    public override object FromBinary(byte[] bytes, string manifest) => new Marked();
}

public class SerializationSpec(ITestOutputHelper output) : TestKit(
    ConfigurationFactory.ParseString("""
        akka.actor {
          serialize-messages = on
          serializers {
            note = "ActorMonitor.Actors.Conformance.NoteSerializer, ActorMonitor.Actors.Conformance"
            marking = "ActorMonitor.Actors.Conformance.MarkingSerializer, ActorMonitor.Actors.Conformance"
          }
          serialization-settings { marking { mark = red } }
          serialization-bindings {
            "ActorMonitor.Actors.Conformance.INoted, ActorMonitor.Actors.Conformance" = note
            "ActorMonitor.Actors.Conformance.Marked, ActorMonitor.Actors.Conformance" = marking
          }
        }
        """).WithFallback(TestConfigs.DefaultConfig),
    output: output)
{
    [Fact]
    public void A_serializer_is_found_by_the_interface_that_it_is_bound_to()
    {
        var serializer = Sys.Serialization.FindSerializerFor(new Note("a"));

        serializer.ShouldBeOfType<NoteSerializer>();
        serializer.Identifier.ShouldBe(4711);
    }

    [Fact]
    public void A_serializer_that_has_settings_is_given_them()
        => Sys.Serialization.FindSerializerFor(new Marked()).ShouldBeOfType<MarkingSerializer>().Manifest(new Marked()).ShouldBe("red");

    [Fact]
    public void What_was_serialized_is_read_by_identifier_and_manifest()
        => Sys.Serialization.Deserialize(Encoding.UTF8.GetBytes("text"), 4711, "note").ShouldBe(new Note("text"));

    [Fact]
    public void With_serialize_messages_a_local_message_goes_through_its_serializer()
    {
        var echo = Sys.ActorOf(Props.Create(() => new EchoActor()));

        echo.Tell(new Note("a"));

        ExpectMsg<Note>().Text.ShouldStartWith("wire:");
    }
}
