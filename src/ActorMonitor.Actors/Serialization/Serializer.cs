using Akka.Actor;

namespace Akka.Serialization;

/// <summary>Turns messages into bytes and back. The identifier goes over the wire and must never change.</summary>
public abstract class Serializer(ExtendedActorSystem system)
{
    private int? _identifier;

    /// <summary>Names the serializer on the wire; by default what <c>akka.actor.serialization-identifiers</c> says for the type.</summary>
    public virtual int Identifier => _identifier ??= Serialization.ConfiguredIdentifier(system, GetType());

    /// <summary>Whether reading needs a manifest beside the bytes.</summary>
    public abstract bool IncludeManifest { get; }

    /// <summary>The bytes of a message.</summary>
    public abstract byte[] ToBinary(object obj);

    /// <summary>The message in the bytes. No type name is taken from the wire: the type is always null here.</summary>
    public abstract object FromBinary(byte[] bytes, Type? type);
}

/// <summary>A serializer whose messages are told apart by short stable strings, the manifests.</summary>
public abstract class SerializerWithStringManifest(ExtendedActorSystem system) : Serializer(system)
{
    /// <inheritdoc/>
    public sealed override bool IncludeManifest => true;

    /// <inheritdoc/>
    public sealed override object FromBinary(byte[] bytes, Type? type) =>
        throw new NotSupportedException($"{GetType().Name} reads by manifest, not by type.");

    /// <summary>The message in the bytes.</summary>
    public abstract object FromBinary(byte[] bytes, string manifest);

    /// <summary>The manifest of a message.</summary>
    public abstract string Manifest(object o);
}
