using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes;

/// <summary>What every probe of a monitor shares.</summary>
/// <param name="Time">The clock for instants, elapsed times and timeouts.</param>
/// <param name="Resolver">Turns hosts into addresses that this monitor may probe.</param>
public sealed record ProbeEnvironment(TimeProvider Time, TargetResolver Resolver);
