using ActorMonitor.Configuration;
using Microsoft.Extensions.Logging;

namespace ActorMonitor.Host.Output;

/// <summary>How much this process writes to its log: as configured, until somebody says otherwise, for good or for a time. Thread-safe.</summary>
internal sealed class LogSwitch(TimeProvider time) : IDisposable
{
    private readonly Lock _lock = new();
    private LogThreshold _configured = LogThreshold.Warning;
    private ITimer? _back;
    private int _turn;
    private int _level = (int)LogLevel.Warning;

    /// <summary>The least that is written now.</summary>
    public LogThreshold Now => (LogThreshold)Volatile.Read(ref _level);

    /// <summary>When it goes back to what is configured; null when it does not by itself.</summary>
    public DateTimeOffset? Until { get; private set; }

    /// <summary>Whether a line of this level is written.</summary>
    public bool Takes(LogLevel level) => (int)level >= Volatile.Read(ref _level);

    /// <summary>The configuration says so; what somebody has said for a time stays until then.</summary>
    public void Configure(LogThreshold threshold)
    {
        lock (_lock)
        {
            _configured = threshold;
            if (_back is null)
                Volatile.Write(ref _level, (int)threshold);
        }
    }

    /// <summary>Somebody says so.</summary>
    /// <param name="threshold">The least that is written.</param>
    /// <param name="duration">For how long; null until it is said again or the configuration changes.</param>
    public void Set(LogThreshold threshold, TimeSpan? duration)
    {
        lock (_lock)
        {
            Stop();
            Volatile.Write(ref _level, (int)threshold);
            if (duration is not { } length)
                return;
            Until = time.GetUtcNow() + length;
            var turn = ++_turn;
            _back = time.CreateTimer(_ => GoBack(turn), null, length, Timeout.InfiniteTimeSpan);
        }
    }

    public void Dispose()
    {
        lock (_lock)
            Stop();
    }

    private void GoBack(int turn)
    {
        lock (_lock)
        {
            // What was set again just now has another end.
            if (_back is null || turn != _turn)
                return;
            Stop();
            Volatile.Write(ref _level, (int)_configured);
        }
    }

    private void Stop()
    {
        _back?.Dispose();
        (_back, Until) = (null, null);
    }
}
