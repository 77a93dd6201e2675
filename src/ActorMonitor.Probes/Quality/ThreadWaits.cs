using System.Buffers.Text;
using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace ActorMonitor.Probes.Quality;

/// <summary>How long the threads of this process have waited for a processor.</summary>
internal interface IThreadWaits : IDisposable
{
    /// <summary>The longest that one thread has waited since the last call.</summary>
    TimeSpan Longest();
}

/// <summary>
/// Linux's account of it, <c>/proc/self/task/*/schedstat</c>: on a machine with more to do than it can, one thread of a process
/// may wait long with an answer in its hands while others, and with them every timer, come in time.
/// </summary>
internal sealed class ThreadWaits : IThreadWaits
{
    private const string Tasks = "/proc/self/task";
    private const int MostThreads = 256;

    private static readonly TimeSpan ListEvery = TimeSpan.FromMilliseconds(100);

    private readonly Dictionary<int, Thread> _threads = [];
    private readonly List<int> _ended = [];
    private readonly byte[] _buffer = new byte[128];
    private long _listed;

    private ThreadWaits()
    {
    }

    /// <summary>The account of this process; null on a system that keeps none.</summary>
    public static ThreadWaits? Open()
    {
        if (!OperatingSystem.IsLinux() || !File.Exists("/proc/self/schedstat"))
            return null;
        var waits = new ThreadWaits();
        waits.List();
        return waits;
    }

    /// <inheritdoc/>
    public TimeSpan Longest()
    {
        if (TimeProvider.System.GetElapsedTime(_listed) >= ListEvery)
            List();
        var longest = 0L;
        foreach (var (id, thread) in _threads)
        {
            if (Read(thread.File) is not { } waited)
            {
                _ended.Add(id);
                continue;
            }

            longest = Math.Max(longest, waited - thread.Waited);
            thread.Waited = waited;
        }

        foreach (var id in _ended)
        {
            if (_threads.Remove(id, out var thread))
                thread.File.Dispose();
        }

        _ended.Clear();
        return TimeSpan.FromMicroseconds(longest / 1000);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var thread in _threads.Values)
            thread.File.Dispose();
        _threads.Clear();
    }

    private void List()
    {
        _listed = TimeProvider.System.GetTimestamp();
        try
        {
            foreach (var path in Directory.EnumerateDirectories(Tasks))
            {
                if (_threads.Count >= MostThreads || !int.TryParse(Path.GetFileName(path.AsSpan()), CultureInfo.InvariantCulture, out var id) || _threads.ContainsKey(id))
                    continue;
                Open(id, path);
            }
        }
        catch (IOException)
        {
            // The folder of a thread that ended while it was listed; those that were not seen are at the next time.
        }
    }

    private void Open(int id, string path)
    {
        try
        {
            var file = File.OpenHandle(path + "/schedstat");
            if (Read(file) is { } waited)
                _threads.Add(id, new Thread(file) { Waited = waited });
            else
                file.Dispose();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A thread that has ended has no account any more.
        }
    }

    /// <summary>The second number, in nanoseconds; null when the thread has ended.</summary>
    private long? Read(SafeFileHandle file)
    {
        int length;
        try
        {
            length = RandomAccess.Read(file, _buffer, 0);
        }
        catch (IOException)
        {
            return null;
        }

        var text = _buffer.AsSpan(0, length);
        var space = text.IndexOf((byte)' ');
        return space > 0 && Utf8Parser.TryParse(text[(space + 1)..], out long waited, out _) ? waited : null;
    }

    private sealed class Thread(SafeFileHandle file)
    {
        public SafeFileHandle File { get; } = file;

        public long Waited { get; set; }
    }
}
