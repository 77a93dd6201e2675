using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Akka.Actor;

/// <summary>The place of an actor in its system's tree. Two paths are equal when address and names are; the uid tells incarnations apart and does not count.</summary>
public abstract class ActorPath : IEquatable<ActorPath>
{
    private const string AllowedSymbols = "-_.*$+:@&=,!~';()";
    private int _hash;

    private protected ActorPath(string name, long uid)
    {
        Name = name;
        Uid = uid;
    }

    /// <summary>The address of the system.</summary>
    public abstract Address Address { get; }

    /// <summary>The path of the supervisor; the root is its own parent.</summary>
    public abstract ActorPath Parent { get; }

    /// <summary>The root of the tree.</summary>
    public abstract ActorPath Root { get; }

    /// <summary>The number of names below the root.</summary>
    public abstract int Depth { get; }

    /// <summary>The last name.</summary>
    public string Name { get; }

    /// <summary>Tells apart actors that had this path one after the other; 0 when not known.</summary>
    public long Uid { get; }

    /// <summary>The names from the root down.</summary>
    public IReadOnlyList<string> Elements
    {
        get
        {
            var names = new string[Depth];
            var at = this;
            for (var i = names.Length - 1; i >= 0; i--)
            {
                names[i] = at.Name;
                at = at.Parent;
            }

            return names;
        }
    }

    /// <summary>The names from the root down, the last one with its uid.</summary>
    public IReadOnlyList<string> ElementsWithUid
    {
        get
        {
            if (Uid == 0 || Depth == 0) return Elements;
            var names = (string[])Elements;
            names[^1] = $"{names[^1]}#{Uid}";
            return names;
        }
    }

    /// <summary>The same path for another incarnation.</summary>
    public abstract ActorPath WithUid(long uid);

    /// <summary>The path of a child.</summary>
    public static ActorPath operator /(ActorPath path, string name)
    {
        var hash = name.IndexOf('#', StringComparison.Ordinal);
        return hash < 0
            ? new ChildActorPath(path, name, 0)
            : new ChildActorPath(path, name[..hash], long.Parse(name.AsSpan(hash + 1), NumberStyles.None, CultureInfo.InvariantCulture));
    }

    /// <summary>The path of a descendant.</summary>
    public static ActorPath operator /(ActorPath path, IEnumerable<string> names) =>
        names.Where(name => name.Length > 0).Aggregate(path, (at, name) => at / name);

    /// <summary>Whether two paths are equal.</summary>
    public static bool operator ==(ActorPath? left, ActorPath? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether two paths differ.</summary>
    public static bool operator !=(ActorPath? left, ActorPath? right) => !(left == right);

    /// <summary>Whether a name may be an element of a path: ASCII letters, digits and a few symbols, not starting with a dollar sign.</summary>
    public static bool IsValidPathElement(string name) =>
        !string.IsNullOrEmpty(name) && name[0] != '$' && IsWellFormed(name);

    /// <summary>Reads a path with its address.</summary>
    public static ActorPath Parse(string path) =>
        TryParse(path, out var parsed) ? parsed : throw new UriFormatException($"Can not parse an ActorPath: {path}");

    /// <summary>Reads a path with its address, for example <c>akka.tcp://name@host:1234/user/a#42</c>.</summary>
    public static bool TryParse(string? path, [NotNullWhen(true)] out ActorPath? actorPath)
    {
        actorPath = null;
        if (path is null || !Address.TryParse(path, out var address, out var rest)) return false;
        ActorPath at = new RootActorPath(address);
        var elements = rest.Split('/', StringSplitOptions.RemoveEmptyEntries);
        for (var i = 0; i < elements.Length; i++)
        {
            var name = elements[i];
            long uid = 0;
            var hash = i == elements.Length - 1 ? name.IndexOf('#', StringComparison.Ordinal) : -1;
            if (hash >= 0)
            {
                if (!long.TryParse(name.AsSpan(hash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out uid)) return false;
                name = name[..hash];
            }

            if (!IsWellFormed(name)) return false;
            at = new ChildActorPath(at, name, uid);
        }

        actorPath = at;
        return true;
    }

    /// <summary>The names alone, with a leading slash.</summary>
    public string ToStringWithoutAddress() => Depth == 0 ? "/" : "/" + string.Join('/', Elements);

    /// <summary>The path with its address and uid, as it goes over the wire.</summary>
    public string ToSerializationFormat() => WithUidText(ToStringWithAddress());

    /// <summary>The path with its uid and, when its own address is local, with the address given.</summary>
    public string ToSerializationFormatWithAddress(Address address) => WithUidText(ToStringWithAddress(address));

    /// <summary>The path with its address.</summary>
    public string ToStringWithAddress() => Address + ToStringWithoutAddress();

    /// <summary>The path with, when its own address is local, the address given.</summary>
    public string ToStringWithAddress(Address address) => (Address.HasGlobalScope ? Address : address) + ToStringWithoutAddress();

    /// <inheritdoc />
    public override string ToString() => ToStringWithAddress();

    /// <inheritdoc />
    public bool Equals(ActorPath? other)
    {
        if (ReferenceEquals(this, other)) return true;
        if (other is null || Depth != other.Depth || GetHashCode() != other.GetHashCode()) return false;
        ActorPath left = this, right = other;
        while (left.Depth > 0)
        {
            if (!string.Equals(left.Name, right.Name, StringComparison.Ordinal)) return false;
            left = left.Parent;
            right = right.Parent;
            if (ReferenceEquals(left, right)) return true;
        }

        return left.Address.Equals(right.Address);
    }

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is ActorPath other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode()
    {
        if (_hash == 0) _hash = Depth == 0 ? Address.GetHashCode() : HashCode.Combine(Parent, Name);
        return _hash;
    }

    internal static bool IsWellFormed(string name)
    {
        if (name.Length == 0) return false;
        for (var i = 0; i < name.Length; i++)
        {
            var c = name[i];
            if (char.IsAsciiLetterOrDigit(c) || AllowedSymbols.Contains(c, StringComparison.Ordinal)) continue;
            if (c != '%' || i + 2 >= name.Length || !char.IsAsciiHexDigit(name[i + 1]) || !char.IsAsciiHexDigit(name[i + 2])) return false;
            i += 2;
        }

        return true;
    }

    private string WithUidText(string text) => Uid == 0 ? text : $"{text}#{Uid}";
}

/// <summary>The path of a system's root.</summary>
internal sealed class RootActorPath : ActorPath
{
    public RootActorPath(Address address)
        : base("", 0) => Address = address;

    public override Address Address { get; }

    public override ActorPath Parent => this;

    public override ActorPath Root => this;

    public override int Depth => 0;

    public override ActorPath WithUid(long uid) =>
        uid == 0 ? this : throw new NotSupportedException("A root path has no uid.");
}

/// <summary>The path of an actor below the root.</summary>
internal sealed class ChildActorPath : ActorPath
{
    public ChildActorPath(ActorPath parentPath, string name, long uid)
        : base(name, uid)
    {
        Parent = parentPath;
        Root = parentPath.Root;
        Depth = parentPath.Depth + 1;
    }

    public override Address Address => Root.Address;

    public override ActorPath Parent { get; }

    public override ActorPath Root { get; }

    public override int Depth { get; }

    public override ActorPath WithUid(long uid) => uid == Uid ? this : new ChildActorPath(Parent, Name, uid);
}
