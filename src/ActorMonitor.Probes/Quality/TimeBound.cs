using System.Collections.Concurrent;

namespace ActorMonitor.Probes.Quality;

/// <summary>
/// The ends of checks. Sources of tokens that did not end go to the next check, with their timer: that costs a third of a
/// new pair of linked ones.
/// </summary>
internal sealed class TimeBounds(TimeProvider time)
{
    private const int MostKept = 1024;

    private readonly ConcurrentQueue<CancellationTokenSource> _kept = new();

    /// <summary>Begins a check's time now.</summary>
    public TimeBound Start(TimeSpan timeout, CancellationToken caller)
    {
        if (!_kept.TryDequeue(out var source))
            return new TimeBound(this, new CancellationTokenSource(timeout, time), caller);
        source.CancelAfter(timeout);
        return new TimeBound(this, source, caller);
    }

    internal void Return(CancellationTokenSource source)
    {
        // A source over a clock other than the system's cannot be reset.
        if (_kept.Count < MostKept && source.TryReset())
            _kept.Enqueue(source);
        else
            source.Dispose();
    }
}

/// <summary>A check's end: its timeout, or the caller's cancellation.</summary>
internal readonly struct TimeBound : IDisposable
{
    private readonly TimeBounds _owner;
    private readonly CancellationTokenSource _source;
    private readonly CancellationToken _caller;
    private readonly CancellationTokenRegistration _registration;

    internal TimeBound(TimeBounds owner, CancellationTokenSource source, CancellationToken caller)
    {
        (_owner, _source, _caller) = (owner, source, caller);
        _registration = caller.UnsafeRegister(static state => ((CancellationTokenSource)state!).Cancel(), source);
    }

    /// <summary>Ends with the check. Nothing that outlives the check may hold on to it: the next check gets the same one.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>Whether the time is over, and not the caller's patience.</summary>
    public bool IsOver => _source.IsCancellationRequested && !_caller.IsCancellationRequested;

    /// <inheritdoc/>
    public void Dispose()
    {
        // Waits for a cancellation that is under way, so that it cannot meet the next check.
        _registration.Dispose();
        _owner.Return(_source);
    }
}
