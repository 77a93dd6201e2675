using System.Runtime.Serialization;
using Akka.Actor;

namespace Akka.Serialization;

/// <summary>
/// The messages of the actor system that remoting needs: selections, Identify and its answer, PoisonPill and Kill.
/// What is inside a selection or an id has its own serializer; the depth is bounded because ids hold no such message again.
/// </summary>
internal sealed class AkkaMessageSerializer(ExtendedActorSystem system, Serialization serialization) : SerializerWithStringManifest(system)
{
    private const int MaxElements = 64;
    private const int MaxElementBytes = 512;
    private const int MaxManifestBytes = 256;
    private const int MaxPathBytes = 2048;
    private const int NoPayload = 0;

    public override int Identifier => 16;

    public override string Manifest(object o) => o switch
    {
        ActorSelectionMessage => "X",
        Identify => "I",
        ActorIdentity => "A",
        PoisonPill => "P",
        Kill => "K",
        _ => throw new SerializationException($"{o.GetType().FullName} is no message of this serializer."),
    };

    public override byte[] ToBinary(object obj)
    {
        using var writer = new WireWriter();
        switch (obj)
        {
            case ActorSelectionMessage selection:
                WriteElements(writer, selection);
                WritePayload(writer, selection.Message);
                break;
            case Identify identify:
                WritePayload(writer, identify.MessageId);
                break;
            case ActorIdentity identity:
                writer.Text(Serialization.SerializedActorPath(identity.Subject));
                WritePayload(writer, identity.MessageId);
                break;
        }

        return writer.Written.ToArray();
    }

    public override object FromBinary(byte[] bytes, string manifest)
    {
        var reader = new WireReader(bytes);
        object message;
        switch (manifest)
        {
            case "X":
                var elements = ReadElements(ref reader, out var fansOut);
                message = new ActorSelectionMessage(ReadPayload(ref reader, isInSelection: true)!, elements, fansOut);
                break;
            case "I":
                message = new Identify(ReadPayload(ref reader, isInSelection: false)!);
                break;
            case "A":
                var path = reader.Text(MaxPathBytes);
                message = new ActorIdentity(ReadPayload(ref reader, isInSelection: false)!, path.Length == 0 ? null : Resolve(path));
                break;
            case "P":
                message = PoisonPill.Instance;
                break;
            case "K":
                message = Kill.Instance;
                break;
            default:
                throw new SerializationException($"No message has the manifest '{manifest}' here.");
        }

        reader.End();
        return message;
    }

    private static void WriteElements(WireWriter writer, ActorSelectionMessage selection)
    {
        if (selection.Elements.Length > MaxElements)
            throw new SerializationException($"A selection has more than {MaxElements} elements.");

        writer.Byte(selection.WildcardFanOut ? (byte)1 : (byte)0);
        writer.Byte((byte)selection.Elements.Length);
        foreach (var element in selection.Elements)
            writer.Text(element);
    }

    private static string[] ReadElements(ref WireReader reader, out bool fansOut)
    {
        fansOut = reader.Byte() == 1;
        var elements = new string[reader.Byte()];
        if (elements.Length > MaxElements)
            throw new SerializationException("A selection has too many elements.");

        for (var i = 0; i < elements.Length; i++)
        {
            // A name that is none must not get into a path, where its slash or uid would mean something.
            elements[i] = reader.Text(MaxElementBytes);
            if (!ActorPath.IsWellFormed(elements[i].Replace('?', '*')))
                throw new SerializationException($"A selection has the element '{elements[i]}', which is no name.");
        }

        return elements;
    }

    private void WritePayload(WireWriter writer, object? payload)
    {
        if (payload is null)
        {
            writer.Int32(NoPayload);
            return;
        }

        var serializer = serialization.FindSerializerFor(payload);
        var bytes = serializer.ToBinary(payload);
        writer.Int32(serializer.Identifier);
        writer.Text(Serialization.ManifestFor(serializer, payload));
        writer.Int32(bytes.Length);
        writer.Bytes(bytes);
    }

    private object? ReadPayload(ref WireReader reader, bool isInSelection)
    {
        var identifier = reader.Int32();
        if (identifier == NoPayload)
            return isInSelection ? throw new SerializationException("A selection without a message.") : null;

        var manifest = reader.Text(MaxManifestBytes);
        var bytes = reader.Bytes(reader.Left);
        if (identifier == Identifier && (!isInSelection || manifest == "X"))
            throw new SerializationException("Messages nest too deep.");

        return serialization.Deserialize(bytes.ToArray(), identifier, manifest);
    }

    private IActorRef Resolve(string path) =>
        ActorPath.TryParse(path, out var parsed)
            ? serialization.System.Provider.ResolveActorRef(parsed)
            : throw new SerializationException($"'{path}' is no path of an actor.");
}
