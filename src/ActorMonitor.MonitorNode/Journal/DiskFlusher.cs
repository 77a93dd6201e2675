using Microsoft.Win32.SafeHandles;

namespace ActorMonitor.MonitorNode.Journal;

/// <summary>
/// Flushes what was written to the disk, closes segments that are full and deletes those that are not needed, on a timer's
/// thread: the journal's caller never waits for the disk. What replaces a segment is flushed before that is deleted.
/// </summary>
internal sealed class DiskFlusher : IDisposable
{
    public static readonly TimeSpan Every = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly Lock _flight = new();
    private readonly ITimer _timer;
    private readonly List<SafeFileHandle> _full = [];
    private readonly List<string> _unneeded = [];
    private SafeFileHandle? _current;
    private bool _isDirty;
    private volatile bool _isArmed;
    private bool _isDisposed;
    private string? _failure;

    public DiskFlusher(TimeProvider time) => _timer = time.CreateTimer(_ => Flush(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    /// <summary>Something was written to the current segment.</summary>
    public void Written()
    {
        if (_isArmed)
            return;
        lock (_gate)
            Arm(isDirty: true);
    }

    /// <summary>Another segment is written from now on; null for none.</summary>
    public void SwitchTo(SafeFileHandle? segment)
    {
        lock (_gate)
        {
            if (_current is not null)
                _full.Add(_current);
            _current = segment;
            Arm(isDirty: true);
        }
    }

    public void Delete(string path)
    {
        lock (_gate)
        {
            _unneeded.Add(path);
            Arm(isDirty: true);
        }
    }

    /// <summary>Why the last flush failed, said once.</summary>
    public string? TakeFailure() => Volatile.Read(ref _failure) is null ? null : Interlocked.Exchange(ref _failure, null);

    public void Dispose()
    {
        lock (_gate)
        {
            if (_isDisposed)
                return;
            _isDisposed = true;
        }

        _timer.Dispose();
        Flush();
        _current?.Dispose();
    }

    private void Arm(bool isDirty)
    {
        _isDirty |= isDirty;
        if (_isArmed || _isDisposed)
            return;
        _isArmed = true;
        _ = _timer.Change(Every, Timeout.InfiniteTimeSpan);
    }

    private void Flush()
    {
        lock (_flight)
        {
            SafeFileHandle? current;
            List<SafeFileHandle> full;
            List<string> unneeded;
            lock (_gate)
            {
                _isArmed = false;
                current = _isDirty ? _current : null;
                (full, unneeded) = ([.. _full], [.. _unneeded]);
                _isDirty = false;
                _full.Clear();
                _unneeded.Clear();
            }

            var isFlushed = true;
            foreach (var handle in full)
            {
                isFlushed &= TryFlush(handle);
                handle.Dispose();
            }

            if (current is not null)
                isFlushed &= TryFlush(current);
            var kept = isFlushed ? unneeded.Where(path => !TryDelete(path)).ToList() : unneeded;
            if (kept.Count == 0)
                return;
            lock (_gate)
            {
                _unneeded.AddRange(kept);
                Arm(isDirty: !isFlushed);
            }
        }
    }

    private bool TryFlush(SafeFileHandle handle)
    {
        try
        {
            RandomAccess.FlushToDisk(handle);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _ = Interlocked.Exchange(ref _failure, $"the disk did not take what was written: {e.Message}");
            return false;
        }
        catch (ObjectDisposedException)
        {
            // It was closed by Dispose, which has flushed it.
            return true;
        }
    }

    // A folder that may not be written now may be later: the segment stays among the unneeded.
    private static bool TryDelete(string path)
    {
        try
        {
            File.Delete(path);
            return true;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
