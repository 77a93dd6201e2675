namespace ActorMonitor.Probes.Quality;

/// <summary>How long the thread pool takes to begin a piece of work: one is on its way at a time.</summary>
/// <param name="time">The clock.</param>
/// <param name="queue">Gives it to the pool.</param>
internal sealed class PoolWait(TimeProvider time, Action<IThreadPoolWorkItem> queue) : IThreadPoolWorkItem
{
    private long _asked;
    private long _waitedTicks;
    private volatile bool _isOnItsWay;

    /// <summary>Gives the pool a piece of work, if it has begun the last one.</summary>
    public void Ask()
    {
        if (_isOnItsWay)
            return;
        _asked = time.GetTimestamp();
        _isOnItsWay = true;
        queue(this);
    }

    /// <summary>How long the last one has waited since this was last asked.</summary>
    public TimeSpan Take()
    {
        if (!_isOnItsWay)
            return TimeSpan.FromTicks(Interlocked.Exchange(ref _waitedTicks, 0));

        // Still waiting: what it has waited so far is counted, and no more twice.
        var now = time.GetTimestamp();
        return time.GetElapsedTime(Interlocked.Exchange(ref _asked, now), now);
    }

    /// <inheritdoc/>
    void IThreadPoolWorkItem.Execute()
    {
        _ = Interlocked.Exchange(ref _waitedTicks, time.GetElapsedTime(Interlocked.Read(ref _asked)).Ticks);
        _isOnItsWay = false;
    }
}
