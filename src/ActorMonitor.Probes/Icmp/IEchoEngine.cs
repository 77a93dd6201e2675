namespace ActorMonitor.Probes.Icmp;

/// <summary>Performs any number of exchanges of echoes at a time.</summary>
internal interface IEchoEngine : IDisposable
{
    /// <summary>Sends a plan's echoes and logs the answers, until all are settled or the plan's time is over.</summary>
    /// <exception cref="Targets.TargetException">This process may not.</exception>
    Task RunAsync(EchoPlan plan, EchoLog log, CancellationToken cancellationToken);
}
