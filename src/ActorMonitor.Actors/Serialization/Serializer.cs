using Akka.Actor;

namespace Akka.Serialization;

/// <summary>Turns messages into bytes and back. The identifier goes over the wire and must never change.</summary>
public abstract class Serializer
{
    private readonly ExtendedActorSystem _system;
    private int? _identifier;

    private protected Serializer(ExtendedActorSystem system) => _system = system;

    /// <summary>Names the serializer on the wire; by default what <c>akka.actor.serialization-identifiers</c> says for the type.</summary>
    public virtual int Identifier => _identifier ??= Serialization.ConfiguredIdentifier(_system, GetType());

    /// <summary>The bytes of a message.</summary>
    public abstract byte[] ToBinary(object obj);
}

/// <summary>A serializer whose messages are told apart by short stable strings, the manifests.</summary>
public abstract class SerializerWithStringManifest(ExtendedActorSystem system) : Serializer(system)
{
    /// <summary>The message in the bytes.</summary>
    public abstract object FromBinary(byte[] bytes, string manifest);

    /// <summary>The manifest of a message.</summary>
    public abstract string Manifest(object o);
}
