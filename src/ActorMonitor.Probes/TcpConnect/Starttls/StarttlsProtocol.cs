using ActorMonitor.Messages;
using ActorMonitor.Probes.Targets;

namespace ActorMonitor.Probes.TcpConnect.Starttls;

/// <summary>A protocol's own way into TLS.</summary>
internal abstract class StarttlsProtocol
{
    /// <summary>The name that jobs use.</summary>
    public abstract string Name { get; }

    /// <summary>Speaks the protocol up to the point at which both sides go on over TLS.</summary>
    /// <exception cref="TargetException">The peer does not get there.</exception>
    public abstract Task AskAsync(ProbeRun run, TcpWire wire, CancellationToken cancellationToken);

    protected static TargetException Refused(string message) => new(Outcome.Down, Cause.StarttlsRefused, message);

    protected static TargetException Garbage(string message) => new(Outcome.Down, Cause.ProtocolError, message);

    protected static string Quote(string line) => $"\"{EvidenceText.Printable(line, 128)}\"";
}
