using System.Text;

namespace ActorMonitor.Probes.Targets;

/// <summary>How this system resolves names, as its files say; looked at again every few seconds, read again when changed.</summary>
internal sealed class SystemNames
{
    private static readonly TimeSpan LookedAtEvery = TimeSpan.FromSeconds(2);

    private readonly WatchedFile<HostsFile> _hosts;
    private readonly WatchedFile<ResolverFile> _resolver;
    private readonly WatchedFile<NameSources> _sources;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private long _lookedAt;

    public SystemNames(SystemFiles files, TimeProvider time)
    {
        _hosts = new WatchedFile<HostsFile>(files.Hosts, HostsFile.Parse, HostsFile.Empty);
        _resolver = new WatchedFile<ResolverFile>(files.Resolver, ResolverFile.Parse, ResolverFile.Default);
        _sources = new WatchedFile<NameSources>(files.Sources, NameSources.Parse, NameSources.Default);
        _time = time;
        HasResolver = files.Resolver is not null;
        LookAt();
    }

    /// <summary>Whether this system says in a file which name servers it asks.</summary>
    public bool HasResolver { get; }

    public HostsFile Hosts => _hosts.Value;

    public ResolverFile Resolver => _resolver.Value;

    public NameSources Sources => _sources.Value;

    /// <summary>Looks at the files if that was long ago. Whoever comes meanwhile goes on with what was read before.</summary>
    public void Refresh()
    {
        if (_time.GetElapsedTime(Volatile.Read(ref _lookedAt)) < LookedAtEvery || !_lock.TryEnter())
            return;
        try
        {
            LookAt();
        }
        finally
        {
            _lock.Exit();
        }
    }

    private void LookAt()
    {
        _hosts.Refresh();
        _resolver.Refresh();
        _sources.Refresh();
        Volatile.Write(ref _lookedAt, _time.GetTimestamp());
    }

    private sealed class WatchedFile<T>(string? path, Func<string, T> parse, T missing)
        where T : class
    {
        // Lists of blocked names have some hundred thousand lines.
        private const int MaxBytes = 64 << 20;

        private (long Length, DateTime Written) _seen = (-1, default);
        private T? _value;

        public T Value => Volatile.Read(ref _value) ?? missing;

        public void Refresh()
        {
            if (path is null)
                return;
            try
            {
                // Through the handle, because the path is a link on many systems.
                using var handle = File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete);
                var seen = (RandomAccess.GetLength(handle), File.GetLastWriteTimeUtc(handle));
                if (seen == _seen)
                    return;
                var bytes = new byte[(int)Math.Min(seen.Item1, MaxBytes)];
                var length = RandomAccess.Read(handle, bytes, 0);
                Volatile.Write(ref _value, parse(Encoding.UTF8.GetString(bytes, 0, length)));
                _seen = seen;
            }
            catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
            {
                _seen = (-1, default);
                Volatile.Write(ref _value, null);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                // What was read before still stands: the file is being replaced, or is not for us to read.
                _seen = (-1, default);
            }
        }
    }
}
