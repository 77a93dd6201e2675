using ActorMonitor.Probes.DnsQuery;
using ActorMonitor.Probes.Quality;
using ActorMonitor.Probes.Targets;
using ActorMonitor.Probes.Tls;

namespace ActorMonitor.Probes;

/// <summary>What every probe of a monitor shares. Disposed after the last check has ended.</summary>
public sealed class ProbeEnvironment : IDisposable
{
    /// <summary>Makes it.</summary>
    /// <param name="time">The clock for instants, elapsed times and timeouts.</param>
    /// <param name="resolver">Turns hosts into addresses that this monitor may probe.</param>
    /// <param name="pulse">Whether the process runs when it has to; by default it is taken to.</param>
    public ProbeEnvironment(TimeProvider time, TargetResolver resolver, IPulse? pulse = null)
    {
        (Time, Resolver, Pulse) = (time, resolver, pulse ?? SteadyPulse.Instance);
        (Bounds, Tls, Dns) = (new TimeBounds(time), new TlsClient(time), new DnsSockets(time));
    }

    /// <summary>The clock for instants, elapsed times and timeouts.</summary>
    public TimeProvider Time { get; }

    /// <summary>Turns hosts into addresses that this monitor may probe.</summary>
    public TargetResolver Resolver { get; }

    /// <summary>Whether this process runs when it has to.</summary>
    public IPulse Pulse { get; }

    /// <summary>The ends of checks.</summary>
    internal TimeBounds Bounds { get; }

    /// <summary>What TLS connections share.</summary>
    internal TlsClient Tls { get; init; }

    /// <summary>Asks DNS servers over UDP.</summary>
    internal DnsSockets Dns { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        (Pulse as IDisposable)?.Dispose();
        Tls.Dispose();
        Resolver.Dispose();
        Dns.Dispose();
    }
}
