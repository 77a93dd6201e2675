using System.Security.Cryptography;

namespace ActorMonitor.Shell;

/// <summary>The nonces given out and not yet used: each serves once, for a minute, and the oldest give way.</summary>
internal sealed class Challenges(TimeProvider time)
{
    public const int MaxOpen = 1_024;

    public static readonly TimeSpan Lifetime = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, long> _open = new(StringComparer.Ordinal);
    private readonly Queue<string> _byAge = new();

    public string Open()
    {
        var nonce = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        lock (_lock)
        {
            while (_byAge.Count >= MaxOpen)
                _open.Remove(_byAge.Dequeue());
            _open.Add(nonce, time.GetTimestamp());
            _byAge.Enqueue(nonce);
        }

        return nonce;
    }

    public bool Take(string nonce)
    {
        lock (_lock)
            return _open.Remove(nonce, out var opened) && time.GetElapsedTime(opened) <= Lifetime;
    }
}
