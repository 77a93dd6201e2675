namespace ActorMonitor.MonitorNode.Sessions;

/// <summary>
/// What a monitor knows of its manager's slot clock: an offset to its own monotonic clock, taken from the heartbeat with
/// the least round trip of the last eight. Half of that round trip bounds its error. Without news it stays as it was.
/// </summary>
internal sealed class ClockOffset
{
    private const int Samples = 8;

    // Until a round trip has been measured, only the Connect's own travel time is unknown.
    private static readonly TimeSpan UnmeasuredError = TimeSpan.FromSeconds(1);

    // Before a restart it was written down as often as it changed by a second; the wall clock may have been slewed since.
    private static readonly TimeSpan RestoredError = TimeSpan.FromSeconds(2);

    private readonly Queue<(long OffsetMicroseconds, long RoundTripMicroseconds)> _samples = new(Samples);
    private long _offsetMicroseconds;

    /// <summary>The bound on the error of <see cref="ManagerTime"/>.</summary>
    public TimeSpan Error { get; private set; } = UnmeasuredError;

    /// <summary>Whether anything is known at all.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>A first idea, from a Connect.</summary>
    public void Start(DateTimeOffset managerNow, long ownMicroseconds) => Set(managerNow, ownMicroseconds, UnmeasuredError);

    /// <summary>An idea from before a restart, which has to do until a Connect.</summary>
    public void Restore(DateTimeOffset managerNow, long ownMicroseconds) => Set(managerNow, ownMicroseconds, RestoredError);

    /// <summary>A heartbeat that answers one of ours.</summary>
    /// <param name="managerSent">The manager's clock when it sent, in Unix microseconds.</param>
    /// <param name="echo">Our own clock when we sent the heartbeat that it had received last.</param>
    /// <param name="held">How long it had held that one, in microseconds.</param>
    /// <param name="ownMicroseconds">Our own clock now.</param>
    /// <returns>Whether the sample made sense.</returns>
    public bool Update(long managerSent, long echo, long held, long ownMicroseconds)
    {
        var roundTrip = ownMicroseconds - echo - held;
        if (echo <= 0 || echo > ownMicroseconds || roundTrip < 0)
            return false;
        var offset = managerSent + (roundTrip / 2) - ownMicroseconds;

        // Each sample holds within half of its round trip. One that cannot hold beside the newest is of before the manager's
        // clock stepped or was slewed.
        while (_samples.Count == Samples || _samples.Any(sample => Contradict(sample, (offset, roundTrip))))
            _ = _samples.Dequeue();
        _samples.Enqueue((offset, roundTrip));
        var best = _samples.MinBy(sample => sample.RoundTripMicroseconds);
        _offsetMicroseconds = best.OffsetMicroseconds;
        (Error, IsKnown) = (TimeSpan.FromMicroseconds(best.RoundTripMicroseconds / 2.0), true);
        return true;
    }

    /// <summary>The manager's slot clock at a moment of ours.</summary>
    public DateTimeOffset ManagerTime(long ownMicroseconds)
        => DateTimeOffset.UnixEpoch.AddTicks(Math.Max(0, _offsetMicroseconds + ownMicroseconds) * TimeSpan.TicksPerMicrosecond);

    /// <summary>The moment of ours at which the manager's slot clock shows an instant.</summary>
    public long OwnMicroseconds(DateTimeOffset managerTime) => Microseconds(managerTime) - _offsetMicroseconds;

    private void Set(DateTimeOffset managerNow, long ownMicroseconds, TimeSpan error)
    {
        _samples.Clear();
        _offsetMicroseconds = Microseconds(managerNow) - ownMicroseconds;
        (Error, IsKnown) = (error, true);
    }

    // The two microseconds are what halving may have cut off.
    private static bool Contradict((long Offset, long RoundTrip) one, (long Offset, long RoundTrip) other)
        => Math.Abs(one.Offset - other.Offset) > ((one.RoundTrip + other.RoundTrip) / 2) + 2;

    private static long Microseconds(DateTimeOffset instant) => (instant.UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;
}
