using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Akka.Actor;

/// <summary>Where an actor system lives: a protocol and a name, and for a system that can be reached from outside a host and a port.</summary>
public sealed class Address : IEquatable<Address>
{
    private static readonly SearchValues<char> NotInSystemName = SearchValues.Create("@: ?#[]");
    private static readonly SearchValues<char> NotInHost = SearchValues.Create(" /?#@");
    private readonly int _hash;
    private readonly string _text;

    /// <summary>An address; without host and port it means a system in this process.</summary>
    public Address(string protocol, string system, string? host = null, int? port = null)
    {
        ArgumentNullException.ThrowIfNull(protocol);
        ArgumentNullException.ThrowIfNull(system);
        Protocol = protocol;
        System = system;
        Host = host?.ToLowerInvariant();
        Port = port;
        _hash = HashCode.Combine(Protocol, System, Host, Port);
        _text = Host is null
            ? $"{Protocol}://{System}"
            : string.Create(CultureInfo.InvariantCulture, $"{Protocol}://{System}@{Bracketed(Host)}{(Port is { } p ? ":" + p.ToString(CultureInfo.InvariantCulture) : "")}");
    }

    /// <summary>The host, in lower case, or null.</summary>
    public string? Host { get; }

    /// <summary>The port, or null.</summary>
    public int? Port { get; }

    /// <summary>The name of the actor system.</summary>
    public string System { get; }

    /// <summary>The protocol, for example <c>akka</c> or <c>akka.tcp</c>.</summary>
    public string Protocol { get; }

    /// <summary>Whether the address names a host.</summary>
    public bool HasGlobalScope => !string.IsNullOrEmpty(Host);

    /// <summary>Reads an address such as <c>akka.tcp://name@host:1234</c>; what follows it is the path.</summary>
    internal static bool TryParse(string text, [NotNullWhen(true)] out Address? address, out string path)
    {
        address = null;
        path = "";
        var scheme = text.IndexOf("://", StringComparison.Ordinal);
        if (scheme <= 0 || !IsProtocol(text.AsSpan(0, scheme))) return false;
        var start = scheme + 3;
        var end = text.IndexOf('/', start);
        if (end < 0) end = text.Length;
        var authority = text[start..end];
        path = text[end..];

        var at = authority.IndexOf('@', StringComparison.Ordinal);
        var system = at < 0 ? authority : authority[..at];
        if (system.Length == 0 || system.AsSpan().ContainsAny(NotInSystemName)) return false;
        if (at < 0)
        {
            address = new Address(text[..scheme], system);
            return true;
        }

        if (!TryParseHostPort(authority.AsSpan(at + 1), out var host, out var port)) return false;
        address = new Address(text[..scheme], system, host, port);
        return true;
    }

    /// <inheritdoc />
    public bool Equals(Address? other) =>
        ReferenceEquals(this, other)
        || (other is not null && _hash == other._hash && Port == other.Port
            && string.Equals(Host, other.Host, StringComparison.Ordinal)
            && string.Equals(System, other.System, StringComparison.Ordinal)
            && string.Equals(Protocol, other.Protocol, StringComparison.Ordinal));

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is Address other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => _hash;

    /// <summary>Whether two addresses are equal.</summary>
    public static bool operator ==(Address? left, Address? right) => left is null ? right is null : left.Equals(right);

    /// <summary>Whether two addresses differ.</summary>
    public static bool operator !=(Address? left, Address? right) => !(left == right);

    /// <inheritdoc />
    public override string ToString() => _text;

    private static string Bracketed(string host) => host.Contains(':', StringComparison.Ordinal) && host[0] != '[' ? $"[{host}]" : host;

    private static bool IsProtocol(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '-' or '+')) return false;
        }

        return true;
    }

    private static bool TryParseHostPort(ReadOnlySpan<char> text, out string host, out int? port)
    {
        host = "";
        port = null;
        var afterHost = text.StartsWith("[") ? text.IndexOf(']') + 1 : text.LastIndexOf(':');
        if (text.StartsWith("[") && afterHost == 0) return false;
        if (afterHost < 0) afterHost = text.Length;
        var name = text[..afterHost].Trim("[]");
        if (name.Length == 0 || name.ContainsAny(NotInHost)) return false;
        host = name.ToString();
        var rest = text[afterHost..];
        if (rest.Length == 0) return true;
        if (rest[0] != ':' || !int.TryParse(rest[1..], NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number > 65535) return false;
        port = number;
        return true;
    }
}
