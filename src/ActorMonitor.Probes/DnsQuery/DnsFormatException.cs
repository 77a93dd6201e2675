namespace ActorMonitor.Probes.DnsQuery;

/// <summary>A peer's bytes are no DNS message; says where and why.</summary>
internal sealed class DnsFormatException : Exception
{
    internal DnsFormatException(string message)
        : base(message)
    {
    }
}
