using System.Runtime.Serialization;
using ActorMonitor.Messages.Wire;
using Akka.Actor;
using Akka.Serialization;
using Google.Protobuf;
using Shouldly;
using Xunit;

namespace ActorMonitor.Messages.Tests.Wire;

public sealed class WireSerializerTests : IAsyncLifetime
{
    private readonly WireSystem _wire = new();

    public static TheoryData<string> Names => [.. SampleMessages.All.Keys];

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _wire.DisposeAsync();

    [Theory]
    [MemberData(nameof(Names))]
    public void A_message_comes_back_as_it_was_sent(string name)
    {
        var message = SampleMessages.All[name];
        var serializer = _wire.System.Serialization.FindSerializerFor(message);

        var manifest = ((SerializerWithStringManifest)serializer).Manifest(message);
        var back = _wire.System.Serialization.Deserialize(serializer.ToBinary(message), serializer.Identifier, manifest);

        serializer.ShouldBeOfType<WireSerializer>();
        SampleMessages.Describe(back).ShouldBe(SampleMessages.Describe(message));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_bytes_of_a_message_are_those_of_the_first_version(string name)
    {
        var message = SampleMessages.All[name];
        var golden = GoldenBytes.All[name];

        Convert.ToHexStringLower(_wire.Wire.ToBinary(message)).ShouldBe(golden.Hex);
        _wire.Wire.Manifest(message).ShouldBe(golden.Manifest);
        SampleMessages.Describe(_wire.Wire.FromBinary(golden.Bytes, golden.Manifest)).ShouldBe(SampleMessages.Describe(message));
    }

    [Fact]
    public void Every_kind_of_message_has_a_sample_and_a_manifest_of_its_own()
    {
        var kinds = typeof(IWireMessage).Assembly.GetTypes().Where(type => type.IsClass && type.IsAssignableTo(typeof(IWireMessage))).ToList();
        var sampled = SampleMessages.All.Values.DistinctBy(message => message.GetType()).ToList();

        kinds.ShouldBe(sampled.Select(message => message.GetType()), ignoreOrder: true);
        sampled.Select(_wire.Wire.Manifest).Distinct().Count().ShouldBe(kinds.Count);
    }

    [Fact]
    public void The_identifiers_of_the_serializers_never_change()
    {
        _wire.Wire.Identifier.ShouldBe(8091);
        Refusing().Identifier.ShouldBe(1);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Fields_of_a_later_version_are_ignored(string name)
    {
        var golden = GoldenBytes.All[name];
        // Field 1000 as a text, field 1001 as a number: a message of a newer peer.
        byte[] later = [.. golden.Bytes, 0xC2, 0x3E, 3, (byte)'n', (byte)'e', (byte)'w', 0xC8, 0x3E, 7];

        SampleMessages.Describe(_wire.Wire.FromBinary(later, golden.Manifest)).ShouldBe(SampleMessages.Describe(SampleMessages.All[name]));
    }

    [Fact]
    public void A_message_over_the_bound_is_refused_before_it_is_parsed()
    {
        var refused = new RefusedMessage { Reason = (int)RefusalReason.Token };
        refused.Message = new string('x', WireLimits.MessageBytes);

        Should.Throw<SerializationException>(() => _wire.Wire.FromBinary(refused.ToByteArray(), "refused")).Message.ShouldContain("over the bound");
        Should.Throw<SerializationException>(() => _wire.Wire.FromBinary(new byte[WireLimits.MessageBytes + 1], "no such manifest")).Message.ShouldContain("over the bound");
    }

    [Theory]
    [InlineData("")]
    [InlineData("Connect")]
    [InlineData("System.Diagnostics.Process, System")]
    public void An_unknown_manifest_is_refused(string manifest)
        => Should.Throw<SerializationException>(() => _wire.Wire.FromBinary([], manifest));

    [Fact]
    public void What_is_no_message_of_the_wire_is_not_written()
    {
        Should.Throw<ArgumentException>(() => _wire.Wire.ToBinary("text"));
        Should.Throw<ArgumentException>(() => _wire.Wire.Manifest("text"));
    }

    [Fact]
    public void The_serializer_in_place_of_the_polymorphic_one_refuses_both_ways()
    {
        Should.Throw<SerializationException>(() => Refusing().ToBinary(new Uri("http://localhost")));
        Should.Throw<SerializationException>(() => Refusing().FromBinary("{\"$type\":\"System.Uri\"}"u8.ToArray(), "System.Uri, System"));
    }

    [Fact]
    public void A_system_with_it_reads_no_polymorphic_bytes_and_writes_nothing_that_was_not_meant_for_the_wire()
    {
        Should.Throw<SerializationException>(() => _wire.System.Serialization.Deserialize("{}"u8.ToArray(), 1, ""));
        Should.Throw<SerializationException>(() => _wire.System.Serialization.Serialize(new Uri("http://localhost")));
    }

    private RefusingSerializer Refusing() => new((ExtendedActorSystem)_wire.System);
}
