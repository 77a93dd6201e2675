using System.Threading.Channels;

namespace ActorMonitor.Host.Composition;

/// <summary>
/// Calls when a file is another than before: told by the file system where it tells, and by a look now and then where it does not
/// (network file systems, links whose target is exchanged). It waits until nobody writes any more; editors that write beside the file and
/// rename, and those that remove it first, count as one change.
/// </summary>
internal sealed class JobsFileWatch : IAsyncDisposable
{
    /// <summary>How often it looks by itself.</summary>
    public static readonly TimeSpan DefaultLook = TimeSpan.FromSeconds(5);

    // So long a file has to stay as it is before it is read.
    private static readonly TimeSpan Quiet = TimeSpan.FromMilliseconds(300);

    // A file that is written without end is read all the same.
    private const int MostRounds = 20;

    private readonly Channel<bool> _told = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    private readonly CancellationTokenSource _stopping = new();
    private readonly Func<string> _file;
    private readonly Func<CancellationToken, Task<bool>> _onChange;
    private readonly TimeProvider _time;
    private readonly TimeSpan _look;
    private readonly Task _running;

    /// <summary>Begins with a call: the file may have changed since it was read at the start.</summary>
    /// <param name="file">The file to look at now; it may be another one after a call.</param>
    /// <param name="onChange">Called off the actors, one at a time; false to be called again at the next look.</param>
    /// <param name="time">The clock of the looks.</param>
    /// <param name="look">How often it looks by itself.</param>
    public JobsFileWatch(Func<string> file, Func<CancellationToken, Task<bool>> onChange, TimeProvider time, TimeSpan? look = null)
    {
        (_file, _onChange, _time, _look) = (file, onChange, time, look ?? DefaultLook);
        _running = Task.Run(RunAsync);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await _running;
        _stopping.Dispose();
    }

    private async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var file = _file();
                using var told = Watch(file);
                await FollowAsync(file);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The node stops.
        }
    }

    private async Task FollowAsync(string file)
    {
        var (seen, isTold) = (default(Stamp?), false);
        while (file == _file())
        {
            var stamp = await SettledAsync(file);
            if (stamp != seen || isTold)
                seen = await _onChange(_stopping.Token) ? stamp : null;
            isTold = await IsToldAsync();
        }
    }

    private async Task<Stamp> SettledAsync(string file)
    {
        var stamp = Stamp.Of(file);
        for (var round = 0; round < MostRounds; round++)
        {
            await Task.Delay(Quiet, _time, _stopping.Token);
            var next = Stamp.Of(file);
            if (next == stamp)
                break;
            stamp = next;
        }

        // What was told of until now is in it.
        while (_told.Reader.TryRead(out _))
        {
        }

        return stamp;
    }

    private async Task<bool> IsToldAsync()
    {
        using var bound = new CancellationTokenSource(_look, _time);
        using var ends = CancellationTokenSource.CreateLinkedTokenSource(bound.Token, _stopping.Token);
        try
        {
            return await _told.Reader.ReadAsync(ends.Token);
        }
        catch (OperationCanceledException) when (!_stopping.IsCancellationRequested)
        {
            return false;
        }
    }

    // Where the system has no watches left, or the folder is not there, the looks have to do.
    private FileSystemWatcher? Watch(string file)
    {
        FileSystemWatcher? watcher = null;
        try
        {
            var full = Path.GetFullPath(file);
            watcher = new FileSystemWatcher(Path.GetDirectoryName(full)!, Path.GetFileName(full))
            {
                NotifyFilter = NotifyFilters.LastWrite | NotifyFilters.Size | NotifyFilters.FileName | NotifyFilters.CreationTime,
            };
            watcher.Changed += (_, _) => _told.Writer.TryWrite(true);
            watcher.Created += (_, _) => _told.Writer.TryWrite(true);
            watcher.Deleted += (_, _) => _told.Writer.TryWrite(true);
            watcher.Renamed += (_, _) => _told.Writer.TryWrite(true);
            watcher.EnableRaisingEvents = true;
            return watcher;
        }
        catch (Exception e) when (e is IOException or ArgumentException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            watcher?.Dispose();
            return null;
        }
    }

    /// <summary>What a look tells of a file; the default is that of none.</summary>
    private readonly record struct Stamp(DateTime Written, long Length, string? Target)
    {
        public static Stamp Of(string file)
        {
            try
            {
                var target = File.ResolveLinkTarget(file, returnFinalTarget: true);
                var info = new FileInfo(target?.FullName ?? file);
                return info.Exists ? new Stamp(info.LastWriteTimeUtc, info.Length, target?.FullName) : default;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return default;
            }
        }
    }
}
