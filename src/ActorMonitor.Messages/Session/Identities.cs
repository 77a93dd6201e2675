using System.Security.Cryptography;

namespace ActorMonitor.Messages;

/// <summary>The 128-bit identity of a node, an outbox or a session.</summary>
/// <param name="Value">The identity.</param>
public readonly record struct NodeId(Guid Value)
{
    /// <summary>A new random identity.</summary>
    public static NodeId New() => new(Random128.Next());

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("N");
}

/// <summary>The identity of one file or memory of results; results are numbered within it.</summary>
/// <param name="Value">The identity.</param>
public readonly record struct OutboxId(Guid Value)
{
    /// <summary>A new random identity.</summary>
    public static OutboxId New() => new(Random128.Next());

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("N");
}

/// <summary>The secret that every message of a session repeats. It is never printed.</summary>
/// <param name="Value">The key.</param>
public readonly record struct SessionKey(Guid Value)
{
    /// <summary>A new random key.</summary>
    public static SessionKey New() => new(Random128.Next());

    /// <summary>Compares in constant time.</summary>
    public bool Matches(SessionKey other)
    {
        Span<byte> mine = stackalloc byte[16];
        Span<byte> theirs = stackalloc byte[16];
        _ = Value.TryWriteBytes(mine);
        _ = other.Value.TryWriteBytes(theirs);
        return CryptographicOperations.FixedTimeEquals(mine, theirs);
    }

    /// <inheritdoc/>
    public override string ToString() => "(session key)";
}

internal static class Random128
{
    internal static Guid Next()
    {
        Span<byte> bytes = stackalloc byte[16];
        RandomNumberGenerator.Fill(bytes);
        return new Guid(bytes);
    }
}
