using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes;

/// <summary>What every probe of a monitor shares. Disposed after the last check has ended.</summary>
public sealed class ProbeEnvironment : IDisposable
{
    /// <summary>Makes it.</summary>
    /// <param name="time">The clock for instants, elapsed times and timeouts.</param>
    /// <param name="resolver">Turns hosts into addresses that this monitor may probe.</param>
    public ProbeEnvironment(TimeProvider time, TargetResolver resolver) => (Time, Resolver) = (time, resolver);

    /// <summary>The clock for instants, elapsed times and timeouts.</summary>
    public TimeProvider Time { get; }

    /// <summary>Turns hosts into addresses that this monitor may probe.</summary>
    public TargetResolver Resolver { get; }

    /// <inheritdoc/>
    public void Dispose() => Resolver.Dispose();
}
