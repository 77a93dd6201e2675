namespace ActorMonitor.MonitorNode.Gate;

/// <summary>
/// When the pool of probe actors grows or shrinks by one. It grows when 90% of the capacity has been in use for 5 s, and
/// shrinks when for 30 s half of the capacity that a smaller pool would have was enough.
/// </summary>
internal sealed class PoolSizer
{
    public static readonly TimeSpan GrowAfter = TimeSpan.FromSeconds(5);
    public static readonly TimeSpan ShrinkAfter = TimeSpan.FromSeconds(30);
    private const double BusyShare = 0.9;
    private const double IdleShare = 0.5;

    private readonly int _min;
    private readonly int _max;
    private DateTimeOffset? _busySince;
    private DateTimeOffset? _idleSince;

    public PoolSizer(int min, int max) => (_min, _max) = (min, max);

    /// <summary>The change of size that is due: 1, -1 or 0.</summary>
    public int Decide(DateTimeOffset now, int inUse, int size, int checksPerProbe)
    {
        if (size < _min)
            return 1;
        if (size > _max)
            return -1;

        var isBusy = inUse >= BusyShare * size * checksPerProbe;
        var isIdle = inUse <= IdleShare * (size - 1) * checksPerProbe;
        _busySince = isBusy ? _busySince ?? now : null;
        _idleSince = isIdle ? _idleSince ?? now : null;

        if (size < _max && _busySince is { } busy && now - busy >= GrowAfter)
        {
            _busySince = now;
            return 1;
        }

        if (size > _min && _idleSince is { } idle && now - idle >= ShrinkAfter)
        {
            _idleSince = now;
            return -1;
        }

        return 0;
    }
}
