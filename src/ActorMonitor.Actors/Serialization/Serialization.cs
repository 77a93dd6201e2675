using System.Collections.Concurrent;
using System.Runtime.Serialization;
using Akka.Actor;
using Akka.Configuration;
using Akka.Configuration.Hocon;
using Akka.Util;

namespace Akka.Serialization;

/// <summary>
/// The serializers of a system: the built-in ones, and those of <c>akka.actor.serializers</c> for the types of
/// <c>akka.actor.serialization-bindings</c>. A type that nothing is bound to is an error: there is no fallback.
/// </summary>
public class Serialization
{
    private readonly Dictionary<int, SerializerWithStringManifest> _byIdentifier = [];
    private readonly List<(Type Type, SerializerWithStringManifest Serializer)> _bindings = [];
    private readonly ConcurrentDictionary<Type, SerializerWithStringManifest?> _byType = new();

    internal Serialization(ExtendedActorSystem system)
    {
        System = system;
        Bind(new ByteArraySerializer(system), typeof(byte[]));
        Bind(new PrimitiveSerializer(system), typeof(string), typeof(int), typeof(long));
        Bind(
            new AkkaMessageSerializer(system, this),
            typeof(ActorSelectionMessage),
            typeof(Identify),
            typeof(ActorIdentity),
            typeof(PoisonPill),
            typeof(Kill));

        var byName = new Dictionary<string, SerializerWithStringManifest>(StringComparer.Ordinal);
        foreach (var (name, value) in Entries(system, "akka.actor.serializers"))
            byName[name] = Make(system, name, value.GetString() ?? "");

        foreach (var (typeName, value) in Entries(system, "akka.actor.serialization-bindings"))
        {
            var name = value.GetString() ?? "";
            var key = $"akka.actor.serialization-bindings.\"{typeName}\"";
            Bind(
                byName.GetValueOrDefault(name) ?? throw new ConfigurationException($"{key}: there is no serializer named '{name}'."),
                TypeNames.Resolve(typeName, key));
        }
    }

    internal ExtendedActorSystem System { get; }

    /// <summary>The serializer for a message; a <see cref="SerializationException"/> when its type has none.</summary>
    public Serializer FindSerializerFor(object obj) => FindSerializerForType(obj.GetType());

    /// <summary>The serializer bound to the type, else to the nearest of its base types and interfaces.</summary>
    public Serializer FindSerializerForType(Type objectType) =>
        _byType.GetOrAdd(objectType, Nearest)
        ?? throw new SerializationException($"No serializer is bound to {objectType.FullName} in akka.actor.serialization-bindings.");

    /// <summary>The bytes of a message, from the serializer of its type.</summary>
    public byte[] Serialize(object o) => FindSerializerFor(o).ToBinary(o);

    /// <summary>The message in the bytes; a <see cref="SerializationException"/> for an identifier that no serializer has.</summary>
    public object Deserialize(byte[] bytes, int serializerId, string manifest)
    {
        var serializer = _byIdentifier.GetValueOrDefault(serializerId)
            ?? throw new SerializationException($"No serializer has the identifier {serializerId}.");
        return serializer.FromBinary(bytes, manifest);
    }

    /// <summary>The manifest to send along with a message.</summary>
    public static string ManifestFor(Serializer s, object msg) => ((SerializerWithStringManifest)s).Manifest(msg);

    /// <summary>The path of a ref with the address that other systems reach it at.</summary>
    internal static string SerializedActorPath(IActorRef? @ref) => @ref switch
    {
        null => "",
        IInternalActorRef { IsLocal: true } local when !local.IsNobody() =>
            local.Path.ToSerializationFormatWithAddress(local.Provider.DefaultAddress),
        _ => @ref.Path.ToSerializationFormat(),
    };

    internal static int ConfiguredIdentifier(ExtendedActorSystem system, Type type)
    {
        foreach (var (typeName, value) in Entries(system, "akka.actor.serialization-identifiers"))
        {
            if (TypeNames.Find(typeName) == type)
                return value.GetInt();
        }

        throw new ConfigurationException($"akka.actor.serialization-identifiers has no identifier for {type.FullName}.");
    }

    private static IEnumerable<KeyValuePair<string, HoconValue>> Entries(ExtendedActorSystem system, string path) =>
        system.Settings.Config.GetConfig(path)?.AsEnumerable() ?? [];

    // A serializer that has settings must have a constructor that takes them.
    private static SerializerWithStringManifest Make(ExtendedActorSystem system, string name, string typeName)
    {
        var key = $"akka.actor.serializers.{name}";
        var type = TypeNames.Resolve(typeName, key);
        if (!type.IsAssignableTo(typeof(SerializerWithStringManifest)))
            throw new ConfigurationException($"{key}: {type.FullName} is no serializer.");

        if (system.Settings.Config.GetConfig($"akka.actor.serialization-settings.{name}") is { IsEmpty: false } settings)
        {
            return type.GetConstructor([typeof(ExtendedActorSystem), typeof(Config)]) is null
                ? throw new ConfigurationException($"{key}: {type.FullName} has no constructor for its akka.actor.serialization-settings.{name}.")
                : (SerializerWithStringManifest)Activator.CreateInstance(type, system, settings)!;
        }

        var needsSystem = type.GetConstructor([typeof(ExtendedActorSystem)]) is not null;
        return (SerializerWithStringManifest)(needsSystem ? Activator.CreateInstance(type, system)! : Activator.CreateInstance(type)!);
    }

    private void Bind(SerializerWithStringManifest serializer, params ReadOnlySpan<Type> types)
    {
        if (_byIdentifier.TryAdd(serializer.Identifier, serializer) || _byIdentifier[serializer.Identifier] == serializer)
        {
            foreach (var type in types)
                _bindings.Insert(0, (type, serializer));
            return;
        }

        throw new ConfigurationException(
            $"{serializer.GetType().FullName} and {_byIdentifier[serializer.Identifier].GetType().FullName} have the same identifier {serializer.Identifier}.");
    }

    private SerializerWithStringManifest? Nearest(Type type)
    {
        (Type Type, SerializerWithStringManifest Serializer)? nearest = null;
        foreach (var binding in _bindings)
        {
            if (binding.Type.IsAssignableFrom(type) && (nearest is null || nearest.Value.Type.IsAssignableFrom(binding.Type)))
                nearest = nearest?.Type == binding.Type ? nearest : binding;
        }

        return nearest?.Serializer;
    }
}
