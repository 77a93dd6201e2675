using System.Collections.Concurrent;
using ActorMonitor.Messages;

namespace ActorMonitor.Probes.HttpFetch;

/// <summary>The connections that jobs with <c>reuse</c> keep between their checks: one a job and origin, bounded in number and in idle time.</summary>
internal sealed class KeptConnections : IDisposable
{
    /// <summary>How long a connection is kept without use; a job with a longer interval has a fresh one each time.</summary>
    public static readonly TimeSpan MaxIdle = TimeSpan.FromSeconds(90);

    private const int Most = 1024;

    private readonly ConcurrentDictionary<Key, Kept> _kept = new();
    private readonly TimeProvider _time;
    private readonly ITimer _sweep;
    private volatile bool _isDisposed;

    public KeptConnections(TimeProvider time)
    {
        _time = time;
        _sweep = time.CreateTimer(_ => Sweep(), null, MaxIdle / 2, MaxIdle / 2);
    }

    public static Key KeyOf(ProbeRequest request, HttpTarget target, System.Net.IPAddress? pinned)
        => new(request.Job, target.Uri.Scheme, target.Host, target.Uri.Port, pinned, request.Settings);

    /// <summary>Takes the connection out, if there is one that was not idle for too long.</summary>
    public HttpConnection? Take(Key key)
    {
        if (!_kept.TryRemove(key, out var kept))
            return null;
        if (_time.GetElapsedTime(kept.Since) < MaxIdle)
            return kept.Connection;
        kept.Connection.Dispose();
        return null;
    }

    /// <summary>Keeps a connection, or closes it when there are too many.</summary>
    public void Put(Key key, HttpConnection connection)
    {
        connection.IsReused = true;
        var kept = new Kept(connection, _time.GetTimestamp());
        if (_isDisposed || _kept.Count >= Most || !_kept.TryAdd(key, kept))
            connection.Dispose();
        else if (_isDisposed)
            Drop(key, kept);
    }

    public void Dispose()
    {
        _isDisposed = true;
        _sweep.Dispose();
        foreach (var (key, kept) in _kept)
            Drop(key, kept);
    }

    private void Sweep()
    {
        foreach (var (key, kept) in _kept)
        {
            if (_time.GetElapsedTime(kept.Since) >= MaxIdle)
                Drop(key, kept);
        }
    }

    private void Drop(Key key, Kept kept)
    {
        if (_kept.TryRemove(new KeyValuePair<Key, Kept>(key, kept)))
            kept.Connection.Dispose();
    }

    /// <summary>Whose connection it is. A job whose settings changed is another one.</summary>
    internal sealed record Key(string Job, string Scheme, string Host, int Port, System.Net.IPAddress? Pinned, SettingMap Settings);

    private sealed record Kept(HttpConnection Connection, long Since);
}
