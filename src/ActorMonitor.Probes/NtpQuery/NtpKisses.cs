using System.Collections.Concurrent;
using System.Net;

namespace ActorMonitor.Probes.NtpQuery;

/// <summary>A server's wish not to be asked.</summary>
/// <param name="Code">Its four letters.</param>
/// <param name="Stamp">When it came, as a timestamp of the clock.</param>
/// <param name="Hold">For how long the server is left alone.</param>
internal sealed record NtpKiss(string Code, long Stamp, TimeSpan Hold);

/// <summary>
/// Which servers asked to be left alone, for all checks of a monitor (RFC 5905 section 7.4: a client stops sending at DENY
/// and RSTR, and sends less often at RATE). They are asked again after a time, as nothing else would show that they serve again.
/// </summary>
internal sealed class NtpKisses(TimeProvider time)
{
    /// <summary>How long a server that denied access is left alone.</summary>
    public static readonly TimeSpan DeniedHold = TimeSpan.FromMinutes(15);

    /// <summary>How long a server is left alone after its first RATE; twice as long after each that follows, up to <see cref="DeniedHold"/>.</summary>
    public static readonly TimeSpan RateHold = TimeSpan.FromSeconds(30);

    private const int Most = 4096;

    private readonly ConcurrentDictionary<IPEndPoint, NtpKiss> _kisses = new();

    /// <summary>The wish that still holds; null when the server may be asked.</summary>
    public NtpKiss? Of(IPEndPoint server, out TimeSpan left)
    {
        left = TimeSpan.Zero;
        if (_kisses.IsEmpty || !_kisses.TryGetValue(server, out var kiss))
            return null;
        left = kiss.Hold - time.GetElapsedTime(kiss.Stamp);
        return left > TimeSpan.Zero ? kiss : null;
    }

    /// <summary>Notes a kiss; codes that ask for nothing are not kept.</summary>
    public void Note(IPEndPoint server, string code)
    {
        if (code is not ("DENY" or "RSTR" or "RATE"))
            return;
        var hold = code != "RATE" ? DeniedHold : _kisses.TryGetValue(server, out var before) && before.Code == code ? before.Hold * 2 : RateHold;
        if (_kisses.Count >= Most)
            _kisses.Clear();
        _kisses[server] = new NtpKiss(code, time.GetTimestamp(), hold < DeniedHold ? hold : DeniedHold);
    }

    /// <summary>The server serves.</summary>
    public void Forget(IPEndPoint server)
    {
        if (!_kisses.IsEmpty)
            _kisses.TryRemove(server, out _);
    }
}
